"""Imports: a file is staged, settled row by row, and committed whole, or left."""
