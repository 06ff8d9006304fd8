"""Tracks: judged, stored, merged into walked ground."""
