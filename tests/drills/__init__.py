"""Drills: what a bureau fears, done on purpose to a running service, at a size of its choice.

Not part of the suite: each is a `make drill-…`, takes minutes, and prints what it tried, how often,
and what was lost, which has to be nothing.
"""
