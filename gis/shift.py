"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, both ways.

The formulas are the published ones (see G3 and G4 in the project's fact sheet:
``geoChina::wgs2gcj`` and the eviltransform notes); they are an approximation by
outsiders of an unpublished standard and agree with the map services to about a metre.
CGCS2000 and WGS 84 are one here: they differ by centimetres.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.messages import Message

__all__ = [
    "SHIFTS",
    "from_bd09",
    "from_gcj02",
    "in_china",
    "moved",
    "to_bd09",
    "to_gcj02",
]

Degrees = NDArray[np.float64]

# The box outside which the published algorithm leaves a point alone: (west, south, east, north).
_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)
# GCJ-02 is defined on Krasovsky's ellipsoid of 1940, whatever the datum of its input.
_KRASOVSKY_A_M: Final = 6_378_245.0
_KRASOVSKY_E2: Final = 0.006_693_421_622_965_943
_BD_TURN: Final = np.pi * 3000.0 / 180.0
_CONVERGED_DEG: Final = 1e-11  # each step gains two digits, so the error left is below 1e-12
_STEPS: Final = 30


def in_china(points: ArrayLike) -> NDArray[np.bool_]:
    """Whether the published algorithm moves these points: a box, not the border.

    Parameters
    ----------
    points
        ``(n, 2)``, longitude and latitude in degrees.

    Returns
    -------
    NDArray[np.bool_]
        One truth a point; an empty array for no points.

    Raises
    ------
    GeometryError
        ``bad_shape``, ``not_finite`` or ``out_of_range``.

    Examples
    --------
    >>> in_china([[125.32, 43.88], [2.35, 48.86]]).tolist()
    [True, False]
    """
    lonlat = _checked(points)
    west, south, east, north = _CHINA
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def to_gcj02(points: ArrayLike) -> Degrees:
    """Shift CGCS2000 to GCJ-02 (AMap, Tencent, Google's China tiles).

    Parameters
    ----------
    points
        ``(n, 2)``, longitude and latitude in degrees, CGCS2000 or WGS 84.

    Returns
    -------
    NDArray[np.float64]
        ``(n, 2)`` degrees, 300 to 700 m away; points outside China unchanged,
        an empty array for no points.

    Raises
    ------
    GeometryError
        ``bad_shape``, ``not_finite`` or ``out_of_range`` (swapped axes, most often).

    Notes
    -----
    Source: the published algorithm, as in R package geoChina (``wgs2gcj``) and
    eviltransform; written here anew.

    Examples
    --------
    >>> to_gcj02([[125.32, 43.88]]).round(6).tolist()
    [[125.326507, 43.88241]]
    """
    lonlat = _checked(points)
    return _where_china(lonlat, lonlat + _gcj_offset(lonlat))


def from_gcj02(points: ArrayLike) -> Degrees:
    """Take GCJ-02 back to CGCS2000, iterated until it holds to 1e-9 degree.

    Parameters
    ----------
    points
        ``(n, 2)``, longitude and latitude in degrees, GCJ-02.

    Returns
    -------
    NDArray[np.float64]
        ``(n, 2)`` degrees in CGCS2000. Exact inverse of :func:`to_gcj02` but for a
        strip of 0.02 degree inside the edge of its box, where two points share an image.

    Raises
    ------
    GeometryError
        ``bad_shape``, ``not_finite`` or ``out_of_range``.

    Examples
    --------
    >>> from_gcj02(to_gcj02([[106.55, 29.56]])).round(9).tolist()
    [[106.55, 29.56]]
    """
    return _inverse(_gcj_offset, points)


def to_bd09(points: ArrayLike) -> Degrees:
    """Shift CGCS2000 to BD-09 (Baidu): GCJ-02 and Baidu's own turn after it.

    Parameters
    ----------
    points
        ``(n, 2)``, longitude and latitude in degrees, CGCS2000 or WGS 84.

    Returns
    -------
    NDArray[np.float64]
        ``(n, 2)`` degrees, 1 to 1.5 km away; points outside China unchanged.

    Raises
    ------
    GeometryError
        ``bad_shape``, ``not_finite`` or ``out_of_range``.

    Examples
    --------
    >>> to_bd09([[125.32, 43.88]]).round(6).tolist()
    [[125.333089, 43.888118]]
    """
    lonlat = _checked(points)
    return _where_china(lonlat, lonlat + _bd_offset(lonlat))


