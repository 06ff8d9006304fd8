"""Routes and schemas of reporting areas."""
