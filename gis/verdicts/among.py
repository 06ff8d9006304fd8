"""Plots of one file against each other: which overlap, and how much area counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gis.measure import areas_m2
from gis.messages import Message
from gis.overlaps import meeting, meeting_stored
from gis.pair_work import refuse_costly_pairs
from gis.stored_shapes import HeldShapes, StoredShapes, stored
from gis.unions import in_union
from gis.verdicts.ground import common_grounds
from gis.verdicts.limits import LIMITS, Limits
from gis.verdicts.problems import Problem

__all__ = ["SharedGround", "counted_twice_m2", "overlaps_among"]

Shapes: TypeAlias = NDArray[np.object_]

_AT_ONCE = 1_000  # pairs that are drawn together


class SharedGround(NamedTuple):
    """Two rows that share ground, with the problem of each."""

    left: int
    right: int
    problem: Problem
    """As it concerns `left`: it names `right`."""
    mirrored: Problem
    """The same as it concerns `right`."""


def overlaps_among(
    geometries: Shapes | StoredShapes,
    *,
    names: Sequence[str | Message] = (),
    limits: Limits = LIMITS,
) -> list[SharedGround]:
    """Every pair of plots that shares ground, the largest first.

    Parameters
    ----------
    geometries
        Valid polygons in degrees; None and empty ones share nothing. Few of those that are stored
        are drawn at once.
    names
        What to call them in the messages: a 图斑号, or words; rows counted from 1 when not given.
    limits
        ``overlap_m2``, ``overlap_width_m``, ``same_share``.

    Returns
    -------
    list[SharedGround]
        ``left < right`` are rows from 0; the problem names `right`. Neighbours that only touch are
        not among them.

    Raises
    ------
    GeometryError
        ``too_many_pairs``: see `gis.pair_work.refuse_costly_pairs`.

    Examples
    --------
    >>> import shapely
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.009, 43.8, 126.02, 43.81)]
    >>> [(pair.left, pair.right, pair.problem.code) for pair in overlaps_among(np.array(plots))]
    [(0, 1, 'overlap')]
    """
    shapes = stored(geometries)
    called: Sequence[str | Message] = names or [str(row + 1) for row in range(len(shapes))]
    shared_pairs = []
    lefts, rights = _meeting(shapes, names)
    for start in range(0, len(lefts), _AT_ONCE):
        left, right = lefts[start : start + _AT_ONCE], rights[start : start + _AT_ONCE]
        grounds = common_grounds(shapes[left], shapes[right], limits)
        for one, other, ground in zip(left.tolist(), right.tolist(), grounds, strict=True):
            if ground is not None:
                shared_pairs.append(
                    SharedGround(
                        one, other, ground.as_problem(called[other]), ground.as_problem(called[one])
                    )
                )
    return sorted(shared_pairs, key=lambda pair: -(pair.problem.area_m2 or 0.0))


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

    Raises
    ------
    GeometryError
        ``too_many_pairs``.

    Notes
    -----
    Each plot is cut by those before it that it overlaps, and the pieces are measured. The union
    is never measured: with the vertices that it adds, its area is off by 1e-6 for 66 ha of stands,
    which is as much as the slivers to be found.

    Examples
    --------
    >>> import shapely
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.009, 43.8, 126.02, 43.81)]
    >>> round(counted_twice_m2(np.array(plots)))
    89407
    """
    earlier: dict[int, list[int]] = {}
    for left, right in zip(
        *(side.tolist() for side in _meeting(HeldShapes(geometries))), strict=True
    ):
        earlier.setdefault(right, []).append(left)
    again = [in_union(geometries[row], geometries[before]) for row, before in earlier.items()]
    return float(areas_m2(np.array(again, dtype=object), checked=True).sum())


def _meeting(
    shapes: StoredShapes, names: Sequence[str | Message] = ()
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of pairs that have ground in common, the lower first, in their order."""
    numbers = [name for name in names if isinstance(name, str)] if names else []
    refuse_costly_pairs(shapes, names=numbers if len(numbers) == len(shapes) else ())
    if isinstance(shapes, HeldShapes):
        # Not compiled: the kernels want the vertices of all plots in arrays at once.
        left, right = meeting(shapes[:], kernels=False)
    else:
        left, right = meeting_stored(shapes)
    order = np.lexsort((right, left))
    return left[order], right[order]
