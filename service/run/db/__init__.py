"""Queries of run."""
