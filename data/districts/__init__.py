"""Districts in files: codes, parents, levels, and what is wrong with their rows."""
