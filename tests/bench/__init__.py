"""Figures beside those of the peers, measured in the same run: ``python -m tests.bench``."""
