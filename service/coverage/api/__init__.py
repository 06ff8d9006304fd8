"""Routes and schemas of coverage."""
