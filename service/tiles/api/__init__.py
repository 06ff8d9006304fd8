"""Routes and schemas of tiles."""
