"""Routes and schemas of patrol / tracks."""
