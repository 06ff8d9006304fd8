"""Layers in files: their features, and what is wrong with them."""
