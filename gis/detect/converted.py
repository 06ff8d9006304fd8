"""The detective on shapes that a reader has brought to degrees already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import from_cgcs2000, known_crs
from gis.detect.detective import detect
from gis.detect.findings import Detection
from gis.errors import GeometryError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["detect_converted"]


def detect_converted(
    shapes: NDArray[np.object_], declared: str | None, districts: GeoDataFrame | None
) -> Detection | None:
    """As :func:`detect`, looking at the numbers that stand in the file.

    Parameters
    ----------
    shapes
        In degrees of CGCS2000; None where there is no shape.
    declared
        What the file declares, or its sender says; None when nobody does.
    districts
        Known districts: ``code``, ``name``, ``geometry``.

    Returns
    -------
    Detection or None
        None where there is not one usable vertex, or the declaration cannot be read.

    Examples
    --------
    >>> plots = np.array([shapely.box(126, 43.8, 126.1, 43.9)])
    >>> detection = detect_converted(plots, "EPSG:4530", None)
    >>> detection.best.code
    'zone3_prefixed+42'
    """
    try:
        own = None if declared is None else known_crs(declared)
        numbers = shapely.force_2d(shapes)
        if own is not None and not own.is_geographic:
            numbers = from_cgcs2000(numbers, own)
        return detect(numbers, prj=declared, districts=districts)
    except GeometryError:
        return None
