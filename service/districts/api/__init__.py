"""Routes and schemas of districts."""
