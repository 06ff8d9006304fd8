"""What the folium maps need, gathered from the database."""
