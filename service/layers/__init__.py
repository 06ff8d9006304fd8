"""Layers: ground with a rule, in dated versions that a file replaces whole."""
