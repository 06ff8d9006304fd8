"""Queries of units."""
