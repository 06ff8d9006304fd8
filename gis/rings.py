"""The rings of many polygons as flat arrays, which is what numpy and the kernels work on."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

_POLYGON: Final = 3
_GROUND: Final = (_POLYGON, 6, -1)  # MultiPolygon, None


class Rings(NamedTuple):
    """Ring ``r`` is ``positions[starts[r]:starts[r + 1]]``; those of one polygon are adjacent."""

    positions: NDArray[np.float64]
    """One row a vertex, ``(longitude, latitude)`` in degrees; the last of a ring repeats the
    first."""
    starts: NDArray[np.int64]
    """One more than there are rings."""
    owner: NDArray[np.int64]
    """Which polygon a ring belongs to."""
    hole: NDArray[np.bool_]
    """Whether it is taken away."""


def rings_of(polygons: NDArray[np.object_]) -> Rings:
    """Take polygons and multipolygons apart; None and empty ones have no rings.

    Parameters
    ----------
    polygons
        Polygons and MultiPolygons, with or without heights; lines and points that an overlay left
        beside them have no rings.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> rings = rings_of(np.array([None, box(0, 0, 1, 1), box(2, 0, 3, 1)]))
    >>> rings.starts.tolist(), rings.owner.tolist(), rings.hole.tolist()
    ([0, 5, 10], [1, 2], [False, False])
    """
    kinds = shapely.get_type_id(polygons)
    mixed = np.flatnonzero(~np.isin(kinds, _GROUND))
    if len(mixed):
        polygons = polygons.copy()
        polygons[mixed] = [_only_ground(collection) for collection in polygons[mixed]]
    corners = shapely.get_num_coordinates(polygons)
    plain = (kinds == _POLYGON) & (shapely.get_num_interior_rings(polygons) == 0)
    # Extracting rings is ten times as slow: done only for parts that have holes.
    several = np.flatnonzero(~plain)
    parts, part_of = shapely.get_parts(polygons[several], return_index=True)
    holed = shapely.get_num_interior_rings(parts) > 0
    rings, ring_of = shapely.get_rings(parts[holed], return_index=True)
    part_corners = shapely.get_num_coordinates(parts)
    of_part = (part_corners > 0).astype(np.int64)
    of_part[holed] = np.bincount(ring_of, minlength=int(holed.sum()))
    number = (plain & (corners > 0)).astype(np.int64)
    number[several] = np.bincount(part_of, of_part, minlength=len(several))
    owner = np.repeat(np.arange(len(polygons)), number)
    among = ~plain[owner]
    part = np.repeat(np.arange(len(parts)), of_part)
    part_counts = part_corners[part]
    part_counts[holed[part]] = shapely.get_num_coordinates(rings)
    counts = corners[owner]
    counts[among] = part_counts
    hole = np.zeros(len(owner), dtype=bool)
    # The shell comes before its holes.
    hole[np.flatnonzero(among)[1:]] = part[1:] == part[:-1]
    return Rings(shapely.get_coordinates(polygons), _starts(counts), owner, hole)


def _only_ground(collection: BaseGeometry) -> MultiPolygon:
    parts = shapely.get_parts(shapely.get_parts(collection))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])


def _starts(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
