"""Queries of the review desk."""
