"""Plots and borders around a plot."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.shared_area import MANY_VERTICES, meeting_positions
from service.accounts.db.accounts import Account


class Neighbour(NamedTuple):
    """A version of another plot that shares a point with the plot in question."""

    plot_id: int | None
    """None for one beyond the scope."""
    slot: str
    stage: str
    district: str
    geometry: BaseGeometry
    """Beyond the scope only the ground within 200 m of it."""
    plot_no: str | None
    """图斑号; None for one beyond the scope."""
    year: int | None
    """Task year, in which the number is unique to the county; None for one beyond the scope."""
    kind: str | None = None
    """None where it was not asked."""


class TooManyNeighbours(ValueError):  # noqa: N818 - a refusal, no failure of ours
    """A shape touches more plots than one check compares it with."""


MAX_FOREIGN = 200
BOX_TO_SHAPE: Final = 10
"""So many times the plots that a shape may meet may lie in its box."""

_AROUND = text("""
SELECT around.plot_id, around.slot, around.stage, around.kind, around.district,
       ST_AsBinary(around.geom) AS wkb, v.plot_no, v.year
FROM ground_around(ST_GeomFromWKB(:wkb, :srid), :max_own, :max_foreign) around
LEFT JOIN plot_version v ON v.plot_id = around.plot_id AND v.slot = around.slot
ORDER BY around.plot_id, around.slot
""")


def neighbours(connection: Connection, geometry: BaseGeometry, *, max_own: int) -> list[Neighbour]:
    """Plots that share a point with a shape.

    Parameters
    ----------
    geometry
        Valid, in degrees of CGCS2000.
    max_own
        Versions of plots of the scope that are looked at.

    Returns
    -------
    list[Neighbour]
        Both versions of the plots of the scope. Of plots beyond it the approved version, and of
        that the ground within 200 m of the scope: 200 plots at most.

    Raises
    ------
    TooManyNeighbours
        There are more.
    GeometryError
        ``too_many_edges``: see `gis.shared_area.meeting_positions`.
    """
    # PostGIS takes minutes for combs of long teeth, so it is asked for their box alone.
    many = shapely.get_num_coordinates(geometry) > MANY_VERTICES
    most = max_own * BOX_TO_SHAPE if many else max_own
    rows: Sequence[Any] = connection.execute(
        _AROUND,
        {
            "wkb": shapely.to_wkb(shapely.box(*geometry.bounds) if many else geometry),
            "srid": CGCS2000,
            "max_own": most,
            "max_foreign": MAX_FOREIGN,
        },
    ).all()
    if sum(row.plot_id is not None for row in rows) > most:
        raise TooManyNeighbours
    if many:
        shapes = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
        rows = [rows[n] for n in meeting_positions(geometry, shapes)]
    own = sum(row.plot_id is not None for row in rows)
    if own > max_own or len(rows) - own > MAX_FOREIGN:
        raise TooManyNeighbours
    return [
        Neighbour(
            row.plot_id,
            row.slot,
            row.stage,
            row.district,
            shapely.from_wkb(row.wkb),
            row.plot_no,
            row.year,
            row.kind,
        )
        for row in rows
    ]


_BEYOND = text("""
SELECT ST_AsBinary(geom) AS wkb FROM snapping_shapes(
    ST_MakeEnvelope(:west, :south, :east, :north, :srid), :max_shapes, :max_vertices)
""")

_BORDERS = text("""
SELECT b.code, ST_AsBinary(ST_Intersection(ST_Boundary(b.geom), box.geom)) AS wkb
FROM ST_MakeEnvelope(:west, :south, :east, :north, :srid) AS box(geom)
JOIN district_boundary b ON b.geom && box.geom AND b.valid_to IS NULL
JOIN district d ON d.code = b.code AND d.level = 'county'
WHERE CAST(:counties AS text[]) IS NULL OR b.code = ANY(CAST(:counties AS text[]))
ORDER BY b.code
""")

_MASKS = text("""
SELECT ST_AsBinary(ST_Intersection(ST_Boundary(f.geom), box.geom)) AS wkb
FROM ST_MakeEnvelope(:west, :south, :east, :north, :srid) AS box(geom)
JOIN layer_feature f ON f.geom && box.geom
JOIN layer_version v ON v.id = f.version_id AND v.valid_from <= :day
    AND (v.valid_to IS NULL OR v.valid_to > :day)
JOIN layer l ON l.code = v.layer AND l.role = 'block'
ORDER BY f.id LIMIT :max_shapes
""")

MAX_SHAPES = 2_000
MAX_SNAPPING_VERTICES = 500_000
Box = tuple[float, float, float, float]


class SnappingShapes(NamedTuple):
    """What there is to snap to; ``complete`` is False when there is more than is read at once."""

    shapes: list[BaseGeometry]
    complete: bool


def shapes_outside_scope(connection: Connection, box: Box) -> SnappingShapes:
    """Ground of approved plots out of scope, within 200 m of it, without attributes.

    ``box`` is west, south, east, north in degrees of CGCS2000. 2 000 shapes with 500 000 vertices
    at most.
    """
    bounds = {"max_shapes": MAX_SHAPES, "max_vertices": MAX_SNAPPING_VERTICES}
    rows = connection.scalars(_BEYOND, {**_corners(box), **bounds}).all()
    shapes = [shapely.from_wkb(wkb) for wkb in rows if wkb is not None]
    return SnappingShapes(shapes, len(shapes) == len(rows))


def county_borders(connection: Connection, account: Account, box: Box) -> SnappingShapes:
    """Border lines of the account's counties, cut to a box of west, south, east, north degrees.

    Those that have more than 500 000 vertices together are left out.
    """
    counties = None if account.counties is None else sorted(account.counties)
    return _lines(
        row.wkb for row in connection.execute(_BORDERS, {**_corners(box), "counties": counties})
    )


def mask_borders(connection: Connection, box: Box, day: date) -> SnappingShapes:
    """Outlines of what layers refuse on a day, cut to a box of west, south, east, north degrees.

    2 000 features with 500 000 vertices at most.
    """
    values = {**_corners(box), "day": day, "max_shapes": MAX_SHAPES + 1}
    wkbs = [row.wkb for row in connection.execute(_MASKS, values)]
    lines = _lines(wkbs[:MAX_SHAPES])
    return SnappingShapes(lines.shapes, lines.complete and len(wkbs) <= MAX_SHAPES)


def _lines(wkbs: Iterable[bytes]) -> SnappingShapes:
    lines = [line for wkb in wkbs if not (line := shapely.from_wkb(wkb)).is_empty]
    read = np.cumsum(shapely.get_num_coordinates(np.array(lines, dtype=object)))
    few = int((read <= MAX_SNAPPING_VERTICES).sum())
    return SnappingShapes(lines[:few], few == len(lines))


def _corners(box: Box) -> dict[str, float]:
    west, south, east, north = box
    return {"west": west, "south": south, "east": east, "north": north, "srid": CGCS2000}
