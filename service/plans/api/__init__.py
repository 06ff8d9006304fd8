"""Routes and schemas of plans."""
