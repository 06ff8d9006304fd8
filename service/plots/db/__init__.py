"""Queries of plots."""
