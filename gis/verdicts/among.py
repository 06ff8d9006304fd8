"""Plots of one file against each other: who shares ground, and how much counts twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.measure import areas_m2
from gis.overlaps import overlaps
from gis.verdicts.ground import common_ground
from gis.verdicts.limits import LIMITS, Limits
from gis.verdicts.problems import Problem

__all__ = ["SharedGround", "counted_twice_m2", "overlaps_among"]

Shapes: TypeAlias = NDArray[np.object_]


class SharedGround(NamedTuple):
    """Two rows that share ground, and what is said of it."""

    one: int
    two: int
    problem: Problem
    """As it concerns `one`: it names `two`."""
    mirrored: Problem
    """The same as it concerns `two`."""


def overlaps_among(
    geometries: Shapes, *, names: Sequence[str] = (), limits: Limits = LIMITS
) -> list[SharedGround]:
    """Every pair of plots that shares ground, the largest first.

    Parameters
    ----------
    geometries
        Valid polygons in degrees; None and empty ones share nothing.
    names
        What to call them in the messages; rows counted from 1 when not given.
    limits
        ``overlap_m2``, ``overlap_width_m``, ``same_share``.

    Returns
    -------
    list[SharedGround]
        ``one < two`` are rows from 0; the problem names `two`. Neighbours that only touch are
        not among them.

    Examples
    --------
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.009, 43.8, 126.02, 43.81)]
    >>> [(found.one, found.two, found.problem.code) for found in overlaps_among(np.array(plots))]
    [(0, 1, 'overlap')]
    """
    called = names or [str(row + 1) for row in range(len(geometries))]
    found = []
    for one, two in _pairs(geometries):
        shared = common_ground(geometries[one], geometries[two], limits)
        if shared is not None:
            found.append(SharedGround(one, two, shared.told(called[two]), shared.told(called[one])))
    return sorted(found, key=lambda pair: -(pair.problem.area_m2 or 0.0))


def counted_twice_m2(geometries: Shapes) -> float:
    """Sum of the areas less the area of their union: ground that a plain sum counts again.

    Parameters
    ----------
    geometries
        Valid polygons in degrees; None and empty ones count nothing.

    Returns
    -------
    float
        m², 0 when nothing overlaps, never negative.

    Notes
    -----
    Sum and union are compared in the plane, where they agree to 1e-12, group by group of plots
    that overlap, and only then brought to m²: the ellipsoidal figures of 66 ha differ by 1e-6
    for the vertices that a union adds, which is as much as the slivers to be found.

    Examples
    --------
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.009, 43.8, 126.02, 43.81)]
    >>> round(counted_twice_m2(np.array(plots)))
    89407
    """
    return float(sum(_loss_m2(geometries[group]) for group in _groups(geometries)))


def _pairs(geometries: Shapes) -> list[tuple[int, int]]:
    found = overlaps(geometries)
    return list(zip(found["left"].tolist(), found["right"].tolist(), strict=True))


def _loss_m2(group: Shapes) -> float:
    planar = float(shapely.area(group).sum())
    lost = planar - float(shapely.area(shapely.union_all(group)))
    return max(lost, 0.0) / planar * float(areas_m2(group, checked=True).sum())


def _groups(geometries: Shapes) -> Iterator[list[int]]:
    """Rows that hang together by overlaps, as a union-find over the pairs."""
    leader: dict[int, int] = {}

    def head(row: int) -> int:
        while leader.setdefault(row, row) != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    for one, two in _pairs(geometries):
        leader[head(two)] = head(one)
    together: dict[int, list[int]] = {}
    for row in sorted(leader):
        together.setdefault(head(row), []).append(row)
    yield from together.values()
