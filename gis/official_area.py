"""Areas as offices compute them, side by side: why two of them disagree on one plot.

The ellipsoid area of the third land survey and the plane area of a Gauss-Krüger zone, beside the
geodesic area that this product uses everywhere (`gis.measure.area_m2`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import (
    CGCS2000,
    INVERSE_FLATTENING,
    SEMI_MAJOR_M,
    Zone,
    from_cgcs2000,
    to_cgcs2000,
    zone_of_geometry,
)
from gis.errors import GeometryError, NotPolygonError, ReferenceSystemError
from gis.measure import area_m2
from gis.messages import Message
from gis.rings import rings_of

LONGEST_EDGE_M: Final = 70.0
"""Longer edges get vertices on the plane first, as survey software does."""

_F: Final = 1.0 / INVERSE_FLATTENING
_E2: Final = _F * (2.0 - _F)
_B2: Final = (SEMI_MAJOR_M * (1.0 - _F)) ** 2

COEFFICIENTS: Final = (
    1.0 + 3 / 6 * _E2 + 30 / 80 * _E2**2 + 35 / 112 * _E2**3 + 630 / 2304 * _E2**4,
    1 / 6 * _E2 + 15 / 80 * _E2**2 + 21 / 112 * _E2**3 + 420 / 2304 * _E2**4,
    3 / 80 * _E2**2 + 7 / 112 * _E2**3 + 180 / 2304 * _E2**4,
    1 / 112 * _E2**3 + 45 / 2304 * _E2**4,
    5 / 2304 * _E2**4,
)
"""A, B, C, D, E of the notice, for the ellipsoid of CGCS2000."""


class Explanation(NamedTuple):
    """One plot measured in three ways, square metres each."""

    geodesic_m2: float
    """Edges are geodesics: the figure of this product, and of PostGIS ``geography``."""
    official_m2: float
    """国土调查办发〔2008〕32号: edges are straight in the zone, in steps of 70 m."""
    plane_m2: float
    """Planar area in the zone: larger than the ground everywhere but on the central meridian."""
    zone: Zone
    plane_excess: float
    """``plane_m2 / geodesic_m2 - 1``, a ratio."""
    message: Message


def official_m2(
    geometry: BaseGeometry, *, zone: Zone | None = None, longest_m: float | None = LONGEST_EDGE_M
) -> float:
    """Ellipsoid area by the formula of 国土调查办发〔2008〕32号.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon, ``(longitude, latitude)`` in degrees of CGCS2000; rings may run
        either way round.
    zone
        Where edges are straight: the Gauss-Krüger zone in which they get more vertices; the 3°
        zone of the middle of the shape when None.
    longest_m
        Longest edge on that plane, in metres; None takes the vertices as they are.

    Returns
    -------
    float
        Square metres, never negative; 0 for an empty polygon.

    Raises
    ------
    GeometryError
        Every code of `gis.measure.area_m2`; ``unknown_zone`` outside China; ``bad_length`` when
        `longest_m` is not above zero.

    Notes
    -----
    Each edge with the meridian L₀ bounds an ellipsoidal trapezoid of ΔL = (L₁+L₂)/2 − L₀,
    ΔB = B₂ − B₁, Bₘ = (B₁+B₂)/2, whose area is 2b²ΔL·[A sin ½ΔB cos Bₘ − B sin 3/2 ΔB cos 3Bₘ +
    C sin 5/2 ΔB cos 5Bₘ − D sin 7/2 ΔB cos 7Bₘ + E sin 9/2 ΔB cos 9Bₘ]; the polygon is the absolute
    value of their sum. The step of 70 m is what survey software is said to use.

    Examples
    --------
    >>> from shapely import box
    >>> round(official_m2(box(126.00, 43.80, 126.01, 43.81)))
    894072
    """
    if longest_m is not None and not longest_m > 0.0:
        raise GeometryError(
            Message(
                f"最长边必须大于 0 米，收到 {longest_m}。",
                f"The longest edge must be above 0 m, not {longest_m}.",
            ),
            code="bad_length",
        )
    area_m2(geometry)  # refuses what has no area
    if geometry.is_empty:
        return 0.0
    if longest_m is not None:
        geometry = _densified(geometry, zone or Zone(zone_of_geometry(geometry)), longest_m)
    rings = rings_of(np.array([geometry], dtype=object))
    inside = np.array(
        [
            _trapezoids_m2(rings.positions[a:b])
            for a, b in zip(rings.starts[:-1], rings.starts[1:], strict=True)
        ]
    )
    return float(inside[~rings.hole].sum() - inside[rings.hole].sum())


def _densified(geometry: BaseGeometry, zone: Zone, longest_m: float) -> BaseGeometry:
    plane = from_cgcs2000(np.array([geometry], dtype=object), zone.epsg)
    fine: BaseGeometry = to_cgcs2000(shapely.segmentize(plane, longest_m), zone.epsg)[0]
    return fine


def _trapezoids_m2(ring: NDArray[np.float64]) -> float:
    lon, lat = np.radians(ring - (ring[0, 0], 0.0)).T
    width = 0.5 * (lon[1:] + lon[:-1])
    rise, middle = np.diff(lat), 0.5 * (lat[1:] + lat[:-1])
    total = np.zeros(len(width))
    for order, coefficient in enumerate(COEFFICIENTS):
        odd = 2 * order + 1
        term = coefficient * np.sin(0.5 * odd * rise) * np.cos(odd * middle)
        total += -term if order % 2 else term
    return abs(float(2.0 * _B2 * (width * total).sum()))


def plane_m2(geometry: BaseGeometry, zone: Zone) -> float:
    """Planar area in a Gauss-Krüger zone, as towns were surveyed (二调).

    Parameters
    ----------
    geometry
        As in `official_m2`.
    zone
        A zone of CGCS2000; with or without the prefix is the same plane. A neighbour's zone is
        off by 2000 ppm and more.

    Returns
    -------
    float
        Square metres of the plane, not of the ground.

    Raises
    ------
    GeometryError
        Every code of `gis.measure.area_m2`, ``unknown_zone``, ``other_datum``.

    Examples
    --------
    >>> from shapely import box
    >>> plot = box(126.00, 43.80, 126.01, 43.81)
    >>> round(plane_m2(plot, Zone(42))), round(plane_m2(plot, Zone(43)))
    (894072, 895350)
    """
    if zone.datum != CGCS2000:
        raise ReferenceSystemError(
            Message(
                "请用 CGCS2000 的分带。",
                "Use a zone of CGCS2000.",
            ),
            code="other_datum",
        )
    area_m2(geometry)  # refuses what has no area
    plane = from_cgcs2000(np.array([geometry], dtype=object), zone.epsg)
    return float(shapely.area(plane)[0])


def explain(geometry: BaseGeometry, *, zone: Zone | None = None) -> Explanation:
    """Measure a plot by the method of each office and explain the difference.

    Parameters
    ----------
    geometry
        As in `official_m2`.
    zone
        Zone of the plane area; the 3° zone of the middle of the shape when None.

    Raises
    ------
    GeometryError
        Every code of `official_m2` and `plane_m2`, and ``empty``.

    Examples
    --------
    >>> from shapely import box
    >>> areas = explain(box(125.32, 43.88, 125.324, 43.883))
    >>> areas.zone.number, round(areas.plane_excess * 1e6)
    (42, 73)
    >>> round(areas.official_m2 - areas.geodesic_m2)
    0
    """
    geodesic = area_m2(geometry)
    zone = zone or Zone(zone_of_geometry(geometry))
    if geodesic == 0.0:
        raise NotPolygonError(
            Message(
                "几何为空。",
                "The geometry is empty.",
            ),
            code="empty",
        )
    plane = plane_m2(geometry, zone)
    excess = plane / geodesic - 1.0
    return Explanation(
        geodesic,
        official_m2(geometry, zone=zone),
        plane,
        zone,
        excess,
        Message(
            f"椭球面积 {geodesic:.2f} m²；{zone.width}° 带第 {zone.number} 带平面面积 "
            f"{plane:.2f} m²，相差 {excess * 1000000.0:+.0f} ppm，来自投影变形，不是量错。",
            f"{geodesic:.2f} m² on the ellipsoid; {plane:.2f} m² on the plane of {zone.width}° "
            f"zone {zone.number}: {excess * 1000000.0:+.0f} ppm, which the projection makes, "
            "not the survey.",
        ),
    )
