"""How much ground two polygons have in common, without drawing it.

The outline of the intersection consists of the parts of each outline that run inside the other
polygon. An area is a sum over edges in any order (`gis.authalic`), so these parts need only be
found and added: edges are cut where they cross, and the middle of one part of a run decides whether
it lies inside. Where a sign is within its rounding error the pair is left to GEOS.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.authalic import B2, HIGHEST_DEG, LONGEST_DEG
from gis.kernels.authalic import level_at, under_edge
from gis.kernels.compiled import compiled
from gis.kernels.edges import (
    CROSS,
    NO_TOUCH,
    SAME_EDGE,
    SHARED,
    Box,
    common_box,
    edge_at,
    edges_in,
    edges_touch,
    far,
    mark,
)
from gis.kernels.flat import Flat
from gis.kernels.orientation import UNSURE, Edge, inside

OUTSIDE: Final = 0
INSIDE: Final = 1

_MAX_CROSSINGS: Final = 256
_SUM_ERROR: Final = 2.0**-52  # of each term of a sum
_ALIKE: Final = 4  # a shared edge with both polygons on the same side of it


class Buffers(NamedTuple):
    """Working memory for one pair, in two rows: one for each polygon."""

    edges: NDArray[np.int64]
    marks: NDArray[np.int8]
    crossed: NDArray[np.int64]
    """Which of `edges` each crossing lies on."""
    crossing: NDArray[np.float64]
    """Where on that edge, from 0 to 1."""
    cuts: NDArray[np.float64]
    """Crossings of the current edge, sorted."""
    longest_deg: float
    """Longer parts of an edge are left to GEOS, in longitude or latitude."""


@compiled
def intersection_areas_m2(
    flat: Flat,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    longest_deg: float = LONGEST_DEG,
) -> NDArray[np.float64]:
    """Square metres that each pair of polygons has in common; NaN where GEOS must say.

    So it must where an edge of what is common is longer than ``longest_deg``, as in
    `gis.authalic.ring_areas_m2`.
    """
    areas = np.empty(len(left))
    max_vertices = 0
    for pair in range(len(left)):
        max_vertices = max(max_vertices, flat.vertices[left[pair]], flat.vertices[right[pair]])
    buffers = Buffers(
        np.empty((2, max_vertices), dtype=np.int64),
        np.empty((2, max_vertices), dtype=np.int8),
        np.empty((2, _MAX_CROSSINGS), dtype=np.int64),
        np.empty((2, _MAX_CROSSINGS)),
        np.empty(_MAX_CROSSINGS + 1),
        longest_deg,
    )
    for pair in range(len(left)):
        areas[pair] = _intersection_m2(flat, left[pair], right[pair], buffers)
    return areas


@compiled
def _intersection_m2(flat: Flat, a: int, b: int, buffers: Buffers) -> float:
    box = common_box(flat, a, b)
    if max(-box[1], box[3]) > HIGHEST_DEG:
        return np.nan
    of_a = edges_in(flat, a, box, buffers.edges[0])
    of_b = edges_in(flat, b, box, buffers.edges[1])
    buffers.marks[0, :of_a] = 0
    buffers.marks[1, :of_b] = 0
    crossings = _crossings(flat, a, b, (of_a, of_b), buffers)
    if crossings < 0:
        return np.nan
    # An edge that both share is counted with the first.
    mine = _inside_m2(flat, (a, b), box, 0, (of_a, crossings), buffers)
    others = _inside_m2(flat, (b, a), box, 1, (of_b, crossings), buffers)
    total = -mine - others  # with the ground on its left, its north runs west
    return total if np.isnan(total) else max(0.0, total) * B2


@compiled
def _crossings(flat: Flat, a: int, b: int, number: tuple[int, int], buffers: Buffers) -> int:
    """Fill the buffers with how the two outlines meet; the number of crossings, -1 if unsure."""
    xy = flat.xy
    crossings = 0
    for i in range(number[0]):
        k = buffers.edges[0, i]
        e = edge_at(xy, k)
        for j in range(number[1]):
            m = buffers.edges[1, j]
            f = edge_at(xy, m)
            if far(e, f):
                continue
            touch = edges_touch(e, f)
            if touch == UNSURE or crossings == _MAX_CROSSINGS:
                return -1
            if touch == CROSS:
                buffers.crossed[0, crossings], buffers.crossing[0, crossings] = i, _share(e, f)
                buffers.crossed[1, crossings], buffers.crossing[1, crossings] = j, _share(f, e)
                crossings += 1
            elif touch != NO_TOUCH:
                buffers.marks[0, i] |= mark(e, f, touch)
                buffers.marks[1, j] |= mark(f, e, touch)
                if touch == SAME_EDGE and _alike(flat, a, b, k, m):
                    buffers.marks[0, i] |= _ALIKE
    return crossings


@compiled
def _share(e: Edge, f: Edge) -> float:
    """Where the line of `f` cuts the edge `e`: 0 at its start, 1 at its end."""
    dx, dy = f[2] - f[0], f[3] - f[1]
    at_start = dx * (e[1] - f[1]) - dy * (e[0] - f[0])
    at_end = dx * (e[3] - f[1]) - dy * (e[2] - f[0])
    return float(at_start / (at_start - at_end))


@compiled
def _alike(flat: Flat, a: int, b: int, e: int, f: int) -> bool:
    """Whether two polygons lie on the same side of the edge that they share."""
    same_way = flat.xy[e, 0] == flat.xy[f, 0] and flat.xy[e, 1] == flat.xy[f, 1]
    side_a, _ = _ring_at(flat, a, e)
    side_b, _ = _ring_at(flat, b, f)
    return bool((side_a == side_b) == same_way)


@compiled
def _ring_at(flat: Flat, polygon: int, k: int) -> tuple[int, int]:
    """Of the ring of an edge: 1 with the polygon on its left, -1 on its right, 0 unsure; its end.

    The rings of valid polygons are simple, so the sign of their plane area says which way they run.
    """
    ring = flat.first[polygon]
    while k >= flat.starts[ring + 1]:
        ring += 1
    begin, end = flat.starts[ring], flat.starts[ring + 1]
    x, y = flat.xy[begin, 0], flat.xy[begin, 1]
    twice, size = 0.0, 0.0
    for n in range(begin + 1, end - 2):
        over = (flat.xy[n, 0] - x) * (flat.xy[n + 1, 1] - y)
        under = (flat.xy[n, 1] - y) * (flat.xy[n + 1, 0] - x)
        twice += over - under
        size += abs(over) + abs(under)
    if abs(twice) <= _SUM_ERROR * (end - begin) * size:
        return 0, end
    return (1 if (twice > 0.0) != flat.hole[ring] else -1), end


@compiled
def _inside_m2(
    flat: Flat,
    pair: tuple[int, int],
    box: Box,
    which: int,
    number: tuple[int, int],
    buffers: Buffers,
) -> float:
    """Under the parts of an outline inside the other polygon, per b²; NaN where that is unsure."""
    level = level_at(box[1])
    xy, edges, marks = flat.xy, buffers.edges[which], buffers.marks[which]
    total, where = 0.0, UNSURE
    side, ring_end = 0, 0
    for i in range(number[0]):
        k = edges[i]
        longest = max(abs(xy[k + 1, 0] - xy[k, 0]), abs(xy[k + 1, 1] - xy[k, 1]))
        if k >= ring_end:
            side, ring_end = _ring_at(flat, pair[0], k)
        if marks[i] & SHARED:  # counted once for both
            cuts, where = 1, INSIDE if marks[i] & _ALIKE else OUTSIDE
            buffers.cuts[0] = 1.0
        else:
            cuts = _cuts(buffers, which, i, number[1])
            follows = i > 0 and edges[i - 1] == k - 1 and not (marks[i] or marks[i - 1] & SHARED)
            if not follows:
                where = _begins(flat, pair[1], box, k, buffers.cuts[0])
        if where == UNSURE or side == 0:
            return np.nan
        start = 0.0
        for n in range(cuts):
            end = buffers.cuts[n]
            if where == INSIDE:
                if (end - start) * longest > buffers.longest_deg:
                    return np.nan
                total += side * _under_part(xy, k, start, end, level)
            if n < cuts - 1:
                where = 1 - where
            start = end
    return total


@compiled
def _cuts(buffers: Buffers, which: int, i: int, crossings: int) -> int:
    """Sort the crossings of an edge, and its end, into `Buffers.cuts`; how many they are."""
    cuts = 0
    for n in range(crossings):
        if buffers.crossed[which, n] == i:
            place = cuts
            while place > 0 and buffers.cuts[place - 1] > buffers.crossing[which, n]:
                buffers.cuts[place] = buffers.cuts[place - 1]
                place -= 1
            buffers.cuts[place] = buffers.crossing[which, n]
            cuts += 1
    buffers.cuts[cuts] = 1.0
    return cuts + 1


@compiled
def _begins(flat: Flat, other: int, box: Box, k: int, until: float) -> int:
    """Where the first part of an edge lies."""
    x, y = flat.xy[k, 0], flat.xy[k, 1]
    if x < box[0] or x > box[2] or y < box[1] or y > box[3]:
        return OUTSIDE
    half = 0.5 * until
    x += half * (flat.xy[k + 1, 0] - x)
    y += half * (flat.xy[k + 1, 1] - y)
    rings = (flat.first[other], flat.first[other] + flat.number[other])
    return inside(flat.xy, flat.starts, rings, x, y)


@compiled
def _under_part(xy: NDArray[np.float64], k: int, start: float, end: float, level: float) -> float:
    dx, dy = xy[k + 1, 0] - xy[k, 0], xy[k + 1, 1] - xy[k, 1]
    x, y = xy[k, 0], xy[k, 1]
    return under_edge(x + start * dx, y + start * dy, x + end * dx, y + end * dy, level)
