"""Routes of bulletins."""
