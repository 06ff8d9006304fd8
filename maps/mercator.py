"""The plane of the screen: web Mercator in pixels at a zoom, as Leaflet draws it.

For drawing only. No area or length is measured in this plane (it is wrong by ×1.2 to ×1.9
in China); figures come from ``gis.measure``.
"""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

TILE_PX: Final = 256
# Where the plane ends: atan(sinh(pi)), the latitude at which it is a square.
LAT_MAX: Final = 85.0511287798066
_EARTH_M: Final = 40_075_016.686


def to_pixels(geometries: NDArray[Any], zoom: int) -> NDArray[Any]:
    """Geometries of lon, lat (degrees) in pixels at ``zoom``, x to the east and y to the south.

    None and empty geometries stay what they are; latitudes beyond ``LAT_MAX`` are drawn on it.

    Examples
    --------
    >>> to_pixels(np.array([shapely.Point(0, 0)]), 0)[0]
    <POINT (128 128)>
    """

    def project(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        lat = np.radians(np.clip(lonlat[:, 1], -LAT_MAX, LAT_MAX))
        x = lonlat[:, 0] / 360 + 0.5
        y = 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)
        return np.column_stack([x, y]) * (TILE_PX * 2.0**zoom)

    answer: NDArray[Any] = shapely.transform(geometries, project)
    return answer


def pixel_m(zoom: int, lat: float) -> float:
    """Metres of one pixel at a zoom and latitude.

    Examples
    --------
    >>> round(pixel_m(15, 30.0), 2)
    4.14
    """
    return float(_EARTH_M * np.cos(np.radians(lat)) / (TILE_PX * 2.0**zoom))
