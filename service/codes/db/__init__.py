"""Queries of codes."""
