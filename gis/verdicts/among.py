"""Plots of one file against each other: who shares ground, and how much counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.measure import areas_m2
from gis.overlaps import overlaps
from gis.polygons import polygon_parts
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
    Each plot is cut by those before it that it overlaps, and the pieces are measured. The union
    is never measured: with all the vertices that it adds to 66 ha of stands its figure is off by
    1e-6, which is as much as the slivers to be found.

    Examples
    --------
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.009, 43.8, 126.02, 43.81)]
    >>> round(counted_twice_m2(np.array(plots)))
    89407
    """
    earlier: dict[int, list[int]] = {}
    for one, two in _pairs(geometries):
        earlier.setdefault(two, []).append(one)
    again = [
        polygon_parts(shapely.intersection(geometries[row], shapely.union_all(geometries[before])))
        for row, before in earlier.items()
    ]
    return float(areas_m2(np.array(again, dtype=object), checked=True).sum())


def _pairs(geometries: Shapes) -> list[tuple[int, int]]:
    found = overlaps(geometries)
    return list(zip(found["left"].tolist(), found["right"].tolist(), strict=True))
