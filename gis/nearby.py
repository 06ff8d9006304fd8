"""Shapes that lie near each other, some at a time: what is around them is fetched for all at once.

Rows of a file come in any order. Taken square by square, a thousand of them have few districts,
layers and plots around them, and these are read once and not once for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["WIDE_DEG", "Near", "is_wide", "nearby", "square_order"]

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

WIDE_DEG: Final = 0.25
"""A shape whose box is longer has so much around it that it is looked at by itself."""

_SQUARE_DEG: Final = 0.1
_BITS: Final = 12  # of the number of a square along the equator: 3 600 squares
_SMALL_SQUARE_DEG: Final = 0.0005
_SMALL_BITS: Final = 20


class Near(NamedTuple):
    """Some shapes, and boxes in which they lie."""

    rows: Indices
    """Positions of the shapes."""
    boxes: Floats
    """``(n, 4)`` west, south, east, north in degrees, one for each square; they may overlap."""
    box: Indices
    """Of each shape the number of its box."""


def is_wide(shapes: Shapes) -> NDArray[np.bool_]:
    """Whether the box of each shape (degrees) has a side of more than `WIDE_DEG`.

    Examples
    --------
    >>> is_wide(np.array([shapely.box(126, 43, 126.1, 43.1), shapely.box(126, 43, 127, 43.1)]))
    array([False,  True])
    """
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    return np.asarray(np.maximum(east - west, north - south) > WIDE_DEG)


def nearby(shapes: Shapes, at_once: int) -> Iterator[Near]:
    """All shapes, at most so many at once, those of a square of 0.1° and of squares beside it.

    Parameters
    ----------
    shapes
        In degrees, none of them None, empty or wide.
    at_once
        From 1.

    Examples
    --------
    >>> plots = shapely.points([[126.01, 43.01], [80.0, 30.0], [126.02, 43.02]])
    >>> [(near.rows.tolist(), len(near.boxes)) for near in nearby(plots, 3)]
    [([1, 0, 2], 2)]
    """
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    square = _square(bounds)
    order = np.argsort(square, kind="stable")
    for start in range(0, len(order), at_once):
        rows = order[start : start + at_once]
        first = np.flatnonzero(np.diff(square[rows], prepend=-1))
        of_rows = bounds[rows]
        low = np.minimum.reduceat(of_rows[:, :2], first)
        high = np.maximum.reduceat(of_rows[:, 2:], first)
        sizes = np.diff(first, append=len(rows))
        yield Near(rows, np.hstack([low, high]), np.repeat(np.arange(len(first)), sizes))


def square_order(bounds: Floats) -> Indices:
    """Positions of the boxes ``(n, 4)`` of shapes, those near each other together, by fifty metres.

    Boxes of NaN, of shapes that are None or empty, are left out.

    Examples
    --------
    >>> square_order(np.array([[126, 43, 126, 43], [np.nan] * 4, [80, 30, 80, 30]])).tolist()
    [2, 0]
    """
    there = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    numbers = _square(bounds[there], _SMALL_SQUARE_DEG, _SMALL_BITS)
    return there[np.argsort(numbers, kind="stable")]


def _square(bounds: Floats, side: float = _SQUARE_DEG, bits: int = _BITS) -> Indices:
    """The square in which the middle of each box lies; those that are near have near numbers."""
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2 + (180.0, 90.0)
    column, row = np.floor(middle / side).astype(np.intp).T
    number = np.zeros(len(bounds), dtype=np.intp)
    for bit in range(bits):
        number |= (column >> bit & 1) << (2 * bit) | (row >> bit & 1) << (2 * bit + 1)
    return number
