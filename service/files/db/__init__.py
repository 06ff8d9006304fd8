"""Queries of files."""
