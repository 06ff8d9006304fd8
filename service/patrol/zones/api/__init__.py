"""Routes and schemas of patrol / zones."""
