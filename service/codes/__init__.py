"""Code lists: the words of plots, shipped and of the bureau."""
