"""Queries of tiles."""
