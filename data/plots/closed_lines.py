"""Boundaries that were drawn or walked as a closed line: the polygon within them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.messages import Message

__all__ = ["filled_lines", "filled_notes"]

_LINES = (1, 2)  # LineString, LinearRing
_LEAST = 4


def filled_lines(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[int]]:
    """The shapes with the polygon of each line that ends where it begins, and which rows these are.

    A line that is open stays a line, for nobody knows how it goes on.

    Examples
    --------
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 1 0, 1 1, 0 0)", "LINESTRING (0 0, 1 0, 1 1)"])
    >>> shapes, rows = filled_lines(lines)
    >>> [shape.geom_type for shape in shapes], rows
    (['Polygon', 'LineString'], [0])
    """
    flat = [_single(shape) for shape in shapes]
    rows = [
        n
        for n, shape in enumerate(flat)
        if shape is not None
        and shapely.get_type_id(shape) in _LINES
        and shape.is_closed
        and shapely.get_num_points(shape) >= _LEAST
    ]
    if not rows:
        return shapes, []
    filled = shapes.copy()
    for row in rows:
        filled[row] = shapely.Polygon(shapely.get_coordinates(flat[row]))
    return filled, rows


def filled_notes(rows: Sequence[int]) -> Iterator[Message]:
    """What was done to rows (from 0) that were lines."""
    if not rows:
        return
    shown = "、".join(str(row + 1) for row in rows[:20])
    more = "…" if len(rows) > 20 else ""
    yield Message(
        f"第 {shown}{more} 行是首尾闭合的线，按其围成的面读取",
        f"rows {shown}{more} are lines that end where they begin: the ground within them was read",
    )


def _single(shape: Any) -> Any:
    """The only part of a multipart line; anything else as it is."""
    if shape is not None and shape.geom_type == "MultiLineString" and len(shape.geoms) == 1:
        return shape.geoms[0]
    return shape
