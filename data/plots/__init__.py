"""Plots in files: which column means what, and the values of a row."""
