"""Queries of patrol / zones."""
