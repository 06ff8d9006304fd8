"""How much of one polygon lies in another, without cutting it: for outlines of many vertices.

The ground under an edge is what lies between it and a base line south of everything. A polygon is
the ground under its northern edges less that under its southern ones, so what two polygons share
is a sum over pairs of edges that run above each other: the area under the lower of the two. No
outline of the common ground is built, however many pieces it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.messages import Message

__all__ = [
    "EDGES_PER_VERTEX",
    "MANY_VERTICES",
    "MAX_EDGE_PAIRS",
    "MAX_MEETING_BOXES",
    "MAX_MEETING_EDGES",
    "meeting_edges",
    "meeting_positions",
    "refuse_costly_border",
    "refuse_costly_cut",
    "shared_area_deg2",
]

MANY_VERTICES: Final = 1_000
"""Outlines of more are compared edge by edge: for each overlay PostGIS reads all of them anew."""

MAX_EDGE_PAIRS: Final = 20_000_000
"""Pairs of edges that run above each other; they are added up in two or three seconds."""

MAX_MEETING_EDGES: Final = 50_000
"""Pairs of edges whose boxes meet; a cut on the grid makes a node of each and takes seconds."""

EDGES_PER_VERTEX: Final = 5
"""Pairs that a long border adds which its neighbours follow: each edge meets a few of theirs."""

MAX_MEETING_BOXES: Final = 2_000_000
"""Boxes of edges and of whole polygons that meet; they are looked at in two or three seconds."""

_LINES_AT_ONCE: Final = 1_000
_PAIRS_AT_ONCE: Final = 500_000
_BOXES_AT_ONCE: Final = 100
_POLYGON: Final = 3  # GEOS' number

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class _Edges(NamedTuple):
    """Edges that are not upright, each from its low to its high abscissa."""

    low: Floats
    high: Floats
    at_low: Floats
    at_high: Floats
    sign: Floats
    """1 with the polygon below the edge, -1 with it above."""


def shared_area_deg2(
    one: BaseGeometry, other: BaseGeometry, *, max_edge_pairs: int = MAX_EDGE_PAIRS
) -> float:
    """Area that two polygons have in common, in square degrees: for ratios of areas only.

    Parameters
    ----------
    one, other
        Valid Polygons or MultiPolygons in degrees; empty ones share nothing.
    max_edge_pairs
        Bound of the work, which is counted before it begins.

    Raises
    ------
    GeometryError
        ``too_many_edges``, with the number of vertices and the bound.

    Examples
    --------
    >>> shared_area_deg2(shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3))
    1.0
    >>> shared_area_deg2(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1))
    0.0
    """
    if one.is_empty or other.is_empty:
        return 0.0
    base = np.minimum(one.bounds[:2], other.bounds[:2])
    # Long teeth have few edges above each other when they are looked at from their ends.
    sides = [(_edges(one, base, axis), _edges(other, base, axis)) for axis in (0, 1)]
    counts = [_pair_count(*side) for side in sides]
    if min(counts) > max_edge_pairs:
        raise _too_many(one, min(counts), max_edge_pairs)
    left, right = sides[int(np.argmin(counts))]
    total = sum(_under_lower(left, right, i, j) for i, j in _pairs(left, right))
    return max(0.0, float(total))


def refuse_costly_cut(
    one: BaseGeometry,
    others: Sequence[BaseGeometry],
    *,
    max_meeting_edges: int = MAX_MEETING_EDGES,
) -> None:
    """Refuse a cut of which GEOS would make so many nodes that it takes more than seconds.

    Parameters
    ----------
    one
        Polygon or MultiPolygon.
    others
        Polygons or lines that it is cut by.
    max_meeting_edges
        Pairs of an edge of `one` and an edge of the others whose boxes may meet.

    Raises
    ------
    GeometryError
        ``too_many_edges``, with the number of vertices and the bound.

    Examples
    --------
    >>> refuse_costly_cut(shapely.box(0, 0, 2, 2), [shapely.box(1, 1, 3, 3)])
    """
    cutters = np.asarray(others, dtype=object)
    vertices = int(shapely.get_num_coordinates(cutters).sum())
    if int(shapely.get_num_coordinates(one)) * vertices <= max_meeting_edges:
        return
    count = meeting_edges(one, cutters, max_meeting_edges)
    if count > max_meeting_edges:
        raise _too_many(one, count, max_meeting_edges)


def refuse_costly_border(one: BaseGeometry, others: Sequence[BaseGeometry]) -> None:
    """As `refuse_costly_cut`, for borders of many vertices that others follow edge by edge.

    Raises
    ------
    GeometryError
        ``too_many_edges``.

    Examples
    --------
    >>> refuse_costly_border(shapely.box(0, 0, 2, 2), [shapely.box(2, 0, 3, 2)])
    """
    more = EDGES_PER_VERTEX * int(shapely.get_num_coordinates(one))
    refuse_costly_cut(one, others, max_meeting_edges=MAX_MEETING_EDGES + more)


def meeting_edges(one: BaseGeometry, others: NDArray[np.object_], limit: int) -> int:
    """Pairs of an edge of a shape and an edge of others whose boxes meet, counted up to a limit.

    Returns
    -------
    int
        Beyond the limit any number above it.

    Examples
    --------
    >>> squares = np.array([shapely.box(1, 1, 3, 3)])
    >>> meeting_edges(shapely.box(0, 0, 2, 2), squares, 10)
    2
    """
    tree, boxes = shapely.STRtree(_boxes(np.array([one], dtype=object))), _boxes(others)
    count = 0
    for start in range(0, len(boxes), _BOXES_AT_ONCE):
        count += len(tree.query(boxes[start : start + _BOXES_AT_ONCE])[0])
        if count > limit:
            break
    return count


def meeting_positions(
    one: BaseGeometry,
    others: NDArray[np.object_],
    *,
    max_meeting_boxes: int = MAX_MEETING_BOXES,
) -> NDArray[np.intp]:
    """Positions of the polygons that share a point with an outline of many vertices, sorted.

    GEOS and PostGIS take minutes for a comb of long teeth; here each edge is looked up by its box.

    Parameters
    ----------
    one, others
        Valid Polygons or MultiPolygons.
    max_meeting_boxes
        Boxes of edges and of polygons that may meet.

    Raises
    ------
    GeometryError
        ``too_many_edges``.

    Examples
    --------
    >>> far, near = shapely.box(5, 5, 6, 6), shapely.box(1, 1, 3, 3)
    >>> meeting_positions(shapely.box(0, 0, 2, 2), np.array([far, near])).tolist()
    [1]
    """
    if not len(others):
        return np.empty(0, dtype=np.intp)
    lines = _lines(np.array([one], dtype=object))
    tree, count = shapely.STRtree(others), 0
    meets = np.zeros(len(others), dtype=np.bool_)
    shapely.prepare(others)
    for start in range(0, len(lines), _LINES_AT_ONCE):
        line, other = tree.query(lines[start : start + _LINES_AT_ONCE])
        count += len(line)
        if count > max_meeting_boxes:
            raise _too_many(one, count, max_meeting_boxes)
        left = ~meets[other]
        line, other = line[left], other[left]
        meets[other[shapely.intersects(others[other], lines[start + line])]] = True
    # What no edge touches lies wholly inside or wholly outside.
    rest = np.flatnonzero(~meets)
    at = shapely.get_coordinates(shapely.point_on_surface(others[rest]))
    meets[rest] = shapely.contains_xy(one, at[:, 0], at[:, 1])
    return np.flatnonzero(meets)


def _too_many(geometry: BaseGeometry, pairs: int, limit: int) -> GeometryError:
    vertices = int(shapely.get_num_coordinates(geometry))
    return GeometryError(
        Message(
            f"图形有 {vertices} 个顶点，与界线、图层或其他图斑的边线相遇 {pairs} 对以上，"
            f"上限 {limit}；请分成几块，或简化边线。",
            f"The shape has {vertices} vertices, and {pairs} pairs of its edges and those of "
            f"borders, layers or other plots meet, more than {limit}: split it, or thin its line.",
        ),
        code="too_many_edges",
    )


def _rings(geometry: BaseGeometry) -> tuple[Floats, Indices, NDArray[np.bool_]]:
    """Positions, the ring of each, and for each ring whether its ground lies on its left."""
    polygons = shapely.get_parts(geometry)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    shell = np.diff(polygon, prepend=-1) != 0
    at, ring = shapely.get_coordinates(rings, return_index=True)
    return at, ring, shapely.is_ccw(rings) == shell


def _edges(geometry: BaseGeometry, base: Floats, axis: int) -> _Edges:
    """Edges seen along an axis: 0 with abscissas east, 1 with abscissas north."""
    at, ring, on_left = _rings(geometry)
    at -= base
    along, off = at[:, axis], at[:, 1 - axis]
    begins = np.flatnonzero((ring[1:] == ring[:-1]) & (along[1:] != along[:-1]))
    ends = begins + 1
    forth = along[ends] > along[begins]
    # Ground on the left of an edge that runs east lies above it; axes swapped, below it.
    sign = np.where((forth == on_left[ring[begins]]) == (axis == 0), -1.0, 1.0)
    low, high = np.where(forth, begins, ends), np.where(forth, ends, begins)
    return _Edges(along[low], along[high], off[low], off[high], sign)


def _pair_count(left: _Edges, right: _Edges) -> int:
    before = np.searchsorted(np.sort(right.high), left.low, side="right").sum()
    after = np.searchsorted(np.sort(left.high), right.low, side="right").sum()
    return int(len(left.low) * len(right.low) - before - after)


def _pairs(left: _Edges, right: _Edges) -> Iterator[tuple[Indices, Indices]]:
    """Pairs of edges that run above each other, each once, some at a time."""
    for i, j in _begin_within(left, right, "left"):
        yield i, j
    for j, i in _begin_within(right, left, "right"):
        yield i, j


def _begin_within(outer: _Edges, inner: _Edges, side: str) -> Iterator[tuple[Indices, Indices]]:
    """Each outer edge with the inner ones that begin in it; those that begin with it at "left"."""
    order = np.argsort(inner.low, kind="stable")
    lows = inner.low[order]
    first = np.searchsorted(lows, outer.low, side="left" if side == "left" else "right")
    last = np.searchsorted(lows, outer.high, side="left")
    number = np.maximum(last - first, 0)
    ends = np.cumsum(number)
    start = 0
    while start < len(number):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _PAIRS_AT_ONCE, side="right")))
        some = number[start:stop]
        step = np.arange(some.sum()) - np.repeat(np.cumsum(some) - some, some)
        yield (
            np.repeat(np.arange(start, stop), some),
            order[np.repeat(first[start:stop], some) + step],
        )
        start = stop


def _under_lower(left: _Edges, right: _Edges, i: Indices, j: Indices) -> float:
    """Signed areas under the lower of two edges, added up."""
    west = np.maximum(left.low[i], right.low[j])
    east = np.minimum(left.high[i], right.high[j])
    a_west, a_east = _height(left, i, west), _height(left, i, east)
    b_west, b_east = _height(right, j, west), _height(right, j, east)
    at_west, at_east = a_west - b_west, a_east - b_east
    apart = np.abs(at_west) + np.abs(at_east)
    # The mean of |a - b|, which is a line on either side of the place where the two cross.
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = (at_west**2 + at_east**2) / (2.0 * apart)
    gap = np.where(at_west * at_east < 0.0, crossed, apart / 2.0)
    mean = ((a_west + a_east + b_west + b_east) / 2.0 - gap) / 2.0
    return float((left.sign[i] * right.sign[j] * (east - west) * mean).sum())


def _height(edges: _Edges, which: Indices, along: Floats) -> Floats:
    low, high = edges.low[which], edges.high[which]
    at_low = edges.at_low[which]
    share = (along - low) / (high - low)
    return np.asarray(at_low + share * (edges.at_high[which] - at_low))


def _ends(geometries: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Both ends of each edge of polygons or lines."""
    parts = shapely.get_parts(geometries)
    polygonal = shapely.get_type_id(parts) == _POLYGON
    lines = np.concatenate([shapely.get_rings(parts[polygonal]), parts[~polygonal]])
    at, line = shapely.get_coordinates(lines, return_index=True)
    within = np.flatnonzero(line[1:] == line[:-1])
    return at[within], at[within + 1]


def _boxes(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    begins, ends = _ends(geometries)
    low, high = np.minimum(begins, ends), np.maximum(begins, ends)
    return np.asarray(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]), dtype=object)


def _lines(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack(_ends(geometries), axis=1)), dtype=object)
