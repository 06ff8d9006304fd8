"""Plots: drawing, checks, editing, review, import, export."""
