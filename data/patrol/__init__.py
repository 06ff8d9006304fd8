"""Zones, tracks and patrol rules in files."""
