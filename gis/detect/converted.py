"""The detective on shapes that a reader has brought to degrees already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import from_cgcs2000, known_crs
from gis.detect.detective import detect_sampled, sample_of_parts
from gis.detect.findings import Detection
from gis.errors import GeometryError
from gis.stored_shapes import StoredShapes, stored

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["detect_converted"]

_AT_ONCE: Final = 10_000


def detect_converted(
    shapes: NDArray[np.object_] | StoredShapes, declared: str | None, districts: GeoDataFrame | None
) -> Detection | None:
    """As :func:`detect`, looking at the numbers that stand in the file.

    Parameters
    ----------
    shapes
        In degrees of CGCS2000; None where there is no shape. Few of those that are stored are drawn
        at once.
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
    held = stored(shapes)
    try:
        own = None if declared is None else known_crs(declared)
        if own is not None and own.is_geographic:
            own = None
        sample, vertices, lost = _sampled(held, own)
        return detect_sampled(sample, vertices, lost=lost, prj=declared, districts=districts)
    except GeometryError:
        return None


def _sampled(shapes: StoredShapes, own: CRS | None) -> tuple[NDArray[np.float64], int, int]:
    """What is looked at of the numbers in the file, how many there are, and how many are none."""

    def parts() -> Iterator[NDArray[np.float64]]:
        for start in range(0, len(shapes), _AT_ONCE):
            numbers = shapely.force_2d(shapes[start : start + _AT_ONCE])
            yield shapely.get_coordinates(numbers if own is None else from_cgcs2000(numbers, own))

    return sample_of_parts(parts)
