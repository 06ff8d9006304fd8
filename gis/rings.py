"""The rings of many polygons as flat arrays, which is what numpy and the kernels work on."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

_POLYGON: Final = 3


class Rings(NamedTuple):
    """Ring ``r`` is ``positions[starts[r]:starts[r + 1]]``; those of one polygon lie together."""

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
        Polygons and MultiPolygons, with or without heights.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> rings = rings_of(np.array([None, box(0, 0, 1, 1), box(2, 0, 3, 1)]))
    >>> rings.starts.tolist(), rings.owner.tolist(), rings.hole.tolist()
    ([0, 5, 10], [1, 2], [False, False])
    """
    kinds = shapely.get_type_id(polygons)
    plain = (kinds == _POLYGON) & (shapely.get_num_interior_rings(polygons) == 0)
    if plain.all():
        return _lone_rings(polygons)
    # Taking rings out one by one costs ten times as much: only where there are several.
    lone, several = np.flatnonzero(plain), np.flatnonzero(~plain)
    first, second = _lone_rings(polygons[lone]), _many_rings(polygons[several])
    return Rings(
        np.concatenate([first.positions, second.positions]),
        np.concatenate([first.starts, first.starts[-1] + second.starts[1:]]),
        np.concatenate([lone[first.owner], several[second.owner]]),
        np.concatenate([first.hole, second.hole]),
    )


def _lone_rings(polygons: NDArray[np.object_]) -> Rings:
    counts = shapely.get_num_coordinates(polygons)
    owner = np.flatnonzero(counts)
    positions = shapely.get_coordinates(polygons)
    return Rings(positions, _starts(counts[owner]), owner, np.zeros(len(owner), dtype=bool))


def _many_rings(polygons: NDArray[np.object_]) -> Rings:
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    hole = np.zeros(len(rings), dtype=bool)
    hole[1:] = ring_of[1:] == ring_of[:-1]  # the shell comes before its holes
    counts = shapely.get_num_coordinates(rings)
    return Rings(shapely.get_coordinates(rings), _starts(counts), part_of[ring_of], hole)


def _starts(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
