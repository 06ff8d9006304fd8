"""What was drawn of a shape that cannot be used: its rings and lines as they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

__all__ = ["outline"]


def outline(shape: BaseGeometry | None) -> MultiLineString | None:
    """The rings and lines of any shape, tangled or not; heights are dropped.

    Parameters
    ----------
    shape
        In any system; ordinates stay as they are.

    Returns
    -------
    MultiLineString | None
        None for a shape without a line: points, an empty one, None, or ordinates that are no
        numbers.

    Examples
    --------
    >>> bowtie = shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    >>> outline(bowtie).wkt
    'MULTILINESTRING ((0 0, 1 1, 1 0, 0 1, 0 0))'
    >>> outline(shapely.Point(0, 0)) is None
    True
    """
    if shape is None or shape.is_empty:
        return None
    lines = [
        shapely.force_2d(LineString(line.coords))
        for line in _lines(shape)
        if shapely.get_num_coordinates(line) > 1
    ]
    if not lines or not np.isfinite(shapely.get_coordinates(lines)).all():
        return None
    return MultiLineString(lines)


def _lines(shape: BaseGeometry) -> Iterator[LineString]:
    if isinstance(shape, Polygon):
        yield shape.exterior
        yield from shape.interiors
    elif isinstance(shape, LineString):
        yield shape
    elif isinstance(shape, BaseMultipartGeometry):
        for part in shape.geoms:
            yield from _lines(part)
