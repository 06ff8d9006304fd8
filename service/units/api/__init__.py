"""Routes and schemas of units."""
