"""The ground that a file draws for plots, where it is drawn as more or less than polygons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from data.plots.closed_lines import filled_lines, filled_notes
from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["Drawn", "drawn_ground", "drawn_notes"]

_COLLECTION: Final = 7


class Drawn(NamedTuple):
    """Shapes of some rows, and which of them (from 0) were drawn in another way."""

    shapes: NDArray[np.object_]
    closed: list[int]
    """Lines that end where they begin."""
    collected: list[int]
    """Collections with polygons in them."""


def drawn_ground(shapes: NDArray[np.object_]) -> Drawn:
    """The shapes with the ground of each: polygons of a collection, what a closed line goes around.

    A collection of polygons and a label's point is what map programs write of a polygon with its
    name. Anything without ground stays as it is, for a verdict on its row.

    Examples
    --------
    >>> square = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
    >>> drawn = drawn_ground(shapely.from_wkt([f"GEOMETRYCOLLECTION (POINT (1 1), {square})"]))
    >>> drawn.shapes[0].geom_type, drawn.closed, drawn.collected
    ('MultiPolygon', [], [0])
    """
    filled, closed = filled_lines(shapes)
    found = {
        row: polygons
        for row in np.flatnonzero(shapely.get_type_id(filled) == _COLLECTION).tolist()
        if (polygons := list(_polygons(filled[row])))
    }
    if found:
        filled = filled.copy()
        for row, polygons in found.items():
            filled[row] = shapely.MultiPolygon(polygons)
    return Drawn(filled, closed, list(found))


def drawn_notes(closed: Sequence[int], collected: Sequence[int]) -> Iterator[Message]:
    """What was read of rows (from 0) that were closed lines, or collections."""
    yield from filled_notes(closed)
    if collected:
        where = row_list([row + 1 for row in collected])
        yield Message(
            f"{where.zh}是几何集合，只读取其中的面，点和线未读取",
            f"{where.en}: of a collection the polygons were read, its points and lines were not",
        )


def _polygons(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    if isinstance(shape, shapely.Polygon) and not shape.is_empty:
        yield shape
    elif isinstance(shape, BaseMultipartGeometry):
        for part in shape.geoms:
            yield from _polygons(part)
