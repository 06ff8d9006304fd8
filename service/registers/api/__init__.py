"""Routes and schemas of registers."""
