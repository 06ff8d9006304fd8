"""Polygons of loose rings: what holds a ring tells whether it is an outline or a hole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["closed_rings", "polygon_of_rings"]

_MOST_RINGS = 2_000
"""Each is compared with all others that it may lie in."""


def closed_rings(rows: Sequence[int]) -> Message:
    """What is told of rows (from 1) with a ring that was closed by its first position.

    Examples
    --------
    >>> closed_rings([2]).zh
    '第 2 行的环首尾不相接，已用首点闭合'
    """
    where = row_list(list(rows))
    return Message(
        f"{where.zh}的环首尾不相接，已用首点闭合",
        f"{where.en}: a ring did not end where it begins, and was closed by its first position",
    )


def polygon_of_rings(rings: Sequence[NDArray[Any]]) -> Polygon | MultiPolygon:
    """One shape of closed rings of four positions and more, in any order and direction.

    A ring in one other is a hole of it, a ring in that hole is a part again. Rings that cross
    themselves or each other become parts, which the verdicts on the shape then refuse.

    Raises
    ------
    ValueError
        There are more rings than can be compared with each other.

    Examples
    --------
    >>> square = np.array([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]])
    >>> polygon_of_rings([square / 4 + 1, square]).wkt
    'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))'
    """
    if len(rings) > _MOST_RINGS:
        raise ValueError(f"more than {_MOST_RINGS} rings")
    single = [Polygon(ring) for ring in rings]
    if len(single) == 1:
        return single[0]
    if not shapely.is_valid(np.array(single, dtype=object)).all():
        return MultiPolygon(single)
    holding = _holders(single)
    holes_of: dict[int, list[int]] = {}
    for ring, holders in enumerate(holding):
        if len(holders) % 2:
            parent = min(holders, key=lambda holder: single[holder].area)
            holes_of.setdefault(parent, []).append(ring)
    parts = [
        Polygon(rings[ring], [rings[hole] for hole in holes_of.get(ring, [])])
        for ring, holders in enumerate(holding)
        if len(holders) % 2 == 0
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _holders(single: list[Polygon]) -> list[list[int]]:
    """The rings that each ring lies in."""
    inner, outer = shapely.STRtree(single).query(single, predicate="covered_by")
    holding: list[list[int]] = [[] for _ in single]
    for ring, holder in zip(inner.tolist(), outer.tolist(), strict=True):
        # Of two equal rings neither holds the other: they overlap, which is refused as such.
        if ring != holder and single[ring].area < single[holder].area:
            holding[ring].append(holder)
    return holding
