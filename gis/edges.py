"""Upper bounds of the work that a shape needs, checked before the work begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.messages import Message

__all__ = ["MAX_CROSSINGS", "MAX_EDGE_PAIRS", "SURELY_FEW", "crosses_often", "refuse_tangled"]

MAX_EDGE_PAIRS: Final = 5_000_000
"""Pairs of edges whose boxes meet; GEOS looks at each of them, a second for so many."""

MAX_CROSSINGS: Final = 10_000
"""Most crossings that a repair accepts; each becomes a node, and a million take gigabytes."""

SURELY_FEW: Final = 3_000
"""Vertices; so few edges cannot have more pairs than the bound."""

_PAIRS_AT_ONCE: Final = 500_000

Indices = NDArray[np.intp]
Edges = NDArray[np.float64]


def refuse_tangled(geometry: BaseGeometry, *, max_edge_pairs: int = MAX_EDGE_PAIRS) -> None:
    """Refuse a shape whose edges meet each other so often that to check it takes minutes.

    Parameters
    ----------
    geometry
        Any, valid or not, finite coordinates.
    max_edge_pairs
        Pairs of edges whose boxes may meet.

    Raises
    ------
    GeometryError
        ``too_tangled``. A shape of a hundred thousand vertices whose edges only meet their
        neighbours is far from it.

    Examples
    --------
    >>> refuse_tangled(shapely.box(126, 43, 127, 44).segmentize(0.001))
    """
    if shapely.get_num_coordinates(geometry) <= SURELY_FEW:
        return
    count = 0
    for left, _right in _pairs(_edges(geometry)):
        count += len(left)
        if count > max_edge_pairs:
            raise GeometryError(
                Message(
                    f"边线互相穿插过密（超过 {max_edge_pairs} 对边相遇），无法检查；"
                    "请检查顶点顺序，或分成几块重新绘制。",
                    f"The edges lie across each other too densely (over {max_edge_pairs} pairs "
                    "meet) to be checked; look at the order of the vertices, or draw it in "
                    "several parts.",
                ),
                code="too_tangled",
            )


def crosses_often(geometry: BaseGeometry, *, max_crossings: int = MAX_CROSSINGS) -> bool:
    """Whether edges cross at more places than a repair accepts.

    Counting ends at the bound. Edges that lie on one line are not counted.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> crosses_often(bow_tie), crosses_often(bow_tie, max_crossings=0)
    (False, True)
    """
    edges = _edges(geometry)
    count = 0
    for left, right in _pairs(edges):
        count += int(_cross(edges[left], edges[right]).sum())
        if count > max_crossings:
            return True
    return False


def _edges(geometry: BaseGeometry) -> Edges:
    """Edges of all rings, ``(n, 2, 2)``: both ends of each."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    at, ring = shapely.get_coordinates(rings, return_index=True)
    within = np.flatnonzero(ring[1:] == ring[:-1])
    return np.stack([at[within], at[within + 1]], axis=1)


def _pairs(edges: Edges) -> Iterator[tuple[Indices, Indices]]:
    """Pairs of edges whose boxes meet, each once, some at a time; never all in memory."""
    if not len(edges):
        return
    low, high = edges.min(axis=1), edges.max(axis=1)
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    tree = shapely.STRtree(boxes)
    start, at_once = 0, max(1, _PAIRS_AT_ONCE // len(edges))
    while start < len(edges):
        left, right = tree.query(boxes[start : start + at_once])
        left += start
        start += at_once
        if len(left) < _PAIRS_AT_ONCE // 4:
            at_once *= 2
        elif len(left) > _PAIRS_AT_ONCE:
            at_once = max(1, at_once // 2)
        once = left < right
        yield left[once], right[once]


def _cross(first: Edges, second: Edges) -> NDArray[np.bool_]:
    """Whether the inner points of two edges cross."""
    return np.asarray(
        (_side(first, second[:, 0]) * _side(first, second[:, 1]) < 0)
        & (_side(second, first[:, 0]) * _side(second, first[:, 1]) < 0)
    )


def _side(edge: Edges, at: NDArray[np.float64]) -> NDArray[np.float64]:
    along, off = edge[:, 1] - edge[:, 0], at - edge[:, 0]
    return np.asarray(np.sign(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0]))
