"""Which of many pairs of polygons share ground, decided exactly or left to GEOS.

A pair whose edges cross properly shares ground. Where no edge touches the other outline, one is
inside the other or they are apart, and one vertex a ring decides. Neighbours that touch only in
whole edges and corners are decided by the middles of their other edges: each lies wholly inside or
wholly outside. Anything else (a corner on the other's edge, edges on one line, a sign within its
rounding error, an outline shared as a whole) is `UNSURE`, which is rare.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.kernels.compiled import compiled
from gis.kernels.flat import Flat
from gis.kernels.orientation import UNSURE, inside, side

APART: Final = 0
MEET: Final = 1

_NO_TOUCH: Final = 0
_CROSS: Final = 1
_CORNER: Final = 3
_SAME_EDGE: Final = 4


@compiled
def meetings(flat: Flat, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int8]:
    """`APART`, `MEET` or `UNSURE` for each pair of polygons of one set."""
    answers = np.empty(len(left), dtype=np.int8)
    most = 0
    for pair in range(len(left)):
        most = max(most, flat.vertices[left[pair]], flat.vertices[right[pair]])
    edges = np.empty((2, most), dtype=np.int64)
    shared = np.empty((2, most), dtype=np.bool_)
    for pair in range(len(left)):
        answers[pair] = _meeting(flat, left[pair], right[pair], edges, shared)
    return answers


@compiled
def _meeting(
    flat: Flat, a: int, b: int, edges: NDArray[np.int64], shared: NDArray[np.bool_]
) -> int:
    west = max(flat.boxes[a, 0], flat.boxes[b, 0])
    south = max(flat.boxes[a, 1], flat.boxes[b, 1])
    east = min(flat.boxes[a, 2], flat.boxes[b, 2])
    north = min(flat.boxes[a, 3], flat.boxes[b, 3])
    if not (west < east and south < north):
        return APART
    box = (west, south, east, north)
    of_a = _edges_in(flat, a, box, edges[0])
    of_b = _edges_in(flat, b, box, edges[1])
    shared[0, :of_a] = False
    shared[1, :of_b] = False
    touch = _outlines(flat, edges, shared, of_a, of_b)
    if touch == _CROSS:
        return MEET
    if touch == UNSURE:
        return UNSURE
    if touch == _NO_TOUCH:
        return _one_in_the_other(flat, a, b)
    return _touching(flat, (a, b), (of_a, of_b), edges, shared)


@compiled
def _edges_in(
    flat: Flat, polygon: int, box: tuple[float, float, float, float], edges: NDArray[np.int64]
) -> int:
    found = 0
    xy = flat.xy
    for ring in range(flat.first[polygon], flat.first[polygon] + flat.number[polygon]):
        for k in range(flat.starts[ring], flat.starts[ring + 1] - 1):
            x0, y0, x1, y1 = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            if max(x0, x1) < box[0] or min(x0, x1) > box[2]:
                continue
            if max(y0, y1) < box[1] or min(y0, y1) > box[3]:
                continue
            if x0 == x1 and y0 == y1:  # a vertex drawn twice
                continue
            edges[found] = k
            found += 1
    return found


@compiled
def _outlines(
    flat: Flat, edges: NDArray[np.int64], shared: NDArray[np.bool_], of_a: int, of_b: int
) -> int:
    xy = flat.xy
    worst = _NO_TOUCH
    for i in range(of_a):
        e = edges[0, i]
        west, east = min(xy[e, 0], xy[e + 1, 0]), max(xy[e, 0], xy[e + 1, 0])
        south, north = min(xy[e, 1], xy[e + 1, 1]), max(xy[e, 1], xy[e + 1, 1])
        for j in range(of_b):
            f = edges[1, j]
            if max(xy[f, 0], xy[f + 1, 0]) < west or min(xy[f, 0], xy[f + 1, 0]) > east:
                continue
            if max(xy[f, 1], xy[f + 1, 1]) < south or min(xy[f, 1], xy[f + 1, 1]) > north:
                continue
            touch = edges_touch(xy, e, xy, f)
            if touch == _CROSS:
                return _CROSS
            if touch == _SAME_EDGE:
                shared[0, i] = True
                shared[1, j] = True
            if touch == UNSURE:
                worst = UNSURE
            elif touch != _NO_TOUCH and worst != UNSURE:
                worst = _CORNER
    return worst


@compiled
def edges_touch(a: NDArray[np.float64], e: int, b: NDArray[np.float64], f: int) -> int:
    """How two edges meet: not, crossing, in a common corner, as one edge, or `UNSURE`."""
    e0f0 = a[e, 0] == b[f, 0] and a[e, 1] == b[f, 1]
    e1f1 = a[e + 1, 0] == b[f + 1, 0] and a[e + 1, 1] == b[f + 1, 1]
    e0f1 = a[e, 0] == b[f + 1, 0] and a[e, 1] == b[f + 1, 1]
    e1f0 = a[e + 1, 0] == b[f, 0] and a[e + 1, 1] == b[f, 1]
    if (e0f0 and e1f1) or (e0f1 and e1f0):
        return _SAME_EDGE
    if e0f0 or e1f0:
        return UNSURE if side(a, e, b, f + 1) == UNSURE else _CORNER
    if e0f1 or e1f1:
        return UNSURE if side(a, e, b, f) == UNSURE else _CORNER
    return _edges_cross(a, e, b, f)


@compiled
def _edges_cross(a: NDArray[np.float64], e: int, b: NDArray[np.float64], f: int) -> int:
    first, second = side(a, e, b, f), side(a, e, b, f + 1)
    if first == second and first != UNSURE:
        return _NO_TOUCH
    third, fourth = side(b, f, a, e), side(b, f, a, e + 1)
    if third == fourth and third != UNSURE:
        return _NO_TOUCH
    return UNSURE if UNSURE in (first, second, third, fourth) else _CROSS


@compiled
def _one_in_the_other(flat: Flat, a: int, b: int) -> int:
    unsure = False
    for one, other in ((a, b), (b, a)):
        rings = (flat.first[other], flat.first[other] + flat.number[other])
        for ring in range(flat.first[one], flat.first[one] + flat.number[one]):
            k = flat.starts[ring]
            where = inside(flat.xy, flat.starts, rings, flat.xy[k, 0], flat.xy[k, 1])
            if where == MEET:
                return MEET
            unsure = unsure or where == UNSURE
    return UNSURE if unsure else APART


@compiled
def _touching(
    flat: Flat,
    pair: tuple[int, int],
    number: tuple[int, int],
    edges: NDArray[np.int64],
    shared: NDArray[np.bool_],
) -> int:
    unsure = False
    for which in range(2):
        one, other, found = pair[which], pair[1 - which], number[which]
        if _ring_shared_whole(flat, one, edges[which], shared[which], found):
            unsure = True
        rings = (flat.first[other], flat.first[other] + flat.number[other])
        for i in range(found):
            if shared[which, i]:
                continue
            k = edges[which, i]
            x = 0.5 * (flat.xy[k, 0] + flat.xy[k + 1, 0])
            y = 0.5 * (flat.xy[k, 1] + flat.xy[k + 1, 1])
            where = inside(flat.xy, flat.starts, rings, x, y)
            if where == MEET:
                return MEET
            unsure = unsure or where == UNSURE
    return UNSURE if unsure else APART


@compiled
def _ring_shared_whole(
    flat: Flat, polygon: int, edges: NDArray[np.int64], shared: NDArray[np.bool_], found: int
) -> bool:
    for ring in range(flat.first[polygon], flat.first[polygon] + flat.number[polygon]):
        begin, end = flat.starts[ring], flat.starts[ring + 1] - 1
        real, common = 0, 0
        for k in range(begin, end):
            if flat.xy[k, 0] != flat.xy[k + 1, 0] or flat.xy[k, 1] != flat.xy[k + 1, 1]:
                real += 1
        for i in range(found):
            if shared[i] and begin <= edges[i] < end:
                common += 1
        if common >= real:
            return True
    return False
