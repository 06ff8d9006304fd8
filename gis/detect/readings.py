"""Which reference systems the bare numbers allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.crs import CGCS2000, WEB_MERCATOR, ZONES, Width, Zone
from gis.detect.findings import Guess, Kind
from gis.messages import Message

__all__ = ["MIN_FIT", "readings", "zones_named"]

Points = NDArray[np.float64]


class Range(NamedTuple):
    """Least and greatest value that an ordinate may have."""

    low: float
    high: float

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values lie in it."""
        return (values >= self.low) & (values <= self.high)


# China from the Nansha islands to the Heilongjiang, and what that is in metres.
_LON: Final = Range(73.0, 136.0)
_LAT: Final = Range(3.0, 54.0)
_NORTHING: Final = Range(330_000.0, 6_000_000.0)
_MERCATOR_X: Final = Range(8_120_000.0, 15_150_000.0)
_MERCATOR_Y: Final = Range(334_000.0, 7_190_000.0)
# A prefecture uses one zone even where it reaches 1.5 degrees beyond it: 3 and 4.5 degrees from
# the central meridian, in metres on the equator.
_OFF_AXIS_M: Final[dict[Width, float]] = {3: 334_000.0, 6: 501_000.0}
MIN_FIT: Final = 0.95
"""Share of the vertices that a reading must explain: a few are often wrong."""


def readings(points: Points) -> Iterator[Guess]:
    """Every reading that fits at least 95 % of the vertices; confidence is a first weight.

    Parameters
    ----------
    points
        ``(n, 2)`` finite numbers as they stand in the file, n > 0.

    Yields
    ------
    Guess
        Without placement.

    Examples
    --------
    >>> import numpy as np
    >>> [guess.code for guess in readings(np.array([[42443742.57, 4860000.0]]))]
    ['zone3_prefixed+42']
    >>> [guess.code for guess in readings(np.array([[43.88, 125.32]]))]
    ['degrees+swapped']
    """
    for swapped in (False, True):
        xy = points[:, ::-1] if swapped else points
        yield from _degrees(xy, swapped=swapped)
        yield from _mercator(xy, swapped=swapped)
        yield from _prefixed(xy, swapped=swapped)
        yield from _bare(xy, swapped=swapped)


def zones_named(points: Points) -> dict[int, float]:
    """Zone numbers in front of the eastings, with their shares of the vertices.

    Examples
    --------
    >>> import numpy as np
    >>> zones_named(np.array([[41500000.0, 4860000.0], [42500000.0, 4860000.0]]))
    {41: 0.5, 42: 0.5}
    """
    named: dict[int, float] = {}
    for xy in (points, points[:, ::-1]):
        eastings = xy[_NORTHING.holds(xy[:, 1]) & (xy[:, 0] > 12_500_000.0), 0]
        numbers, counts = np.unique((eastings // 1_000_000).astype(int), return_counts=True)
        known = {*ZONES[3], *ZONES[6]}
        named |= {
            int(n): int(c) / len(points) for n, c in zip(numbers, counts, strict=True) if n in known
        }
    return named


def _degrees(xy: Points, *, swapped: bool) -> Iterator[Guess]:
    on_globe = np.abs(xy[:, 0]) <= 180
    on_globe &= np.abs(xy[:, 1]) <= 90
    if not _fits_most(on_globe):
        return
    in_china = _LON.holds(xy[:, 0]) & _LAT.holds(xy[:, 1])
    if _fits_most(in_china):
        said = Message(
            f"{_percent(in_china)} 的顶点在 73–136°E、3–54°N 之内。",
            f"{_percent(in_china)} of the vertices lie within 73 to 136°E, 3 to 54°N.",
        )
        yield Guess("degrees", CGCS2000, swapped, confidence=0.9, evidence=(said,))
    elif not swapped:
        said = Message("数值是经纬度，但不在中国范围内。", "Degrees, but not in China.")
        yield Guess("degrees", CGCS2000, confidence=0.5, evidence=(said,))


def _mercator(xy: Points, *, swapped: bool) -> Iterator[Guess]:
    if _fits_most(_MERCATOR_X.holds(xy[:, 0]) & _MERCATOR_Y.holds(xy[:, 1])):
        said = Message("数值在中国的 Web 墨卡托范围内。", "Numbers fit China in Web Mercator.")
        yield Guess("web_mercator", WEB_MERCATOR, swapped, confidence=0.8, evidence=(said,))


def _prefixed(xy: Points, *, swapped: bool) -> Iterator[Guess]:
    number = int(np.median(xy[:, 0]) // 1_000_000)
    width: Width = 3 if number in ZONES[3] else 6
    if number not in ZONES[width]:
        return
    zone = Zone(number, width)
    if _fits_most(_near_axis(xy, zone.false_easting_m, width)):
        said = Message(
            f"东坐标前两位 {number} 是 {width}° 带带号（中央经线 {zone.central_meridian:g}°）。",
            f"The first digits of the eastings, {number}, name a {width}° zone "
            f"(central meridian {zone.central_meridian:g}°).",
        )
        kind: Kind = "zone3_prefixed" if width == 3 else "zone6_prefixed"
        yield Guess(kind, zone.epsg, swapped, zone=number, confidence=0.9, evidence=(said,))


def _bare(xy: Points, *, swapped: bool) -> Iterator[Guess]:
    """A bare easting names no zone: each zone is a separate reading."""
    width: Width = 3 if _fits_most(_near_axis(xy, 500_000.0, 3)) else 6
    if not _fits_most(_near_axis(xy, 500_000.0, width)):
        return
    kind: Kind = "zone3_bare" if width == 3 else "zone6_bare"
    said = Message(
        "东坐标不带带号，带号只能由位置推断。",
        "Eastings without a zone number: the zone can only be guessed from the place.",
    )
    for number in ZONES[width]:
        zone = Zone(number, width, prefixed=False)
        evidence = (said, *_same_plane(number, width))
        yield Guess(kind, zone.epsg, swapped, zone=number, confidence=0.8, evidence=evidence)


def _same_plane(number: int, width: Width) -> Iterator[Message]:
    """Odd 3° zones share the central meridian of a 6° zone: without prefix the planes are equal."""
    six = (number + 1) // 2
    if width == 3 and number % 2 and six in ZONES[6]:
        yield Message(f"与 6° 带第 {six} 带是同一平面。", f"The same plane as 6° zone {six}.")


def _near_axis(xy: Points, false_easting_m: float, width: Width) -> NDArray[np.bool_]:
    # Half a zone is widest on the equator and shrinks with the cosine of the latitude.
    reach = _OFF_AXIS_M[width] * np.cos(np.radians(np.clip(xy[:, 1] / 111_000.0, 0.0, 80.0)))
    return np.asarray(
        _NORTHING.holds(xy[:, 1]) & (np.abs(xy[:, 0] - false_easting_m) <= np.maximum(reach, 1.0))
    )


def _fits_most(fits: NDArray[np.bool_]) -> bool:
    return bool(np.mean(fits) >= MIN_FIT)


def _percent(fits: NDArray[np.bool_]) -> str:
    return f"{np.mean(fits):.0%}"
