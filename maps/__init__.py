"""Whatever a person looks at: folium maps and the drawing workspace."""

from maps.notebook import explore

__all__ = ["explore"]
