"""Routes and schemas of patrol / findings."""
