"""Queries of patrol / duty."""
