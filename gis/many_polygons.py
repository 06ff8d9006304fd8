"""`gis.polygons.as_multipolygon` for all shapes of a file at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.edges import SURELY_FEW
from gis.errors import GeometryError
from gis.grid import on_grid
from gis.polygons import as_multipolygon
from gis.threads import spread

__all__ = ["as_multipolygons"]

Shapes = NDArray[np.object_]

_POLYGONAL: Final = (3, 6)
_MULTI: Final = 6
_AT_ONCE: Final = 10_000  # their vertices are in arrays, too, for a moment


def as_multipolygons(geometries: Shapes) -> tuple[Shapes, dict[int, GeometryError]]:
    """Checked MultiPolygons on the 1e-9° grid, and why the other shapes are none.

    Parameters
    ----------
    geometries
        As of `as_multipolygon`, any number.

    Returns
    -------
    shapes, errors
        What `as_multipolygon` answers for each; None where it raises, and what it raises by row
        from 0, in order.

    Examples
    --------
    >>> shapes, errors = as_multipolygons(np.array([shapely.box(126, 43, 127, 44), None]))
    >>> shapes[0].geom_type, shapes[1], {row: error.code for row, error in errors.items()}
    ('MultiPolygon', None, {1: 'missing'})
    """
    answers = np.full(len(geometries), None, dtype=object)
    errors: dict[int, GeometryError] = {}
    for start in range(0, len(geometries), _AT_ONCE):
        answers[start : start + _AT_ONCE] = _gridded(geometries[start : start + _AT_ONCE])
    for row in np.flatnonzero(shapely.is_missing(answers)).tolist():
        shape = geometries[row]
        try:
            answers[row] = as_multipolygon(shape if isinstance(shape, BaseGeometry) else None)
        except GeometryError as error:
            errors[row] = error
    return answers, errors


def _gridded(geometries: Shapes) -> Shapes:
    """None for whatever has to be looked at by itself."""
    answers = np.full(len(geometries), None, dtype=object)
    plain = _plain(geometries)
    flat: Shapes = np.asarray(shapely.force_2d(geometries[plain]), dtype=object)
    whole = spread(lambda part: _on_grid(flat[part]), len(flat), flat)
    whole[shapely.is_empty(whole)] = None
    answers[plain] = _multi(whole)
    return answers


def _plain(geometries: Shapes) -> NDArray[np.bool_]:
    """Valid polygons on the globe of few vertices; the others are looked at one by one."""
    plain = np.isin(shapely.get_type_id(geometries), _POLYGONAL) & ~shapely.is_empty(geometries)
    plain &= shapely.get_num_coordinates(geometries) <= SURELY_FEW
    positions, row = shapely.get_coordinates(geometries[plain], return_index=True)
    west, _south, east, _north = shapely.bounds(geometries[plain]).reshape(-1, 4).T
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(positions) <= (180.0, 90.0)).all(axis=1)
        placed = east - west < 180.0
    placed[row[off]] = False
    plain[plain] = placed
    drawn = geometries[plain]
    nothing = np.empty(0, dtype=np.bool_)
    plain[plain] = spread(lambda part: shapely.is_valid(drawn[part]), len(drawn), nothing)
    return plain


def _on_grid(shapes: Shapes) -> Shapes:
    """None where GEOS gives up on one of them: it is looked at by itself then."""
    try:
        return on_grid(shapes)
    except shapely.GEOSException:
        return np.full(len(shapes), None, dtype=object)


def _multi(shapes: Shapes) -> Shapes:
    single = ~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) != _MULTI)
    multi = shapes.copy()
    count = int(single.sum())
    multi[single] = shapely.multipolygons(shapes[single], indices=np.arange(count))
    return multi
