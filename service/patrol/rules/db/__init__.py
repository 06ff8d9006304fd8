"""Queries of the rules."""
