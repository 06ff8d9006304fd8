"""The limit of vertices of a drawing, checked before anything else."""

from collections.abc import Mapping
from typing import Any

from shapely import MultiPolygon, get_num_coordinates

from gis.messages import Message
from gis.polygons import from_geojson
from service.errors import Problem
from service.settings import Settings


def drawn(geometry: Mapping[str, Any], settings: Settings) -> MultiPolygon:
    """A GeoJSON geometry as a checked MultiPolygon.

    Raises
    ------
    Problem
        422 ``too_many_vertices``, before a vertex is read.
    GeometryError
        Those of `gis.polygons.from_geojson`.
    """
    refuse_many_vertices(geometry, settings)
    return from_geojson(geometry)


def check_size(geometry: MultiPolygon, settings: Settings) -> None:
    """Raise `Problem` 422 for more vertices than the settings allow."""
    _refuse_vertices(int(get_num_coordinates(geometry)), settings)


def refuse_many_vertices(geometry: Mapping[str, Any], settings: Settings) -> None:
    """The same for a GeoJSON geometry that is not parsed yet; other values are ignored."""
    level = [geometry.get("coordinates")]
    vertices = 0
    while level:
        lists = [item for item in level if isinstance(item, list)]
        level = [child for part in lists for child in part if isinstance(child, list)]
        vertices = max(vertices, len(level))
    _refuse_vertices(vertices, settings)


def _refuse_vertices(vertices: int, settings: Settings) -> None:
    if vertices > settings.vertex_limit:
        raise Problem(
            422,
            "too_many_vertices",
            Message(
                f"{vertices} 个顶点，上限 {settings.vertex_limit}",
                "too many vertices: split the plot or thin its line",
            ),
            errors=[{"field": "geometry"}],
        )
