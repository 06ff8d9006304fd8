"""Registers: things that are kept with states and deadlines, each kind defined by data."""
