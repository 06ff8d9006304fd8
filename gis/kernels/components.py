"""Connected components of overlapping plots, and plots of which three overlap each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.kernels.compiled import compiled


@compiled
def component_of(
    number: int, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each plot the lowest plot that it is linked to, over any number of pairs."""
    root = np.arange(number)
    for pair in range(len(left)):
        a, b = _root(root, left[pair]), _root(root, right[pair])
        root[max(a, b)] = min(a, b)
    for plot in range(number):
        root[plot] = _root(root, plot)
    return root


@compiled
def _root(root: NDArray[np.int64], plot: int) -> int:
    while root[plot] != plot:
        root[plot] = root[root[plot]]
        plot = root[plot]
    return plot


@compiled
def in_triangles(begins: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which plots are one of three that meet each other.

    Plot ``a`` meets the higher ones ``right[begins[a]:begins[a + 1]]``. Where there are no three,
    what is counted twice is the sum over the pairs.
    """
    number = len(begins) - 1
    in_triangle = np.zeros(number, dtype=np.bool_)
    marked = np.full(number, -1)
    for a in range(number):
        for p in range(begins[a], begins[a + 1]):
            marked[right[p]] = a
        for p in range(begins[a], begins[a + 1]):
            b = right[p]
            for q in range(begins[b], begins[b + 1]):
                if marked[right[q]] == a:
                    in_triangle[a] = True
                    in_triangle[b] = True
                    in_triangle[right[q]] = True
    return in_triangle
