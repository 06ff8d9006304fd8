"""Queries of patrol / tracks."""
