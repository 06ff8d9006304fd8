"""Which of many pairs of polygons share ground, decided exactly or left to GEOS.

A pair whose edges cross properly shares ground. Where no edge touches the other outline, one is
inside the other or they are apart, and one vertex a ring decides. Neighbours that touch only in
whole edges and corners are decided by their other edges: between two corners all lie inside or all
outside, and the middle of one says which. Anything else (a corner on the other's edge, edges on one
line, a sign within its rounding error, an outline shared as a whole) is `UNSURE`, which is rare.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.kernels.compiled import compiled
from gis.kernels.edges import (
    CORNER,
    CROSS,
    NO_TOUCH,
    SHARED,
    Box,
    beyond,
    chain_end,
    common_box,
    edge_at,
    edges_in,
    edges_touch,
    far,
    mark,
)
from gis.kernels.flat import Flat
from gis.kernels.orientation import UNSURE, inside

APART: Final = 0
MEET: Final = 1


@compiled
def meetings(flat: Flat, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int8]:
    """`APART`, `MEET` or `UNSURE` for each pair of polygons of one set."""
    answers = np.empty(len(left), dtype=np.int8)
    max_vertices = 0
    for pair in range(len(left)):
        max_vertices = max(max_vertices, flat.vertices[left[pair]], flat.vertices[right[pair]])
    edges = np.empty((2, max_vertices), dtype=np.int64)
    marks = np.empty((2, max_vertices), dtype=np.int8)
    for pair in range(len(left)):
        answers[pair] = _meeting(flat, left[pair], right[pair], edges, marks)
    return answers


@compiled
def _meeting(flat: Flat, a: int, b: int, edges: NDArray[np.int64], marks: NDArray[np.int8]) -> int:
    box = common_box(flat, a, b)
    if not (box[0] < box[2] and box[1] < box[3]):
        return APART
    of_a = edges_in(flat, a, box, edges[0])
    of_b = edges_in(flat, b, box, edges[1])
    marks[0, :of_a] = 0
    marks[1, :of_b] = 0
    touch = _outlines(flat, edges, marks, of_a, of_b)
    if touch == CROSS:
        return MEET
    if touch == UNSURE:
        return UNSURE
    if touch == NO_TOUCH:
        return _one_in_the_other(flat, a, b, box)
    return _touching(flat, (a, b), box, (of_a, of_b), edges, marks)


@compiled
def _outlines(
    flat: Flat, edges: NDArray[np.int64], marks: NDArray[np.int8], of_a: int, of_b: int
) -> int:
    xy = flat.xy
    worst = NO_TOUCH
    for i in range(of_a):
        e = edge_at(xy, edges[0, i])
        for j in range(of_b):
            f = edge_at(xy, edges[1, j])
            if far(e, f):
                continue
            touch = edges_touch(e, f)
            if touch == CROSS:
                return CROSS
            if touch == UNSURE:
                worst = UNSURE
            elif touch != NO_TOUCH:
                worst = UNSURE if worst == UNSURE else CORNER
                marks[0, i] |= mark(e, f, touch)
                marks[1, j] |= mark(f, e, touch)
    return worst


@compiled
def _one_in_the_other(flat: Flat, a: int, b: int, box: Box) -> int:
    unsure = False
    for polygon, other in ((a, b), (b, a)):
        rings = (flat.first[other], flat.first[other] + flat.number[other])
        for ring in range(flat.first[polygon], flat.first[polygon] + flat.number[polygon]):
            k = flat.starts[ring]
            if beyond(flat.xy, k, box):
                continue
            where = inside(flat.xy, flat.starts, rings, flat.xy[k, 0], flat.xy[k, 1])
            if where == MEET:
                return MEET
            unsure = unsure or where == UNSURE
    return UNSURE if unsure else APART


@compiled
def _touching(
    flat: Flat,
    pair: tuple[int, int],
    box: Box,
    number: tuple[int, int],
    edges: NDArray[np.int64],
    marks: NDArray[np.int8],
) -> int:
    unsure = False
    for which in range(2):
        polygon, other, count = pair[which], pair[1 - which], number[which]
        if _ring_shared_whole(flat, polygon, edges[which], marks[which], count):
            unsure = True
        first = 0
        while first < count:
            last = chain_end(edges[which], marks[which], first, count)
            if not marks[which, first] & SHARED:
                where = _chain(flat, other, box, edges[which, first:last])
                if where == MEET:
                    return MEET
                unsure = unsure or where == UNSURE
            first = last
    return UNSURE if unsure else APART


@compiled
def _chain(flat: Flat, other: int, box: Box, chain: NDArray[np.int64]) -> int:
    """Where a run of edges lies that nothing of the other outline touches on its way."""
    xy = flat.xy
    for k in chain:
        if beyond(xy, k, box):  # not beyond its own polygon's box, so beyond the other's
            return APART
    rings = (flat.first[other], flat.first[other] + flat.number[other])
    for k in chain:
        x, y = 0.5 * (xy[k, 0] + xy[k + 1, 0]), 0.5 * (xy[k, 1] + xy[k + 1, 1])
        where = inside(xy, flat.starts, rings, x, y)
        if where != UNSURE:
            return where
    return UNSURE


@compiled
def _ring_shared_whole(
    flat: Flat, polygon: int, edges: NDArray[np.int64], marks: NDArray[np.int8], count: int
) -> bool:
    for ring in range(flat.first[polygon], flat.first[polygon] + flat.number[polygon]):
        begin, end = flat.starts[ring], flat.starts[ring + 1] - 1
        common = 0
        for i in range(count):
            if marks[i] & SHARED and begin <= edges[i] < end:
                common += 1
        k = begin
        while k < end and common >= 0:
            if flat.xy[k, 0] != flat.xy[k + 1, 0] or flat.xy[k, 1] != flat.xy[k + 1, 1]:
                common -= 1
            k += 1
        if common >= 0:
            return True
    return False
