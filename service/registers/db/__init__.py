"""Queries of registers."""
