"""Sizes on the CGCS2000 ellipsoid, from longitudes and latitudes."""

from __future__ import annotations

from typing import Final, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.authalic import LONGEST_DEG, ring_areas_m2
from gis.crs import ELLIPSOID
from gis.errors import NotPolygonError
from gis.kernels import AVAILABLE, kernel
from gis.messages import Message
from gis.rings import Rings, rings_of
from gis.threads import spread
from gis.validity import check_positions, check_range, check_valid

M2_PER_MU: Final = 2000 / 3  # 15 mu make a hectare, exactly
M2_PER_HA: Final = 10_000.0
M2_PER_KM2: Final = 1_000_000.0

_POLYGONAL: Final = (3, 6)
_AT_ONCE: Final = 50_000  # polygons a chunk, which bounds the memory for copies of their vertices
_WORTH_COMPILED: Final = 1_000_000  # vertices; fewer are done before numba is imported


@overload
def to_mu(m2: float) -> float: ...
@overload
def to_mu(m2: NDArray[np.float64]) -> NDArray[np.float64]: ...
def to_mu(m2: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Square metres in mu (亩); 1 mu is 2000/3 m², so that 15 mu are a hectare exactly.

    Examples
    --------
    >>> to_mu(10_000.0)
    15.0
    """
    return m2 * 3.0 / 2000.0


@overload
def to_ha(m2: float) -> float: ...
@overload
def to_ha(m2: NDArray[np.float64]) -> NDArray[np.float64]: ...
def to_ha(m2: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Square metres in hectares (公顷).

    Examples
    --------
    >>> to_ha(25_000.0)
    2.5
    """
    return m2 / M2_PER_HA


def area_m2(geometry: BaseGeometry | None) -> float:
    """Area of a polygon on the CGCS2000 ellipsoid, its holes left out.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon, ``(longitude, latitude)`` in degrees; heights are ignored.
        Rings may run either way round.

    Returns
    -------
    float
        Square metres, never negative; 0 for an empty polygon.

    Raises
    ------
    NotPolygonError
        ``missing`` (None) or ``not_polygon`` (use `gis.polygons.polygon_parts` on what an
        overlay left).
    OutOfRangeError
        ``not_finite``, ``out_of_range`` or ``too_wide``.
    InvalidShapeError
        Rings cross, so that no area is defined; the code says how, ``at`` where.

    Notes
    -----
    Edges are geodesics: the figure is that of PostGIS ``ST_Area(geom::geography)`` and not a
    planar area in any projection. Source: C. F. F. Karney, "Algorithms for geodesics",
    J. Geodesy 87 (2013), doi:10.1007/s00190-012-0578-z, as PROJ computes it.

    Examples
    --------
    >>> from shapely import box
    >>> round(area_m2(box(126.00, 43.80, 126.01, 43.81)))
    894072
    """
    polygon = _polygonal(geometry)
    check_range(polygon)
    check_valid(polygon)
    return _karney_m2(polygon)


def _karney_m2(polygon: BaseGeometry) -> float:
    # pyproj signs each ring by its direction, so a hole is only subtracted when it runs
    # against its shell.
    ordered = shapely.orient_polygons(polygon)
    area, _perimeter = ELLIPSOID.geometry_area_perimeter(ordered)
    return abs(float(area))


def areas_m2(
    geometries: NDArray[np.object_], *, checked: bool = False, longest_deg: float = LONGEST_DEG
) -> NDArray[np.float64]:
    """Areas of many polygons at once; see `area_m2` for what an area is.

    Parameters
    ----------
    geometries
        Polygons and MultiPolygons in degrees.
    checked
        True when the caller knows that every geometry is valid and on the globe, as stored ones
        are: the validity of a million plots costs as much again as their areas.
    longest_deg
        Rings with a longer edge are measured as by `area_m2`, ten times as slow. At most
        `gis.authalic.LONGEST_DEG`; with `gis.authalic.SHORT_DEG` areas are those of PostGIS to
        1e-9 or 1e-4 m².

    Returns
    -------
    NDArray[float64]
        Square metres; NaN for None, 0 for an empty polygon.

    Raises
    ------
    GeometryError
        Every code of `area_m2` but ``missing``, for the first geometry that has the fault.

    Notes
    -----
    Plots agree with `area_m2` within 1e-7 or 0.001 m²: short edges take the series of
    `gis.authalic`, rings with an edge over ``longest_deg`` the algorithm of `area_m2`.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> areas_m2(np.array([box(126.00, 43.80, 126.01, 43.81), None])).round()
    array([894072.,     nan])
    """
    geometries = np.asarray(geometries, dtype=object)
    if not checked:
        check_all(geometries)
    sizes = np.empty(len(geometries), dtype=np.float64)
    for first in range(0, len(geometries), _AT_ONCE):
        chunk = geometries[first : first + _AT_ONCE]
        rings = rings_of(chunk)
        sizes[first : first + _AT_ONCE] = rings_m2(rings, len(chunk), longest_deg)
    sizes[shapely.is_missing(geometries)] = np.nan
    return sizes


def rings_m2(rings: Rings, polygons: int, longest_deg: float = LONGEST_DEG) -> NDArray[np.float64]:
    """Areas of polygons that were taken apart into rings; see `areas_m2`.

    Parameters
    ----------
    rings
        Of valid polygons in degrees.
    polygons
        How many polygons there are; those without rings have no area.
    longest_deg
        As in `areas_m2`.

    Returns
    -------
    NDArray[float64]
        Square metres.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> rings_m2(rings_of(np.array([box(126.00, 43.80, 126.01, 43.81)])), 1).round()
    array([894072.])
    """
    inside = _ring_areas_m2(rings, longest_deg)
    for ring in np.flatnonzero(np.isnan(inside)):
        lon, lat = rings.positions[rings.starts[ring] : rings.starts[ring + 1]].T
        inside[ring] = abs(ELLIPSOID.polygon_area_perimeter(lon, lat)[0])
    inside[rings.hole] *= -1.0
    return np.bincount(rings.owner, inside, minlength=polygons).astype(np.float64)


def _ring_areas_m2(rings: Rings, longest_deg: float) -> NDArray[np.float64]:
    some = ring_areas_m2
    if AVAILABLE and len(rings.positions) > _WORTH_COMPILED:
        some = kernel("authalic").ring_areas_m2
    return some(rings.positions, rings.starts, longest_deg)


def length_m(geometry: BaseGeometry | None) -> float:
    """Length of a line, or of the outline of a polygon, along geodesics.

    Parameters
    ----------
    geometry
        Line, ring, polygon (holes count) or a multi of these, in degrees.

    Returns
    -------
    float
        Metres on the CGCS2000 ellipsoid; 0 for an empty geometry and for points.

    Raises
    ------
    GeometryError
        ``missing`` (None), ``not_finite`` or ``out_of_range``.

    Examples
    --------
    >>> from shapely import LineString
    >>> round(length_m(LineString([(126.0, 43.0), (126.0, 44.0)])), 3)
    111102.486
    """
    if geometry is None:
        raise NotPolygonError(
            Message(
                "没有几何。",
                "There is no geometry.",
            ),
            code="missing",
        )
    return float(lengths_m(np.array([geometry], dtype=object))[0])


def lengths_m(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    """Lengths of many geometries at once; see `length_m`.

    Returns
    -------
    NDArray[float64]
        Metres; NaN for None.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import LineString, Point
    >>> lengths_m(np.array([LineString([(0, 0), (1, 0)]), Point(0, 0), None])).round(3)
    array([111319.491,      0.   ,         nan])
    """
    geometries = np.asarray(geometries, dtype=object)
    check_positions(shapely.get_coordinates(geometries))
    metres = np.zeros(len(geometries), dtype=np.float64)
    starts, ends, owner = edges_of(geometries)
    if len(owner):
        _forth, _back, along = ELLIPSOID.inv(*starts.T, *ends.T)
        metres += np.bincount(owner, along, minlength=len(geometries))
    metres[shapely.is_missing(geometries)] = np.nan
    return metres


def edges_of(
    geometries: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Start and end of every edge of lines and rings, and the index of its geometry.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import LineString
    >>> starts, ends, owner = edges_of(np.array([None, LineString([(0, 0), (1, 0)])]))
    >>> starts.tolist(), ends.tolist(), owner.tolist()
    ([[0.0, 0.0]], [[1.0, 0.0]], [1])
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # a collection of multi-parts
    owner = owner[inner]
    areal = shapely.get_type_id(parts) == _POLYGONAL[0]
    rings, ring_of = shapely.get_rings(parts[areal], return_index=True)
    curves = np.concatenate([parts[~areal], rings])
    owner = np.concatenate([owner[~areal], owner[areal][ring_of]])
    positions, curve_of = shapely.get_coordinates(curves, return_index=True)
    within = curve_of[1:] == curve_of[:-1]
    return positions[:-1][within], positions[1:][within], owner[curve_of[1:][within]]


def _polygonal(geometry: BaseGeometry | None) -> BaseGeometry:
    if not isinstance(geometry, BaseGeometry):
        raise NotPolygonError(
            Message(
                "没有几何。",
                "There is no geometry.",
            ),
            code="missing",
        )
    if shapely.get_type_id(geometry) not in _POLYGONAL:
        raise _no_ground(geometry)
    return geometry


def _no_ground(geometry: BaseGeometry) -> NotPolygonError:
    return NotPolygonError(
        Message(
            f"只有面才有面积，收到的是 {geometry.geom_type}。",
            f"Only a Polygon or MultiPolygon has an area, not a {geometry.geom_type}.",
        ),
        code="not_polygon",
    )


def _valid(polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray(shapely.is_valid(polygons), dtype=np.bool_)


def check_all(geometries: NDArray[np.object_]) -> None:
    """Refuse the first geometry that has no area; None and empty polygons pass.

    Raises
    ------
    GeometryError
        Every code of `area_m2` but ``missing``.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> check_all(np.array([box(126, 43, 127, 44), None]))
    """
    present = geometries[~shapely.is_missing(geometries)]
    strange = ~np.isin(shapely.get_type_id(present), _POLYGONAL)
    if strange.any():
        raise _no_ground(present[strange][0])
    west, south, east, north = shapely.bounds(present).reshape(-1, 4).T
    # NaN bounds of an empty polygon are no fault; a NaN inside others fails `is_valid` below.
    off = (west < -180) | (east > 180) | (south < -90) | (north > 90) | (east - west >= 180)
    for polygon in present[off][:1]:
        check_range(polygon)
    valid = spread(lambda rows: _valid(present[rows]), len(present), np.empty(0, dtype=np.bool_))
    for polygon in present[~valid][:1]:
        check_range(polygon)
        check_valid(polygon)