def from_bd09(points: ArrayLike) -> Degrees:
    """Take BD-09 back to CGCS2000, iterated until it holds to 1e-9 degree.

    Parameters
    ----------
    points
        ``(n, 2)``, longitude and latitude in degrees, BD-09.

    Returns
    -------
    NDArray[np.float64]
        ``(n, 2)`` degrees in CGCS2000, see :func:`from_gcj02`.

    Raises
    ------
    GeometryError
        ``bad_shape``, ``not_finite`` or ``out_of_range``.

    Examples
    --------
    >>> from_bd09(to_bd09([[114.93, 24.44]])).round(9).tolist()
    [[114.93, 24.44]]
    """
    return _inverse(_bd_offset, points)


SHIFTS: Final[dict[str, Callable[[ArrayLike], Degrees]]] = {"gcj02": from_gcj02, "bd09": from_bd09}
"""The way back to CGCS2000 by the name of the shift."""


def moved(
    geometries: Sequence[BaseGeometry | None] | NDArray[np.object_],
    by: Callable[[ArrayLike], Degrees],
) -> NDArray[np.object_]:
    """Apply one of the four shifts to every vertex of geometries.

    Parameters
    ----------
    geometries
        shapely geometries in degrees; None and empty ones stay what they are, a
        third ordinate is dropped.
    by
        One of :func:`to_gcj02`, :func:`from_gcj02`, :func:`to_bd09`, :func:`from_bd09`.

    Returns
    -------
    NDArray[np.object_]
        As many geometries.

    Raises
    ------
    GeometryError
        As ``by`` does.

    Examples
    --------
    >>> moved([shapely.Point(125.32, 43.88), None], to_gcj02)[0].x > 125.326
    True
    """
    array = np.asarray(geometries, dtype=object)
    return np.asarray(shapely.transform(array, by), dtype=object)


def _checked(points: ArrayLike) -> Degrees:
    lonlat = np.asarray(points, dtype=np.float64)
    if lonlat.size == 0:
        return np.empty((0, 2))
    if lonlat.ndim != 2 or lonlat.shape[1] != 2:
        raise GeometryError(
            Message(
                f"坐标应为 n×2 的经纬度数组，收到的形状是 {lonlat.shape}。",
                f"Give an (n, 2) array of lon, lat; got shape {lonlat.shape}.",
            ),
            code="bad_shape",
        )
    if not np.isfinite(lonlat).all():
        raise GeometryError(
            Message(
                "坐标里有非数字或无穷大，请先改正这些点。",
                "A coordinate is NaN or infinite; mend these points first.",
            ),
            code="not_finite",
        )
    wrong = (np.abs(lonlat) > (180.0, 90.0)).any(axis=1)
    if wrong.any():
        lon, lat = (float(value) for value in lonlat[wrong][0])
        raise GeometryError(
            Message(
                f"({lon:g}, {lat:g}) 不是“经度, 纬度”，请检查坐标顺序和单位。",
                f"({lon:g}, {lat:g}) is not longitude, latitude; check the axis order and the "
                "unit.",
            ),
            code="out_of_range",
            at=(lon, lat),
        )
    return lonlat


def _where_china(before: Degrees, after: Degrees) -> Degrees:
    return np.where(in_china(before)[:, None], after, before)


def _gcj_offset(lonlat: Degrees) -> Degrees:
    """Degrees to add; the wave terms are the published ones, metres on Krasovsky's ellipsoid."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = 0.1 * np.sqrt(np.abs(x))
    fine = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 2.0 * root
    north += (fine + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root
    east += (fine + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lonlat[:, 1])
    w2 = 1.0 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_m = _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_E2) / w2**1.5
    parallel_m = _KRASOVSKY_A_M / np.sqrt(w2) * np.cos(phi)
    return np.degrees(np.column_stack([east / parallel_m, north / meridian_m]))


def _bd_offset(lonlat: Degrees) -> Degrees:
    gcj = lonlat + _gcj_offset(lonlat)
    x, y = gcj[:, 0], gcj[:, 1]
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD_TURN)
    turned = np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
    return turned - lonlat


def _inverse(offset: Callable[[Degrees], Degrees], points: ArrayLike) -> Degrees:
    """Fixed point of ``q = p - offset(q)``; the offset's slope is below 0.03, so it contracts."""
    shifted = _checked(points)
    inside = in_china(shifted)
    target = shifted[inside]
    guess = target
    for _ in range(_STEPS):
        before, guess = guess, target - offset(guess)
        if np.abs(guess - before).max(initial=0.0) < _CONVERGED_DEG:
            break
    result = shifted.copy()
    result[inside] = guess
    return result
