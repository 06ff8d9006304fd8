"""Simplified outlines for drawing; never for storage or measuring."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import GeometryError
from gis.messages import Message


def thin(
    geometries: NDArray[np.object_], tolerance_deg: float, *, neighbours: bool = True
) -> NDArray[np.object_]:
    """Leave out vertices that are too close together to be seen.

    Parameters
    ----------
    geometries
        Valid polygons or multipolygons in degrees; None stays None.
    tolerance_deg
        Degrees, not negative. With `neighbours` it is the square root of the area of the corners
        that go (Visvalingam-Whyatt), without it the distance that a line may move
        (Douglas-Peucker).
    neighbours
        True for districts: they share their borders before and after, so that no gap opens
        between them. False for plots, which lie apart or overlap.

    Returns
    -------
    NDArray[object]
        New geometries, as many, in the same order.

    Raises
    ------
    GeometryError
        ``bad_tolerance``: negative or not a number.

    Notes
    -----
    Neighbours whose borders do not meet vertex by vertex are thinned too, each border by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import Polygon, get_num_coordinates
    >>> bent = Polygon([(0, 0), (1, 1e-6), (2, 0), (2, 2), (0, 2)])
    >>> get_num_coordinates(thin(np.array([bent]), 0.01)).tolist()
    [5]
    """
    if not tolerance_deg >= 0.0:
        raise GeometryError(
            Message(
                f"简化容差必须是不小于 0 的度数，收到 {tolerance_deg}。",
                f"The tolerance must be degrees and not negative, not {tolerance_deg}.",
            ),
            code="bad_tolerance",
        )
    geometries = np.asarray(geometries, dtype=object)
    if not neighbours:
        return np.asarray(shapely.simplify(geometries, tolerance_deg), dtype=object)
    thinned = geometries.copy()
    drawn = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if drawn.any():
        thinned[drawn] = shapely.coverage_simplify(geometries[drawn], tolerance_deg)
    return thinned
