"""Vector tiles and base maps."""
