"""On which side of a line a point lies, or `UNSURE` where rounding could change the answer."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gis.kernels.compiled import compiled

# Longitude and latitude of its start and its end. Plain numbers instead of an index into an array:
# numba does not inline functions that take arrays, and calls took half of the time.
Edge: TypeAlias = tuple[float, float, float, float]

UNSURE: Final = 2

# J. R. Shewchuk, "Adaptive precision floating-point arithmetic and fast robust geometric
# predicates", Discrete & Computational Geometry 18 (1997): the bound ccwerrboundA.
_EPSILON: Final = 2.0**-53
_BOUND: Final = (3.0 + 16.0 * _EPSILON) * _EPSILON
# Half a unit in the last place of 180°: how far a computed midpoint may be off.
_ROUNDED_DEG: Final = 2.0**-46


@compiled
def side(edge: Edge, x: float, y: float) -> int:
    """Where a point lies of an edge.

    1 on its left, -1 on its right, 0 exactly on a line through an end, `UNSURE` when the
    determinant is within its rounding error.
    """
    left = (edge[0] - x) * (edge[3] - y)
    right = (edge[1] - y) * (edge[2] - x)
    turn, error = left - right, _BOUND * (abs(left) + abs(right))
    if turn > error:
        return 1
    if turn < -error:
        return -1
    return UNSURE


@compiled
def inside(
    xy: NDArray[np.float64],
    starts: NDArray[np.int64],
    rings: tuple[int, int],
    x: float,
    y: float,
) -> int:
    """Whether a point lies in the polygon made of some rings, by counting crossings.

    1 inside, 0 outside, `UNSURE` so near to an edge that the rounding of the point, a midpoint
    perhaps, may have moved it across.
    """
    odd = 0
    for ring in range(rings[0], rings[1]):
        for k in range(starts[ring], starts[ring + 1] - 1):
            crossing = crosses_ray(xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1], x, y)
            if crossing == UNSURE:
                return UNSURE
            odd ^= crossing
    return odd


@compiled
def crosses_ray(x0: float, y0: float, x1: float, y1: float, x: float, y: float) -> int:
    """Whether an edge crosses the ray from a point to the east; see `inside`."""
    slack = _ROUNDED_DEG
    if y < min(y0, y1) - slack or y > max(y0, y1) + slack or x > max(x0, x1) + slack:
        return 0
    straddles = (y0 <= y) != (y1 <= y)
    if x < min(x0, x1) - slack:
        return 1 if straddles else 0
    left, right = (x0 - x) * (y1 - y), (y0 - y) * (x1 - x)
    reach = abs(x1 - x0) + abs(y1 - y0)
    error = _BOUND * (abs(left) + abs(right)) + 2.0 * slack * reach
    turn = left - right
    if abs(turn) <= error:
        return UNSURE
    if not straddles:
        return 0
    return 1 if (turn > 0.0) == (y1 > y0) else 0
