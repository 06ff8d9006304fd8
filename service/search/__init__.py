"""The search of the palette: plots, districts, records and zones by what somebody typed."""
