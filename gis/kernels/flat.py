"""Polygons as flat arrays that a kernel can walk through."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.rings import rings_of


class Flat(NamedTuple):
    """Polygon ``p`` has the rings from ``first[p]`` up to ``first[p] + number[p]``."""

    xy: NDArray[np.float64]
    starts: NDArray[np.int64]
    first: NDArray[np.int64]
    number: NDArray[np.int64]
    boxes: NDArray[np.float64]
    """West, south, east, north; NaN for an empty polygon."""
    vertices: NDArray[np.int64]
    owner: NDArray[np.int64]
    """Polygon of each ring."""
    hole: NDArray[np.bool_]


def flattened(polygons: NDArray[np.object_]) -> Flat:
    """Take polygons apart for the kernels; None and empty ones have no rings."""
    rings = rings_of(polygons)
    number = len(polygons)
    count = np.bincount(rings.owner, minlength=number)
    first = np.zeros(number, dtype=np.int64)
    begins = np.flatnonzero(np.diff(rings.owner, prepend=-1))  # rings of one polygon are adjacent
    first[rings.owner[begins]] = begins
    vertices = np.bincount(rings.owner, np.diff(rings.starts), minlength=number)
    boxes = np.asarray(shapely.bounds(polygons), dtype=np.float64).reshape(-1, 4)
    whole = vertices.astype(np.int64)
    count = count.astype(np.int64)
    return Flat(rings.positions, rings.starts, first, count, boxes, whole, rings.owner, rings.hole)
