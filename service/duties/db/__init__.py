"""Queries of duties."""
