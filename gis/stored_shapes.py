"""Shapes that need not all be in memory: what is wanted of them without being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.nearby import square_order

__all__ = ["BoxTree", "HeldShapes", "Rows", "StoredShapes", "stored"]

_GROUP: Final = 16
_NOBODY: Final = -1

Rows = slice | Sequence[int] | NDArray[np.integer]


class StoredShapes(Protocol):
    """Shapes by row; those that are asked for are drawn."""

    @property
    def bounds(self) -> NDArray[np.float64]:
        """``(n, 4)`` west, south, east, north; NaN for None and empty ones."""

    @property
    def vertices(self) -> NDArray[np.integer]:
        """Of each shape, 0 for None."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Rows, /) -> NDArray[np.object_]:
        """The shapes of some rows, None where there is none."""


class HeldShapes:
    """An array of shapes, None where there is none, as `StoredShapes`.

    Examples
    --------
    >>> held = HeldShapes(np.array([shapely.box(0, 0, 1, 1), None]))
    >>> len(held), held.vertices.tolist(), held[[0]][0].bounds
    (2, [5, 0], (0.0, 0.0, 1.0, 1.0))
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self._shapes = shapes
        self.bounds: NDArray[np.float64] = shapely.bounds(shapes).reshape(-1, 4)
        self.vertices: NDArray[np.integer] = shapely.get_num_coordinates(shapes)

    def __len__(self) -> int:
        return len(self._shapes)

    def __getitem__(self, rows: Rows) -> NDArray[np.object_]:
        return self._shapes[rows]


def stored(shapes: NDArray[np.object_] | StoredShapes) -> StoredShapes:
    """An array of shapes as `StoredShapes`; those as they are."""
    return HeldShapes(shapes) if isinstance(shapes, np.ndarray) else shapes


class BoxTree:
    """Which boxes meet which: a tree of the boxes of some shapes that lie together.

    A tree of all of them takes four hundred bytes a shape.

    Examples
    --------
    >>> woods = np.array([shapely.box(0, 0, 1, 1), None, shapely.box(1, 1, 2, 2)])
    >>> [found.tolist() for found in BoxTree(HeldShapes(woods).bounds).met(np.array([2, 1]))]
    [[0, 0], [0, 2]]
    """

    def __init__(self, bounds: NDArray[np.float64]) -> None:
        self._bounds = bounds
        order = square_order(bounds)
        groups = -(-len(order) // _GROUP)
        # The last group is filled up.
        members = np.full(groups * _GROUP, _NOBODY, dtype=np.intp)
        members[: len(order)] = order
        self._members = members.reshape(groups, _GROUP)
        sides = bounds[order]
        first = np.arange(0, len(order), _GROUP)
        low = np.minimum.reduceat(sides[:, :2], first) if groups else sides[:, :2]
        high = np.maximum.reduceat(sides[:, 2:], first) if groups else sides[:, 2:]
        self._tree = shapely.STRtree(_diagonals(np.hstack([low, high])))

    def met(self, rows: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs whose boxes meet, also of a shape and itself: positions in ``rows``, and rows."""
        sides = self._bounds[rows]
        there = np.flatnonzero(np.isfinite(sides).all(axis=1))
        at, group = self._tree.query(_diagonals(sides[there]))
        at = np.repeat(there[at], _GROUP)
        others = self._members[group].ravel()
        somebody = others != _NOBODY
        at, others = at[somebody], others[somebody]
        own, other = sides[at], self._bounds[others]
        meet = ((own[:, :2] <= other[:, 2:]) & (other[:, :2] <= own[:, 2:])).all(axis=1)
        at, others = at[meet], others[meet]
        order = np.lexsort((others, at))
        return at[order], others[order]


def _diagonals(bounds: NDArray[np.float64]) -> NDArray[np.object_]:
    """Lines with the boxes."""
    return np.asarray(shapely.linestrings(bounds.reshape(-1, 2, 2)), dtype=object)
