"""Queries of districts."""
