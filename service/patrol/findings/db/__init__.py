"""Queries of patrol / findings."""
