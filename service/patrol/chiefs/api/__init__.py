"""Routes and schemas of patrol / chiefs."""
