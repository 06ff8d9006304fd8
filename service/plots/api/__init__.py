"""Routes and schemas of plots."""
