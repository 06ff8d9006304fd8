"""Proposals for a drawing that is wrong: repaired, cut free of its neighbours, cut to a border."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.polygons import as_multipolygon, from_geojson, without_empty_parts
from gis.repair import propose
from gis.topology import clip, subtract
from gis.validity import REASONS
from service.accounts.db.accounts import Account
from service.districts.db.districts import shapes, tree
from service.errors import Problem
from service.plots.db.insert import county_shares
from service.plots.db.neighbours import MAX_SHAPES, shapes_outside_scope
from service.plots.validate import credited_alike, neighbours_in_limits
from service.settings import Settings
from service.web.vertices import refuse_many_vertices

Way = Literal["repair", "subtract", "clip"]
_MARGIN_DEG = 0.001
# What a repair is for: the positions are sound, only the rings are not.
_RINGS_AT_FAULT = frozenset({"ring_not_closed", "too_few_points", "invalid"}) | {
    code for code, _words in REASONS.values() if code != "not_finite"
}


class RepairProposal(NamedTuple):
    """A shape in the place of another; areas in m², ``change_m2`` None where rings crossed."""

    geometry: MultiPolygon
    area_m2: float
    change_m2: float | None


def propose_repair(  # noqa: PLR0913 - what a proposal looks at
    connection: Connection,
    who: Account,
    geometry: Mapping[str, Any],
    attributes: Mapping[str, Any],
    way: Way,
    settings: Settings,
    *,
    plot_id: int | None = None,
) -> RepairProposal:
    """What a drawing would be; nothing is stored, and nothing happens until somebody says so.

    Raises
    ------
    Problem
        422 ``nothing_left`` when nothing of the drawing would be left, ``too_many_vertices``,
        ``too_many_neighbours``.
    GeometryError
        The drawing cannot be mended without guessing.
    """
    refuse_many_vertices(geometry, settings)
    if way == "repair":
        repair = propose(_drawn(geometry))
        return _told(repair.after, None)
    whole = from_geojson(geometry)
    if way == "subtract":
        others = _others(connection, who, whole, attributes, plot_id, settings)
        after = subtract(whole, others)
    else:
        # Only what of the districts lies under the drawing is united.
        ground = _districts(connection, who, whole, attributes.get("district"))
        after = clip(whole, ground)
    return _told(after, area_m2(whole))


def repaired_m2(geometry: Mapping[str, Any] | None) -> float | None:
    """Area that the repair of a drawing would leave, m²; None where nothing can be repaired."""
    try:
        return None if geometry is None else propose(_drawn(geometry)).after_m2 or None
    except GeometryError:
        return None


def _told(after: MultiPolygon, before_m2: float | None) -> RepairProposal:
    if after.is_empty:
        raise Problem(
            422,
            "nothing_left",
            "修复后什么都不剩，请重新绘制；nothing of the shape would be left: draw it again",
            errors=[{"field": "geometry", "code": "nothing_left"}],
        )
    left_m2 = area_m2(after)
    return RepairProposal(after, left_m2, None if before_m2 is None else left_m2 - before_m2)


def _drawn(geometry: Mapping[str, Any]) -> BaseGeometry:
    """The shape as it was drawn, its rings closed; whatever else is wrong with it stays."""
    try:
        return from_geojson(geometry)
    except GeometryError as error:
        if error.code not in _RINGS_AT_FAULT:
            raise
    try:
        return shape(without_empty_parts(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, OverflowError) as error:
        raise GeometryError(
            "这个图形无法修复，请重新绘制。 The shape cannot be repaired; draw it again.",
            code="not_geojson",
        ) from error


def _others(
    connection: Connection,
    who: Account,
    whole: MultiPolygon,
    attributes: Mapping[str, Any],
    plot_id: int | None,
    settings: Settings,
) -> list[BaseGeometry]:
    """Plots that would be credited alike; beyond the scope no more than is served to snap to."""
    met = [
        one
        for one in neighbours_in_limits(connection, whole, settings)
        if plot_id is None or one.plot_id != plot_id
    ]
    mine = [one.geometry for one in credited_alike(met, attributes) if who.covers(one.district)]
    beyond = shapes_outside_scope(connection, whole.bounds)
    if not beyond.complete:
        raise Problem(
            422,
            "too_many_shapes",
            f"图形范围内的邻县图斑超过 {MAX_SHAPES} 个，无法一并避让，请分块绘制；more than "
            f"{MAX_SHAPES} plots of neighbours lie around the shape, too many to cut it at: "
            "draw it in parts",
            errors=[{"field": "geometry", "code": "too_many_shapes"}],
        )
    return [*mine, *map(as_multipolygon, beyond.shapes)]


def _districts(
    connection: Connection, who: Account, whole: MultiPolygon, code: str | None
) -> BaseGeometry:
    """The named county, or all of the scope's that the drawing meets."""
    shares = county_shares(connection, [whole])[0]
    codes = [one.county for one in shares if who.covers(one.county)]
    if code is not None:
        codes = [code] if code in tree(connection) and who.covers(code) else []
    if not codes:
        raise Problem(
            422,
            "nothing_left",
            "图形不在您的管辖范围内；the shape lies in none of your districts: draw it there",
            errors=[{"field": "geometry", "code": "nothing_left"}],
        )
    near = shapely.box(*whole.bounds).buffer(_MARGIN_DEG, join_style="mitre")
    counties = np.asarray(shapes(connection, codes), dtype=object)
    return shapely.union_all(shapely.intersection(counties, near))
