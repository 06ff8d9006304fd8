"""Routes of hand-ins."""
