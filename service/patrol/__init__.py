"""Patrol: zones, tracks, duty, findings, forest chiefs."""
