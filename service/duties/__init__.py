"""Duties beyond patrols: what is due when, what was done, and the calendar of it all."""
