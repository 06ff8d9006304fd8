"""Whatever a person looks at: folium maps and the drawing workspace."""
