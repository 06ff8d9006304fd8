"""Queries of progress."""
