"""Routes of duties."""
