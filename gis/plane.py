"""A flat plane in metres around a place, for short distances: buffers, widths, angles.

Never for areas: those are ellipsoidal, see :mod:`gis.measure`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from gis.crs import INVERSE_FLATTENING, SEMI_MAJOR_M
from gis.errors import NotPolygonError
from gis.messages import Message
from gis.validity import check_range

__all__ = ["Plane", "metres_per_degree", "plane_around"]

Floats = NDArray[np.float64]
_FLATTENING: Final = 1.0 / INVERSE_FLATTENING
_E2: Final = _FLATTENING * (2.0 - _FLATTENING)


def metres_per_degree(lat: ArrayLike) -> tuple[Floats, Floats]:
    """Length of one degree eastward and northward on the CGCS2000 ellipsoid.

    Parameters
    ----------
    lat
        Latitudes in degrees; NaN gives NaN.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.float64]]
        Metres a degree of longitude and of latitude, in the shape of `lat`.

    Notes
    -----
    Radii of curvature of the prime vertical and of the meridian: Torge, "Geodesy", 4.1.3.

    Examples
    --------
    >>> [round(float(metres), 1) for metres in metres_per_degree(43.88)]
    [80367.7, 111109.9]
    """
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    w2 = 1.0 - _E2 * np.sin(phi) ** 2
    east = np.radians(SEMI_MAJOR_M / np.sqrt(w2) * np.cos(phi))
    north = np.radians(SEMI_MAJOR_M * (1.0 - _E2) / w2**1.5)
    return np.asarray(east), np.asarray(north)


class Plane(NamedTuple):
    """Azimuthal equidistant around a place: true to 1e-5 within 50 km of it.

    Examples
    --------
    >>> plane = Plane(126.0, 44.0)
    >>> east = plane.to_metres(shapely.Point(126.01, 44.0))
    >>> round(east.x, 2), round(plane.to_degrees(east).x, 9)
    (802.06, 126.01)
    """

    lon: float
    """Degrees east of its middle."""
    lat: float
    """Degrees north of its middle."""

    def to_metres(self, geometry: BaseGeometry) -> BaseGeometry:
        """From degrees to metres east and north of the middle; empty stays empty."""
        there = _projection(*self)
        return shapely.transform(geometry, lambda at: np.column_stack(there(at[:, 0], at[:, 1])))

    def to_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """Back from metres to longitude and latitude."""
        there = _projection(*self)
        return shapely.transform(
            geometry, lambda at: np.column_stack(there(at[:, 0], at[:, 1], inverse=True))
        )


def plane_around(geometry: BaseGeometry) -> Plane:
    """The plane whose middle is the middle of a geometry's box.

    Parameters
    ----------
    geometry
        Any geometry in degrees.

    Raises
    ------
    GeometryError
        ``empty``, ``not_finite``, ``out_of_range`` or ``too_wide``.

    Examples
    --------
    >>> plane_around(shapely.box(126.0, 43.0, 127.0, 44.0))
    Plane(lon=126.5, lat=43.5)
    """
    if geometry.is_empty:
        raise NotPolygonError(
            Message(
                "几何为空。",
                "The geometry is empty.",
            ),
            code="empty",
        )
    check_range(geometry)
    west, south, east, north = geometry.bounds
    return Plane((west + east) / 2, (south + north) / 2)


@lru_cache(maxsize=256)
def _projection(lon: float, lat: float) -> Proj:
    return Proj(proj="aeqd", lon_0=lon, lat_0=lat, a=SEMI_MAJOR_M, rf=INVERSE_FLATTENING)
