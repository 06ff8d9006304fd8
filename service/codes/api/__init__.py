"""Routes and schemas of codes."""
