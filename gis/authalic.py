r"""Areas of rings on the ellipsoid by a series, for plots by the million.

The ground between an edge and the equator is :math:`b^2 \int S\,d\lambda` with the minor axis b and

    S(φ) = ∫ cos φ / w² dφ = sin φ + 2/3 e² sin³ φ + 3/5 e⁴ sin⁵ φ + …,   w = 1 − e² sin² φ

(half of q in J. P. Snyder, "Map Projections: A Working Manual", USGS Professional Paper 1395,
1987, eq. 3-12, where S / S(90°) is the sine of the authalic latitude). Along a geodesic Clairaut's
law, ν cos φ sin α = constant, gives

    d²S/dλ² = −sin φ / w² · (3 (1 − e²) / w · (dφ/dλ)² + w cos² φ / (1 − e²)),

so the trapezoid rule misses −Δλ³/12 · d²S/dλ² an edge, which is added. The remaining error is of
fifth order in the length of an edge: below 1e-8 for plots. Long edges are measured by Karney's
algorithm. For edges below 0.02° the error is smaller than the rounding of Karney's own sums, which
start at the equator (about 1e-5 m² a ring).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.crs import INVERSE_FLATTENING, SEMI_MAJOR_M

FLATTENING: Final = 1.0 / INVERSE_FLATTENING
E2: Final = FLATTENING * (2.0 - FLATTENING)
# (n + 1) e²ⁿ / (2n + 1): the term after the last is 4e-18.
SERIES: Final = tuple((n + 1) * E2**n / (2 * n + 1) for n in range(8))
B2: Final = (SEMI_MAJOR_M * (1.0 - FLATTENING)) ** 2

LONGEST_DEG: Final = 0.2
"""Longer edges, in longitude or latitude, are measured by Karney's algorithm."""
SHORT_DEG: Final = 0.02
"""Up to 60° north and south, rings without longer edges have Karney's area to 1e-9 or 1e-4 m²."""
HIGHEST_DEG: Final = 85.0
"""Beyond it the edges of a ring turn too fast in longitude."""


def height(sine: NDArray[np.float64]) -> NDArray[np.float64]:
    """S(φ) of this module from sin φ: the area between a parallel and the equator, per b² Δλ.

    Examples
    --------
    >>> import numpy as np
    >>> (4 * np.pi * B2 * height(np.array([1.0]))).round(-6)  # the whole ellipsoid, m²
    array([5.10065622e+14])
    """
    square = sine * sine
    total = np.full_like(sine, SERIES[-1])
    for coefficient in SERIES[-2::-1]:
        total = total * square + coefficient
    return np.asarray(total * sine)


def ring_areas_m2(
    positions: NDArray[np.float64], starts: NDArray[np.int64], longest_deg: float = LONGEST_DEG
) -> NDArray[np.float64]:
    """Area inside each ring, in numpy; `gis.kernels.authalic` is the same compiled.

    Parameters
    ----------
    positions, starts
        As in `gis.rings.Rings`, degrees of CGCS2000.
    longest_deg
        How long an edge may be, in longitude and in latitude; at most `LONGEST_DEG`.

    Returns
    -------
    NDArray[float64]
        Square metres, not negative whichever way a ring runs; NaN for a ring with a longer edge
        or a vertex beyond `HIGHEST_DEG`, which the series does not serve.

    Examples
    --------
    >>> import numpy as np
    >>> square = np.array([[126, 43.8], [126.01, 43.8], [126.01, 43.81], [126, 43.81], [126, 43.8]])
    >>> ring_areas_m2(square, np.array([0, 5])).round()
    array([894072.])
    """
    if len(starts) < 2:
        return np.zeros(0)
    sine = np.sin(np.radians(positions[:, 1]))
    above = height(sine)
    step = np.diff(positions, axis=0)
    far = (np.abs(step) > longest_deg).any(axis=1) | (np.abs(positions[1:, 1]) > HIGHEST_DEG)
    turn, rise = np.radians(step).T
    middle = 0.5 * (sine[1:] + sine[:-1])
    w = 1.0 - E2 * middle * middle
    across = w * (1.0 - middle * middle) / (1.0 - E2)
    bend = middle / (12.0 * w * w) * (3.0 * (1.0 - E2) / w * rise * rise + across * turn * turn)
    # Heights above the first vertex of the ring, so that little is lost when they cancel.
    level = np.repeat(above[starts[:-1]], np.diff(starts))[1:]
    under = turn * (0.5 * (above[1:] + above[:-1]) - level + bend)
    joint = starts[1:-1] - 1  # from one ring to the next there is no edge
    under[joint] = 0.0
    far[joint] = False
    areas = np.abs(np.add.reduceat(under, starts[:-1])) * B2
    areas[np.logical_or.reduceat(far, starts[:-1])] = np.nan
    return np.asarray(areas)
