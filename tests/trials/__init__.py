"""Trials of what people install: with root's help, outside the checkout, not part of the suite."""
