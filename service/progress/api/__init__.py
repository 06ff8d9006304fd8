"""Routes of progress."""
