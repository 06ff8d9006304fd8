"""Edges of two outlines: which of them can meet at all, and how two of them do."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gis.kernels.compiled import compiled
from gis.kernels.flat import Flat
from gis.kernels.orientation import UNSURE, Edge, side

Box: TypeAlias = tuple[float, float, float, float]

NO_TOUCH: Final = 0
CROSS: Final = 1
CORNER: Final = 3
SAME_EDGE: Final = 4

# What is known of an edge of one outline: it is an edge of the other too; its start is a corner of
# the other.
SHARED: Final = 1
CORNERED: Final = 2

# About the sine of an angle. Edges of two parts cut by the same border differ from it by 1e-14
# degrees only: rounding decides where they cross, and 400 m of border may be lost or added twice.
# At this angle a crossing is accurate to a ten-thousandth of a millimetre in 100 m.
_ALONGSIDE: Final = 1e-6


@compiled
def common_box(flat: Flat, a: int, b: int) -> Box:
    """West, south, east, north of what the boxes of two polygons share; empty when west ≥ east."""
    return (
        max(flat.boxes[a, 0], flat.boxes[b, 0]),
        max(flat.boxes[a, 1], flat.boxes[b, 1]),
        min(flat.boxes[a, 2], flat.boxes[b, 2]),
        min(flat.boxes[a, 3], flat.boxes[b, 3]),
    )


@compiled
def edges_in(flat: Flat, polygon: int, box: Box, edges: NDArray[np.int64]) -> int:
    """Write the edges of a polygon whose boxes meet a box, in their order; how many they are."""
    count = 0
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
            edges[count] = k
            count += 1
    return count


@compiled
def edge_at(xy: NDArray[np.float64], k: int) -> Edge:
    """The edge from the vertex `k` to the next."""
    return xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]


@compiled
def far(e: Edge, f: Edge) -> bool:
    """Whether the boxes of two edges are apart."""
    if max(f[0], f[2]) < min(e[0], e[2]) or min(f[0], f[2]) > max(e[0], e[2]):
        return True
    return max(f[1], f[3]) < min(e[1], e[3]) or min(f[1], f[3]) > max(e[1], e[3])


@compiled
def edges_touch(e: Edge, f: Edge) -> int:
    """How two edges meet: `NO_TOUCH`, `CROSS`, `CORNER`, `SAME_EDGE` or `UNSURE`."""
    e0f0 = e[0] == f[0] and e[1] == f[1]
    e1f1 = e[2] == f[2] and e[3] == f[3]
    e0f1 = e[0] == f[2] and e[1] == f[3]
    e1f0 = e[2] == f[0] and e[3] == f[1]
    if (e0f0 and e1f1) or (e0f1 and e1f0):
        return SAME_EDGE
    if e0f0 or e1f0:
        return UNSURE if side(e, f[2], f[3]) == UNSURE else CORNER
    if e0f1 or e1f1:
        return UNSURE if side(e, f[0], f[1]) == UNSURE else CORNER
    return _edges_cross(e, f)


@compiled
def _edges_cross(e: Edge, f: Edge) -> int:
    first, second = side(e, f[0], f[1]), side(e, f[2], f[3])
    if first == second and first != UNSURE:
        return NO_TOUCH
    third, fourth = side(f, e[0], e[1]), side(f, e[2], e[3])
    if third == fourth and third != UNSURE:
        return NO_TOUCH
    if UNSURE in (first, second, third, fourth) or _alongside(e, f):
        return UNSURE
    return CROSS


@compiled
def _alongside(e: Edge, f: Edge) -> bool:
    """Whether two edges run so nearly the same way that rounding decides where they cross."""
    ex, ey = e[2] - e[0], e[3] - e[1]
    fx, fy = f[2] - f[0], f[3] - f[1]
    return bool(abs(ex * fy - ey * fx) <= _ALONGSIDE * (abs(ex) + abs(ey)) * (abs(fx) + abs(fy)))


@compiled
def mark(e: Edge, f: Edge, touch: int) -> int:
    """The mark that an edge `f` which touches an edge `e` gives to `e`."""
    at_start = e[0] == f[0] and e[1] == f[1]
    at_end = e[0] == f[2] and e[1] == f[3]
    known = CORNERED if at_start or at_end else 0
    return known | SHARED if touch == SAME_EDGE else known


@compiled
def beyond(xy: NDArray[np.float64], k: int, box: Box) -> bool:
    """Whether an edge has an end outside a box."""
    west, east = min(xy[k, 0], xy[k + 1, 0]), max(xy[k, 0], xy[k + 1, 0])
    south, north = min(xy[k, 1], xy[k + 1, 1]), max(xy[k, 1], xy[k + 1, 1])
    return bool(west < box[0] or east > box[2] or south < box[1] or north > box[3])


@compiled
def chain_end(edges: NDArray[np.int64], marks: NDArray[np.int8], first: int, count: int) -> int:
    """End of the run of edges from `first` on that follow each other off the other outline.

    Where no edges cross, such a run lies wholly inside the other polygon or wholly outside.
    """
    last = first + 1
    if marks[first] & SHARED:
        return last
    while last < count and edges[last] == edges[last - 1] + 1 and marks[last] == 0:
        last += 1
    return last
