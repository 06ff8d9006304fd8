"""Queries of bulletins."""
