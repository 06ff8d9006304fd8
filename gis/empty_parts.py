"""Parts of a GeoJSON geometry in which nothing is drawn.

Apart from `gis.polygons`, for the process that opens an upload starts anew for every file: what it
imports is paid each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_empty_parts(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A GeoJSON geometry without the parts that have no ring, which shapely fails at.

    Examples
    --------
    >>> bare = without_empty_parts({"type": "MultiPolygon", "coordinates": [[], [[[1, 2]]]]})
    >>> bare
    {'type': 'MultiPolygon', 'coordinates': [[[[1, 2]]]]}
    >>> without_empty_parts({"type": "GeometryCollection", "geometries": [bare]})["geometries"]
    [{'type': 'MultiPolygon', 'coordinates': [[[[1, 2]]]]}]
    """
    parts = mapping.get("geometries")
    if mapping.get("type") == "GeometryCollection" and isinstance(parts, list):
        listed = [without_empty_parts(part) for part in parts if isinstance(part, Mapping)]
        return {**mapping, "geometries": listed} if len(listed) == len(parts) else dict(mapping)
    coordinates = mapping.get("coordinates")
    if mapping.get("type") != "MultiPolygon" or not isinstance(coordinates, list):
        return dict(mapping)
    return {**mapping, "coordinates": [part for part in coordinates if part != []]}
