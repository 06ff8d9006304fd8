"""Routes and schemas of maps."""
