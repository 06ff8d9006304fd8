"""`gis.authalic.ring_areas_m2`, compiled: one pass over the vertices, nothing in between."""

from __future__ import annotations

from math import pi, sin

import numpy as np
from numpy.typing import NDArray

from gis.authalic import B2, E2, HIGHEST_DEG, LONGEST_DEG, SERIES
from gis.kernels.compiled import compiled

_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7 = SERIES
_RADIAN = pi / 180.0
_LEFT = 1.0 - E2


@compiled
def _height(sine: float) -> float:
    q = sine * sine
    high = _C4 + q * (_C5 + q * (_C6 + q * _C7))
    return sine * (_C0 + q * (_C1 + q * (_C2 + q * (_C3 + q * high))))


@compiled
def _bend(middle: float, turn: float, rise: float) -> float:
    w = 1.0 - E2 * middle * middle
    across = w * (1.0 - middle * middle) / _LEFT
    return middle / (12.0 * w * w) * (3.0 * _LEFT / w * rise * rise + across * turn * turn)


@compiled
def level_at(lat: float) -> float:
    """S of a latitude in degrees: what `under_edge` counts from."""
    return _height(sin(lat * _RADIAN))


@compiled
def under_edge(x0: float, y0: float, x1: float, y1: float, level: float) -> float:
    """Ground between an edge and the parallel of a level, per b²; negative where it runs west.

    Degrees, no longer than `LONGEST_DEG`, no farther north or south than `HIGHEST_DEG`.
    """
    sine0, sine1 = sin(y0 * _RADIAN), sin(y1 * _RADIAN)
    turn, rise = (x1 - x0) * _RADIAN, (y1 - y0) * _RADIAN
    middle = 0.5 * (_height(sine0) + _height(sine1)) - level
    return turn * (middle + _bend(0.5 * (sine0 + sine1), turn, rise))


@compiled
def ring_area_m2(
    positions: NDArray[np.float64], first: int, last: int, longest_deg: float
) -> float:
    """Square metres inside the ring ``positions[first:last]``; NaN where the series ends."""
    sine = sin(positions[first, 1] * _RADIAN)
    level = _height(sine)
    above, total = level, 0.0
    for k in range(first + 1, last):
        east = positions[k, 0] - positions[k - 1, 0]
        north = positions[k, 1] - positions[k - 1, 1]
        if abs(east) > longest_deg or abs(north) > longest_deg:
            return np.nan
        if abs(positions[k, 1]) > HIGHEST_DEG:
            return np.nan
        sine_before, above_before = sine, above
        sine = sin(positions[k, 1] * _RADIAN)
        above = _height(sine)
        turn, rise = east * _RADIAN, north * _RADIAN
        middle = 0.5 * (above + above_before) - level
        total += turn * (middle + _bend(0.5 * (sine + sine_before), turn, rise))
    return abs(total) * B2


@compiled
def ring_areas_m2(
    positions: NDArray[np.float64], starts: NDArray[np.int64], longest_deg: float = LONGEST_DEG
) -> NDArray[np.float64]:
    """See `gis.authalic.ring_areas_m2`."""
    areas = np.empty(len(starts) - 1)
    for ring in range(len(areas)):
        areas[ring] = ring_area_m2(positions, starts[ring], starts[ring + 1], longest_deg)
    return areas
