"""The lake: districts and plots as GeoParquet by county, for work beyond one machine."""
