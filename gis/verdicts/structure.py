"""Why a geometry is no valid polygon: every fault, not only GEOS' first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.edges import MAX_CROSSINGS, crosses_often, refuse_tangled
from gis.errors import GeometryError, Position
from gis.measure import area_m2, length_m
from gis.messages import Message
from gis.polygons import polygon_parts
from gis.validity import check_range, check_valid
from gis.verdicts.problems import Problem, problem, refusal

__all__ = ["faults"]

_MAX_SPOTS = 10  # of an outline that crosses itself a thousand times: ten are enough to correct it
_MAX_PAIRS = 100  # of parts or holes that are looked at for ground in common


def faults(geometry: BaseGeometry | None) -> list[Problem]:
    """What stops a geometry from being a plot at all.

    Parameters
    ----------
    geometry
        Anything, ``(longitude, latitude)`` in degrees when it is a plot.

    Returns
    -------
    list[Problem]
        Empty for a valid polygon or multipolygon on the globe. Every one blocks.

    Examples
    --------
    >>> bow_tie = Polygon([(126.0, 43.8), (126.1, 43.9), (126.1, 43.8), (126.0, 43.9)])
    >>> [(fault.code, fault.at[0]) for fault in faults(bow_tie)]
    [('self_intersection', 126.05)]
    """
    if geometry is None:
        return [problem("missing", Message("没有几何。", "There is no geometry."))]
    if geometry.is_empty:
        words = Message("几何为空，请先绘制。", "The geometry is empty; draw it.")
        return [problem("empty", words)]
    try:
        check_range(geometry)
        if not isinstance(geometry, Polygon | MultiPolygon):
            return list(_no_polygon(geometry))
        refuse_tangled(geometry)
    except GeometryError as error:
        return [refusal(error)]
    if geometry.is_valid:
        return []
    # Each crossing would become a node: report the first one only.
    return [_scribble(geometry)] if crosses_often(geometry) else _invalid(geometry)


def _scribble(geometry: Polygon | MultiPolygon) -> Problem:
    at = _of_geos(geometry).at
    return problem(
        "too_many_crossings",
        Message(
            f"边界自相交超过 {MAX_CROSSINGS} 处，请检查顶点顺序后重新绘制。",
            f"The outline crosses itself at more than {MAX_CROSSINGS} places; look at the order "
            "of its vertices and draw it again.",
        ),
        at=at,
    )


def _no_polygon(geometry: BaseGeometry) -> Iterator[Problem]:
    at = _first(geometry)
    if geometry.geom_type == "LineString" and not shapely.is_closed(geometry):
        ends = shapely.get_coordinates(geometry)[[0, -1]]
        gap = length_m(shapely.LineString(ends))
        yield problem(
            "ring_not_closed",
            Message(
                f"边界线首尾相距 {gap:.2f} m，没有闭合，请闭合成面。",
                f"The ends of the outline are {gap:.2f} m apart; close it into a polygon.",
            ),
            at=at,
        )
        return
    kind = geometry.geom_type
    yield problem(
        "not_polygon",
        Message(
            f"需要面（Polygon 或 MultiPolygon），收到的是 {kind}。",
            f"A Polygon or MultiPolygon is needed, not a {kind}.",
        ),
        at=at,
    )


def _invalid(geometry: Polygon | MultiPolygon) -> list[Problem]:
    parts = list(shapely.get_parts(geometry))
    wrong = [part for part in parts if not part.is_valid]
    problems = [fault for part in wrong[:_MAX_SPOTS] for fault in _of_part(part)]
    if not problems:
        problems = list(_of_parts([part for part in parts if part.is_valid]))
    return problems or [_of_geos(geometry)]


def _of_part(part: Polygon) -> Iterator[Problem]:
    shell = Polygon(part.exterior)
    holes = [Polygon(ring) for ring in part.interiors]
    twisted = [ring for ring in (shell, *holes) if not ring.is_valid]
    count = 0
    for ring in twisted[:_MAX_SPOTS]:
        for fault in _of_ring(ring):
            count += 1
            yield fault
    if not twisted:
        for fault in (*_holes_outside(shell, holes), *_holes_meeting(holes)):
            count += 1
            yield fault
    if not count:
        yield _of_geos(part)


def _of_ring(ring: Polygon) -> Iterator[Problem]:
    spots = list(islice(_crossings(ring), _MAX_SPOTS))
    try:
        check_valid(ring)
    except GeometryError as error:
        first = refusal(error)
        if first.code != "self_intersection" or not spots:
            yield first
            return
    for lon, lat in spots:
        yield problem(
            "self_intersection",
            Message(
                f"边界在（{lon:.6f}, {lat:.6f}）处自相交，请移动该处顶点。",
                f"The outline crosses itself at ({lon:.6f}, {lat:.6f}); move the vertices there.",
            ),
            at=(lon, lat),
        )


def _crossings(ring: Polygon) -> Iterator[Position]:
    """Nodes of the outline where not exactly two of its pieces end."""
    pieces = shapely.get_parts(shapely.node(shapely.LineString(ring.exterior.coords)))
    ends = np.concatenate([shapely.get_coordinates(piece)[[0, -1]] for piece in pieces])
    nodes, counts = np.unique(ends, axis=0, return_counts=True)
    for lon, lat in nodes[counts != 2]:
        yield float(lon), float(lat)


def _holes_outside(shell: Polygon, holes: list[Polygon]) -> Iterator[Problem]:
    shapely.prepare(shell)
    outside = np.flatnonzero(~shapely.covers(shell, np.array(holes, dtype=object)))
    for hole in (holes[n] for n in outside[:_MAX_SPOTS]):
        beyond = polygon_parts(shapely.difference(hole, shell))
        if not beyond.is_empty:
            yield _with_area(
                "hole_outside",
                beyond,
                Message("内环有一部分在外环之外", "A hole lies outside its shell"),
            )


def _holes_meeting(holes: list[Polygon]) -> Iterator[Problem]:
    left, right = shapely.STRtree(holes).query(holes, predicate="intersects")
    once = left < right
    for i, j in islice(zip(left[once], right[once], strict=True), _MAX_PAIRS):
        shared = polygon_parts(shapely.intersection(holes[i], holes[j]))
        if not shared.is_empty:
            yield _with_area("nested_holes", shared, Message("两个内环重叠", "Two holes overlap"))


def _of_parts(parts: list[Polygon]) -> Iterator[Problem]:
    left, right = shapely.STRtree(parts).query(parts, predicate="intersects")
    once = left < right
    for i, j in islice(zip(left[once], right[once], strict=True), _MAX_PAIRS):
        meeting = shapely.intersection(parts[i], parts[j])
        shared = polygon_parts(meeting)
        if not shared.is_empty:
            words = Message("图斑的两个部分重叠", "Two parts of the plot overlap")
            yield _with_area("overlapping_parts", shared, words)
        elif shapely.length(meeting) > 0:
            yield problem(
                "parts_share_edge",
                Message(
                    "图斑的两个部分共用一条边，请合并这两个部分。",
                    "Two parts of the plot share an edge; merge them.",
                ),
                at=_first(meeting),
            )


def _with_area(code: str, place: BaseGeometry, words: Message) -> Problem:
    inside = shapely.point_on_surface(place)
    size = area_m2(place)
    message = Message(f"{words.zh}（{size:.2f} m²）。", f"{words.en} ({size:.2f} m²).")
    return problem(code, message, at=(inside.x, inside.y), area_m2=size)


def _of_geos(geometry: BaseGeometry) -> Problem:
    try:
        check_valid(geometry)
    except GeometryError as error:
        return refusal(error)
    return problem("invalid", Message("几何无效。", "The geometry is not valid."))


def _first(geometry: BaseGeometry) -> Position:
    lon, lat = shapely.get_coordinates(geometry)[0]
    return float(lon), float(lat)
