"""Shapes of a file brought to degrees of CGCS2000, once their numbers fit its reference system."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from data.packed_shapes import PackedShapes
from data.reading.misread_crs import refuse_misread, refuse_unfit
from data.reading.stated_crs import StatedSystem
from gis.crs import is_cgcs2000_degrees, to_cgcs2000
from gis.shift import SHIFTS, moved


def placed(shapes: NDArray[np.object_], system: StatedSystem) -> NDArray[np.object_]:
    """Bring the shapes of a file to degrees of CGCS2000, or say which one cannot be.

    Parameters
    ----------
    shapes
        As they stand in the file; None stays None.
    system
        How they are to be read; checked against the numbers first.

    Raises
    ------
    FileRefused
        ``not_finite``, ``not_degrees`` (metres under a system of degrees), ``axes_swapped``,
        ``not_metres`` (degrees under a system of metres), ``crs_unfit`` (PROJ cannot place them).

    Examples
    --------
    >>> from data.reading.stated_crs import stated_system
    >>> degrees = stated_system("EPSG:4490", None, np.empty((0, 2)))
    >>> placed(shapely.points([[126.0, 44.0]]), degrees)[0].wkt
    'POINT (126 44)'
    >>> placed(shapely.points([[44.0, 126.0]]), degrees._replace(swapped=True))[0].wkt
    'POINT (126 44)'
    """
    return placed_parts(PackedShapes.of(shapes), system)[:]


def placed_parts(shapes: PackedShapes, system: StatedSystem) -> PackedShapes:
    """As `placed`, of shapes that are not all in memory; the same ones where nothing changes."""
    as_they_are = is_cgcs2000_degrees(system.crs) and not system.swapped and system.shift is None
    if as_they_are and shapes.on_globe:
        return shapes
    if system.swapped:
        shapes = shapes.changed(
            lambda some, _first: shapely.transform(some, lambda at: at[:, ::-1])
        )
    refuse_misread(shapes, system.crs, may_be_swapped=not system.swapped)

    def moved_to(some: NDArray[np.object_], first: int) -> NDArray[np.object_]:
        there = to_cgcs2000(some, system.crs)
        refuse_unfit(there, some, system.crs, first=first)
        return there if system.shift is None else moved(there, SHIFTS[system.shift])

    return shapes.changed(moved_to)
