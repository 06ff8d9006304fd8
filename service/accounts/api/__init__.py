"""Routes and schemas of accounts."""
