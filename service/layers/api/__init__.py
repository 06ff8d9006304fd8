"""Routes of layers."""
