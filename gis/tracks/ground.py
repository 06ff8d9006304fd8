"""How much of a zone was walked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.grid import on_grid
from gis.measure import area_m2, areas_m2, length_m
from gis.messages import Message
from gis.plane import plane_around
from gis.polygons import as_multipolygon, polygon_parts
from gis.tracks.track import Track

__all__ = ["Walked", "ground_m2", "length_and_time_within", "swath", "union", "walked", "within"]

_STEP_DEG = 0.005  # straight in degrees and straight in the plane are 5 mm apart over this
_MARGIN_DEG = 1e-6  # so that a line due north has ground around it, too
_PIECE = 500  # vertices; beyond it a line is swept piece by piece
_QUARTER = 16  # segments of a quarter circle: its area is 0.16 % small


class Walked(NamedTuple):
    """The part of a zone within reach of the walked lines."""

    share: float
    """`walked_m2` over `zone_m2`, 0 to 1."""
    walked_m2: float
    zone_m2: float
    ground: MultiPolygon
    """The walked ground in degrees; empty when nothing of the zone was reached."""


def walked(lines: Iterable[BaseGeometry], zone: BaseGeometry, *, reach_m: float) -> Walked:
    """Share of a zone within reach of the lines; ground walked twice counts once.

    Parameters
    ----------
    lines
        Lines (or points) in degrees, as :meth:`gis.tracks.Track.line` gives them. None of them,
        and empty ones, reach nothing.
    zone
        Valid Polygon or MultiPolygon in degrees.
    reach_m
        How far to either side a walker sees, metres, above 0.

    Returns
    -------
    Walked
        Ellipsoidal areas.

    Raises
    ------
    GeometryError
        ``bad_limit`` and the codes of :func:`gis.polygons.as_multipolygon` for the zone.

    Notes
    -----
    Buffers are drawn in a metre plane around the zone, true to 1e-5 within 50 km of its middle;
    areas are those of the ellipsoid.

    Examples
    --------
    >>> zone = shapely.box(126.0, 43.8, 126.02, 43.81)
    >>> way = shapely.LineString([(125.99, 43.805), (126.03, 43.805)])
    >>> round(walked([way], zone, reach_m=25.0).share, 3)
    0.045
    """
    if not (np.isfinite(reach_m) and reach_m > 0):
        raise GeometryError(
            Message(
                f"可视距离必须大于 0 米，收到的是 {reach_m}。",
                f"A reach must be above 0 metres, not {reach_m}.",
            ),
            code="bad_limit",
        )
    area = as_multipolygon(zone)
    zone_m2 = area_m2(area)
    plane = plane_around(area)
    ways = [shapely.segmentize(line, _STEP_DEG) for line in lines if not line.is_empty]
    swept = _swept([plane.to_metres(way) for way in ways], reach_m)
    # Cut in degrees, where the edges of the zone are straight; with as many vertices as the swept
    # ground has, or a geodesic of 8 km would shave 6 000 m² off a strip along the border.
    fine = shapely.segmentize(area, _STEP_DEG)
    reached = shapely.intersection(plane.to_degrees(swept), fine)
    ground = _settled(polygon_parts(reached))
    walked_m2 = min(area_m2(ground), zone_m2)
    return Walked(walked_m2 / zone_m2, walked_m2, zone_m2, ground)


def swath(line: BaseGeometry, *, reach_m: float) -> MultiPolygon:
    """The ground within reach of a line, wherever it lies; see `walked` for the share of a zone.

    Parameters
    ----------
    line
        In degrees; an empty one reaches nothing.
    reach_m
        How far to either side a walker sees, metres, above 0.

    Notes
    -----
    Drawn in a metre plane around the line: `walked`, whose plane is the zone's, agrees to 1e-4.

    Examples
    --------
    >>> way = shapely.LineString([(126.0, 43.8), (126.01, 43.8)])
    >>> round(area_m2(swath(way, reach_m=25.0)), -2)
    42200.0
    """
    if line.is_empty:
        return MultiPolygon()
    west, south, east, north = shapely.bounds(line)
    plane = plane_around(
        shapely.box(
            west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG
        )
    )
    flat = plane.to_metres(shapely.segmentize(line, _STEP_DEG))
    return _settled(plane.to_degrees(_swept([flat], reach_m)))


def _swept(flat: Sequence[BaseGeometry], reach_m: float) -> BaseGeometry:
    """Ground within reach of lines in a metre plane.

    A long track that goes to and fro crosses itself very often: as one line, 200 000 fixes in a
    grid took two minutes and 4 GB. Pieces with round ends that share a vertex cover the same.
    """
    pieces = np.array([piece for line in flat for piece in _pieces(line)], dtype=object)
    reached = shapely.buffer(pieces, reach_m, quad_segs=_QUARTER)
    # A single buffer is a union already; another union would double the time.
    return reached[0] if len(reached) == 1 else shapely.union_all(reached)


def _pieces(line: BaseGeometry) -> list[BaseGeometry]:
    if shapely.get_num_coordinates(line) <= _PIECE:
        return [line]
    return [
        LineString(at[first : first + _PIECE + 1])
        for at in map(shapely.get_coordinates, shapely.get_parts(line))
        for first in range(0, max(len(at) - 1, 1), _PIECE)
    ]


def within(ground: MultiPolygon, zone: BaseGeometry) -> MultiPolygon:
    """The part of a swath in a zone, cut as by `walked`.

    Examples
    --------
    >>> from shapely import box
    >>> half = within(as_multipolygon(box(126, 43.8, 126.002, 43.801)), box(126.001, 43, 127, 44))
    >>> half.bounds
    (126.001, 43.8, 126.002, 43.801)
    """
    if shapely.covers(zone, ground):
        return ground
    reached = shapely.intersection(ground, shapely.segmentize(zone, _STEP_DEG))
    return _settled(polygon_parts(reached))


def union(grounds: Sequence[MultiPolygon]) -> MultiPolygon:
    """Union of walked ground.

    Parameters
    ----------
    grounds
        As `swath` and `within` give them; empty ones add nothing.

    Examples
    --------
    >>> from shapely import box
    >>> both = [as_multipolygon(box(126, 43.8, 126.002, 43.8 + high)) for high in (0.001, 0.002)]
    >>> union(both).bounds, union([]).is_empty
    ((126.0, 43.8, 126.002, 43.802), True)
    """
    drawn = [ground for ground in grounds if not ground.is_empty]
    if len(drawn) == 1:
        return drawn[0]
    return MultiPolygon(list(shapely.get_parts(polygon_parts(shapely.union_all(drawn)))))


def ground_m2(ground: MultiPolygon) -> float:
    """Area of walked ground on the ellipsoid, square metres; 0 when it is empty.

    A swath has a hole in each of its loops: `gis.measure.areas_m2` measures all of its rings at
    once, 1e-7 off `area_m2` at most.

    Examples
    --------
    >>> round(ground_m2(as_multipolygon(shapely.box(126.00, 43.80, 126.01, 43.81))))
    894072
    """
    return float(areas_m2(np.array([ground], dtype=object), checked=True)[0])


def length_and_time_within(
    walk: Track, zone: BaseGeometry, *, steps: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """Metres and seconds of a track that lie in a zone.

    Parameters
    ----------
    walk
        A track.
    zone
        Valid Polygon or MultiPolygon in degrees.
    steps
        Which of its n - 1 steps count, as from :meth:`Track.plausible_steps`; all when None.

    Returns
    -------
    tuple[float, float]
        Metres: the way cut by the zone. Seconds: those of the steps whose middle lies inside.

    Examples
    --------
    >>> from gis.tracks import track
    >>> way = track([[126.0, 43.8], [126.01, 43.8], [126.02, 43.8]], [0.0, 600.0, 1200.0])
    >>> metres, seconds = length_and_time_within(way, shapely.box(126.01, 43.7, 127.0, 43.9))
    >>> round(metres), seconds
    (805, 600.0)
    """
    shapely.prepare(zone)  # as it stays for the next track in the same zone
    counted = np.ones(len(walk) - 1, dtype=bool) if steps is None else steps
    if len(walk) > 1 and shapely.covers(zone, shapely.linestrings(walk.at)):
        whole_s = np.diff(walk.seconds)[counted].sum()
        return float(walk.metres()[counted].sum()), float(whole_s)
    middles = ((walk.at[:-1] + walk.at[1:]) / 2)[counted]
    seconds = np.diff(walk.seconds)[counted][shapely.intersects_xy(zone, middles)].sum()
    pairs = np.stack([walk.at[:-1], walk.at[1:]], axis=1)[counted]
    ways = np.asarray(shapely.linestrings(pairs), dtype=object)
    within = shapely.covers(zone, ways)
    crossing = ~within & shapely.intersects(zone, ways)
    cut = sum(length_m(shapely.intersection(zone, way)) for way in ways[crossing])
    return float(walk.metres()[counted][within].sum() + cut), float(seconds)


def _settled(shape: BaseGeometry) -> MultiPolygon:
    if shape.is_empty:
        return MultiPolygon()
    whole = on_grid(np.array([shape if shape.is_valid else shape.buffer(0)], dtype=object))[0]
    return MultiPolygon(list(shapely.get_parts(polygon_parts(whole))))
