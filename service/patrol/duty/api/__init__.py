"""Routes and schemas of patrol / duty."""
