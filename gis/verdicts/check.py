"""Checks of one plot, and of all plots of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.edges import refuse_tangled
from gis.errors import GeometryError
from gis.polygons import drawn_geojson, from_geojson
from gis.verdicts.ground import Surroundings, declared, misplaced
from gis.verdicts.limits import LIMITS, Limits
from gis.verdicts.problems import Problem, refusal
from gis.verdicts.shape import IndexedProblem, measured, oddities
from gis.verdicts.structure import faults

__all__ = ["check", "check_geojson", "check_many"]

_POLYGONAL = (3, 6)


def check(
    geometry: BaseGeometry | None,
    *,
    limits: Limits = LIMITS,
    around: Surroundings | None = None,
    declared_m2: float | None = None,
) -> list[Problem]:
    """Everything that is wrong with one plot.

    Parameters
    ----------
    geometry
        ``(longitude, latitude)`` in degrees of CGCS2000. None and empty ones have that problem.
    limits
        Bounds, see :class:`Limits`.
    around
        District, other plots and control lines; what is not given is not checked.
    declared_m2
        The area that the applicant states, m²; None says nothing.

    Returns
    -------
    list[Problem]
        Blocking ones first; empty when there is none. Place and area are checked only where the
        geometry is valid.

    Examples
    --------
    >>> speck = shapely.box(126.0, 43.8, 126.0001, 43.8001)
    >>> [(problem.code, round(problem.area_m2, 1)) for problem in check(speck)]
    [('too_small', 89.4)]
    """
    stated = None if declared_m2 is None else np.array([declared_m2], dtype=np.float64)
    alone = np.empty(1, dtype=object)
    alone[0] = geometry
    problems = [problem for _row, problem in check_many(alone, limits=limits, declared_m2=stated)]
    if around is not None and geometry is not None and not any(map(_blocks, problems)):
        problems += misplaced(geometry, around, limits)
    return sorted(problems, key=_rank)


def check_many(
    geometries: NDArray[np.object_],
    *,
    limits: Limits = LIMITS,
    declared_m2: NDArray[np.float64] | None = None,
    declared_step_m2: float = 0.0,
    district: BaseGeometry | None = None,
    measured_m2: NDArray[np.float64] | None = None,
) -> list[tuple[int, Problem]]:
    """What is wrong with each plot of a file, by itself and against its district.

    Parameters
    ----------
    geometries
        As for :func:`check`, any number.
    declared_m2
        Stated areas in m², NaN where none is.
    declared_step_m2
        What the stated areas are rounded to, m².
    district
        Where all of them must lie.
    measured_m2
        Their areas, of geometries that are known to be valid; None: they are looked at here.

    Returns
    -------
    list[tuple[int, Problem]]
        Row (from 0) and problem, by row, blocking ones first. Overlaps among the plots are
        found by :func:`gis.verdicts.overlaps_among`.

    Examples
    --------
    >>> plots = np.array([shapely.box(126.0, 43.8, 126.01, 43.81), None])
    >>> [(row, problem.code) for row, problem in check_many(plots)]
    [(1, 'missing')]
    """
    shapes = shapely.force_2d(np.asarray(geometries, dtype=object))
    sound = _sound(shapes) if measured_m2 is None else np.full(len(shapes), True)
    problems: list[IndexedProblem] = [
        (int(row), problem) for row in np.flatnonzero(~sound) for problem in faults(shapes[row])
    ]
    drawn = shapes.copy()
    drawn[~_drawn(shapes)] = None
    areas = measured(shapes, sound) if measured_m2 is None else measured_m2
    problems += oddities(drawn, areas, limits)
    if declared_m2 is not None:
        problems += _declared(areas, declared_m2, limits, declared_step_m2)
    if district is not None:
        problems += _outside(shapes, sound, district, limits)
    return sorted(problems, key=lambda entry: (entry[0], _rank(entry[1])))


def check_geojson(
    mapping: Mapping[str, Any],
    *,
    limits: Limits = LIMITS,
    around: Surroundings | None = None,
    declared_m2: float | None = None,
) -> list[Problem]:
    """As :func:`check`, for a GeoJSON geometry: only here are open rings noticed.

    Examples
    --------
    >>> open_ring = [[[126, 43], [126.1, 43], [126.1, 43.1], [126, 43.1]]]
    >>> open_polygon = {"type": "Polygon", "coordinates": open_ring}
    >>> [problem.code for problem in check_geojson(open_polygon)]
    ['ring_not_closed']
    """
    try:
        geometry: BaseGeometry = from_geojson(mapping)
    except GeometryError as error:
        if error.code not in _SHAPELY_TELLS_MORE:
            return [refusal(error)]
        geometry = drawn_geojson(mapping)
    return check(geometry, limits=limits, around=around, declared_m2=declared_m2)


# For these faults `check` reports every place, not only the first.
_SHAPELY_TELLS_MORE = frozenset(
    {
        "self_intersection",
        "ring_self_intersection",
        "hole_outside",
        "nested_holes",
        "nested_shells",
        "interior_disconnected",
        "duplicate_rings",
    }
)


def _sound(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Valid polygons on the globe, not empty: what has an area and a place."""
    sound = _drawn(shapes)
    # GEOS takes minutes for densely crossing edges: `faults` reports these.
    sound[sound] = [not _tangled(shape) for shape in shapes[sound]]
    sound[sound] = shapely.is_valid(shapes[sound])
    return sound


def _tangled(shape: BaseGeometry) -> bool:
    try:
        refuse_tangled(shape)
    except GeometryError:
        return True
    return False


def _drawn(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Polygons that may be looked at vertex by vertex."""
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    with np.errstate(invalid="ignore"):
        on_globe = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
        on_globe &= east - west < 180
    polygonal = np.isin(shapely.get_type_id(shapes), _POLYGONAL)
    return np.asarray(polygonal & on_globe & ~shapely.is_empty(shapes))


def _declared(
    areas: NDArray[np.float64],
    stated: NDArray[np.float64],
    limits: Limits,
    step_m2: float,
) -> Iterator[IndexedProblem]:
    for row, (area, claim) in enumerate(zip(areas, stated, strict=True)):
        off = declared(float(area), float(claim), limits, step_m2)
        if off is not None:
            yield row, off


def _outside(
    shapes: NDArray[np.object_],
    sound: NDArray[np.bool_],
    district: BaseGeometry,
    limits: Limits,
) -> Iterator[IndexedProblem]:
    shapely.prepare(district)
    around = Surroundings(district=district)
    crossing = sound & ~shapely.covers(district, shapes)
    for row in np.flatnonzero(crossing):
        for problem in misplaced(shapes[row], around, limits):
            yield int(row), problem


def _blocks(problem: Problem) -> bool:
    return problem.severity == "block"


def _rank(problem: Problem) -> int:
    return ("block", "warn", "info").index(problem.severity)
