"""Queries of reporting areas."""
