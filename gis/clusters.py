"""Clusters: plots of which three lie on each other, with all such that touch them."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Shapes = NDArray[np.object_]


def clusters_of(cell: Indices, shape: Shapes, left: Indices, right: Indices) -> tuple[Indices, int]:
    """Cluster of each piece, -1 for none, and how many clusters there are.

    ``cell`` and ``shape`` are of each piece, ``left`` and ``right`` pairs of pieces that share
    ground in one cell.
    """
    cluster = np.full(len(cell), -1)
    members = _in_threes(left, right)
    near, far = shapely.STRtree(shape[members]).query(shape[members], predicate="intersects")
    here = (near < far) & (cell[members[near]] == cell[members[far]])
    clusters, number = np.unique(_roots(len(members), near[here], far[here]), return_inverse=True)
    cluster[members] = number
    return cluster, len(clusters)


def _in_threes(left: Indices, right: Indices) -> Indices:
    """Pieces of which two others share ground with them and with each other, sorted."""
    after: dict[int, set[int]] = defaultdict(set)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        after[a].add(b)
    members: set[int] = set()
    for a, those in after.items():
        for b in those:
            if b in after and not those.isdisjoint(after[b]):
                members.update((a, b), those & after[b])
    return np.array(sorted(members), dtype=np.int64)


def _roots(number: int, left: Indices, right: Indices) -> Indices:
    """For each piece the lowest piece that it is connected with."""
    root = list(range(number))

    def top(piece: int) -> int:
        while root[piece] != piece:
            root[piece] = root[root[piece]]
            piece = root[piece]
        return piece

    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        first, second = top(a), top(b)
        root[max(first, second)] = min(first, second)
    return np.array([top(piece) for piece in range(number)], dtype=np.int64)
