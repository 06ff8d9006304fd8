"""Pairs of polygons that share ground, and how much: the filter and what is left to GEOS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.authalic import LONGEST_DEG
from gis.kernels.flat import Flat, flattened
from gis.kernels.intersection_area import intersection_areas_m2
from gis.kernels.meeting import MEET, meetings
from gis.kernels.orientation import UNSURE
from gis.measure import areas_m2
from gis.polygons import polygon_parts
from gis.threads import spread

Indices: TypeAlias = NDArray[np.int64]

_POLYGONAL = (3, 6)
_INTERIORS_MEET = "T********"


def overlapping(polygons: NDArray[np.object_]) -> tuple[Indices, Indices, NDArray[np.float64]]:
    """See `gis.overlaps.overlapping`."""
    # Both are single-threaded for much of their time: run them side by side.
    with ThreadPoolExecutor(1) as pool:
        taken_apart = pool.submit(flattened, polygons)
        left, right = box_pairs(polygons, np.zeros(len(polygons), dtype=np.int64))
        flat = taken_apart.result()
    shares = sharing(polygons, flat, left, right)
    left, right = left[shares], right[shares]
    return left, right, shared_m2(polygons, flat, left, right)


def shared_m2(
    polygons: NDArray[np.object_],
    flat: Flat,
    left: Indices,
    right: Indices,
    longest_deg: float = LONGEST_DEG,
) -> NDArray[np.float64]:
    """Square metres that each pair has in common; `longest_deg` as in `gis.measure.areas_m2`."""

    def added(rows: slice) -> NDArray[np.float64]:
        return intersection_areas_m2(flat, left[rows], right[rows], longest_deg)

    area = spread(added, len(left), np.empty(0))
    unsure = np.flatnonzero(np.isnan(area))
    area[unsure] = intersection_m2(polygons[left[unsure]], polygons[right[unsure]], longest_deg)
    return area


def box_pairs(polygons: NDArray[np.object_], group_of: Indices) -> tuple[Indices, Indices]:
    """Pairs of one group whose boxes meet, the lower index first."""
    tree = shapely.STRtree(polygons)

    def queried(rows: slice) -> NDArray[np.int64]:
        left, right = tree.query(polygons[rows])
        left += rows.start
        once = (left < right) & (group_of[left] == group_of[right])
        return np.stack([left[once], right[once]], axis=1)

    return tuple(spread(queried, len(polygons), np.empty((0, 2), dtype=np.int64)).T)


def sharing(
    polygons: NDArray[np.object_], flat: Flat, left: Indices, right: Indices
) -> NDArray[np.bool_]:
    """Whether the interiors of each pair meet."""

    def filtered(rows: slice) -> NDArray[np.int8]:
        return meetings(flat, left[rows], right[rows])

    def related(rows: slice) -> NDArray[np.bool_]:
        some = unsure[rows]
        meet = np.empty(len(some), dtype=np.bool_)
        shapely.relate_pattern(
            polygons[left[some]], polygons[right[some]], _INTERIORS_MEET, out=meet
        )
        return meet

    answers = spread(filtered, len(left), np.empty(0, dtype=np.int8))
    unsure = np.flatnonzero(answers == UNSURE)
    shares: NDArray[np.bool_] = np.equal(answers, MEET)
    shares[unsure] = spread(related, len(unsure), np.empty(0, dtype=np.bool_))
    return shares


def intersection_m2(
    left: NDArray[np.object_], right: NDArray[np.object_], longest_deg: float = LONGEST_DEG
) -> NDArray[np.float64]:
    """Square metres that each pair has in common, drawn by GEOS."""

    def measured(rows: slice) -> NDArray[np.float64]:
        common = only_polygons(shapely.intersection(left[rows], right[rows]))
        return areas_m2(common, checked=True, longest_deg=longest_deg)

    return spread(measured, len(left), np.empty(0))


def only_polygons(pieces: NDArray[np.object_]) -> NDArray[np.object_]:
    """What overlays left, without the lines and points in it."""
    for place in np.flatnonzero(~np.isin(shapely.get_type_id(pieces), _POLYGONAL)):
        pieces[place] = polygon_parts(pieces[place])
    return pieces
