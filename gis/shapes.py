"""From any geometry to a checked point, line or polygon: for things that are not all ground."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import shapely
from shapely import MultiLineString, MultiPolygon, Point
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.grid import on_grid
from gis.messages import Message
from gis.polygons import as_multipolygon, from_geojson
from gis.validity import check_range

__all__ = ["Shape", "ShapeKind", "as_shape", "drawn_shape", "kind_of"]

ShapeKind: TypeAlias = Literal["point", "line", "polygon"]
Shape: TypeAlias = Point | MultiLineString | MultiPolygon
_KINDS: Final[Mapping[str, ShapeKind]] = {
    "Point": "point",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}


def as_shape(geometry: BaseGeometry | None) -> tuple[ShapeKind, Shape]:
    """A geometry as a checked Point, MultiLineString or MultiPolygon on the 1e-9° grid.

    Parameters
    ----------
    geometry
        Longitudes and latitudes in degrees; heights are dropped. A MultiPoint of one point is that
        point.

    Raises
    ------
    GeometryError
        ``missing`` (None), ``empty`` (nothing drawn, or nothing left on the grid), ``mixed_shape``
        (a collection, or several points), and the codes of `gis.validity.check_range` and
        `gis.polygons.as_multipolygon`.

    Examples
    --------
    >>> from shapely import LineString
    >>> kind, line = as_shape(LineString([(126.0, 43.8), (126.1, 43.9)]))
    >>> kind, line.geom_type
    ('line', 'MultiLineString')
    """
    if geometry is None:
        raise GeometryError(Message("没有图形。", "There is no shape."), code="missing")
    if geometry.geom_type == "MultiPoint" and len(shapely.get_parts(geometry)) == 1:
        geometry = shapely.get_parts(geometry)[0]
    kind = _KINDS.get(geometry.geom_type)
    if kind is None:
        raise _mixed(geometry.geom_type)
    if kind == "polygon":
        return kind, as_multipolygon(geometry)
    flat = shapely.force_2d(geometry)
    check_range(flat)
    if flat.is_empty:
        raise _empty()
    if isinstance(flat, Point):
        return kind, Point(np.round(shapely.get_coordinates(flat)[0], 9))
    snapped = on_grid(np.array([flat], dtype=object))[0]
    parts = [part for part in shapely.get_parts(snapped) if not part.is_empty]
    if not parts:
        raise _empty()
    return kind, MultiLineString(parts)


def kind_of(shape: Shape) -> ShapeKind:
    """Of a checked shape.

    Examples
    --------
    >>> kind_of(Point(126, 43.8))
    'point'
    """
    return _KINDS[shape.geom_type]


def drawn_shape(mapping: Mapping[str, Any]) -> tuple[ShapeKind, Shape]:
    """A GeoJSON geometry as a checked shape.

    Raises
    ------
    GeometryError
        Those of `as_shape` and `gis.polygons.from_geojson`, and ``not_geojson``.

    Examples
    --------
    >>> drawn_shape({"type": "Point", "coordinates": [126, 43.8]})[1].wkt
    'POINT (126 43.8)'
    """
    kind = _KINDS.get(str(mapping.get("type")))
    if kind == "polygon":
        return kind, from_geojson(mapping)
    if kind is None and mapping.get("type") != "MultiPoint":
        raise _mixed(str(mapping.get("type")))
    try:
        return as_shape(shapely.from_geojson(json.dumps(mapping)))
    except (ShapelyError, ValueError) as error:
        if isinstance(error, GeometryError):
            raise
        raise GeometryError(
            Message("坐标的层次或类型不对。", "Coordinates are nested wrongly or no numbers."),
            code="not_geojson",
        ) from None


def _mixed(kind: str) -> GeometryError:
    return GeometryError(
        Message(
            f"应为一个点、线或面，收到的是 {kind[:40]!r}。",
            f"A point, a line or a polygon is wanted, not {kind[:40]!r}.",
        ),
        code="mixed_shape",
    )


def _empty() -> GeometryError:
    return GeometryError(
        Message(
            "图形是空的，或小于坐标精度（1e-9°），请重新绘制。",
            "Nothing of the shape is left on the 1e-9° grid; draw it again.",
        ),
        code="empty",
    )
