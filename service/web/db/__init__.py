"""Queries of web."""
