"""Proposals for a wrong drawing: rings repaired, neighbours subtracted, clipped to a border."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.empty_parts import without_empty_parts
from gis.errors import GeometryError
from gis.measure import area_m2
from gis.messages import Message
from gis.polygons import as_multipolygon, from_geojson, polygon_parts
from gis.repair import propose
from gis.topology import clip, subtract
from gis.validity import REASONS
from service.accounts.db.accounts import Account
from service.districts.db.districts import shapes, tree
from service.errors import Problem
from service.layers.db.ground import refused_shapes
from service.plots.db.neighbours import MAX_SHAPES, shapes_outside_scope
from service.plots.db.shares import county_shares
from service.plots.validate import credited_alike, neighbours_in_limits
from service.settings import Settings
from service.web.timestamps import today
from service.web.vertices import refuse_many_vertices

Way = Literal["repair", "subtract", "clip", "keep_off"]
# Features of layers that one drawing is cut by.
MAX_REFUSING = 500
_MARGIN_DEG = 0.001
# Errors that a repair can mend: the positions are valid, only the rings are not.
_RINGS_AT_FAULT = frozenset({"ring_not_closed", "too_few_points", "invalid"}) | {
    code for code, _words in REASONS.values() if code != "not_finite"
}


class RepairProposal(NamedTuple):
    """A shape in the place of another; areas in m² on the ellipsoid.

    ``change_m2`` is None where the rings crossed, so that there was no area before.
    """

    geometry: MultiPolygon
    area_m2: float
    change_m2: float | None


def propose_repair(  # noqa: PLR0913 - what a proposal looks at
    connection: Connection,
    account: Account,
    geometry: Mapping[str, Any],
    attributes: Mapping[str, Any],
    way: Way,
    settings: Settings,
    *,
    plot_id: int | None = None,
) -> RepairProposal:
    """What a drawing would become; nothing is stored.

    Parameters
    ----------
    geometry
        GeoJSON in degrees of CGCS2000.
    way
        ``repair`` crossing rings, ``subtract`` other plots, ``clip`` to the account's districts,
        ``keep_off`` the layers that refuse it.
    plot_id
        The plot that is being changed; None for a new one.

    Raises
    ------
    Problem
        422 ``nothing_left``, ``too_many_vertices``, ``too_many_neighbours``, ``too_many_shapes``.
    GeometryError
        The drawing cannot be repaired without guessing.
    """
    refuse_many_vertices(geometry, settings)
    if way == "repair":
        repair = propose(_drawn(geometry))
        return _proposal(repair.after, None)
    polygon = from_geojson(geometry)
    if way == "subtract":
        others = _others(connection, polygon, attributes, plot_id, settings)
        after = subtract(polygon, others)
    elif way == "keep_off":
        after = subtract(polygon, _refusing(connection, polygon, attributes))
    else:
        # Only the part of the districts under the drawing is united: whole counties take longer.
        ground = _districts(connection, account, polygon, attributes.get("district"))
        after = clip(polygon, ground)
    return _proposal(after, area_m2(polygon))


def repaired_m2(geometry: Mapping[str, Any] | None) -> float | None:
    """Area that the repair of a drawing would leave, m²; None where nothing can be repaired."""
    try:
        return None if geometry is None else propose(_drawn(geometry)).after_m2 or None
    except GeometryError:
        return None


def _proposal(after: MultiPolygon, before_m2: float | None) -> RepairProposal:
    if after.is_empty:
        raise Problem(
            422,
            "nothing_left",
            Message(
                "修复后什么都不剩，请重新绘制",
                "nothing of the shape would be left: draw it again",
            ),
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
            Message(
                "这个图形无法修复，请重新绘制。",
                "The shape cannot be repaired; draw it again.",
            ),
            code="not_geojson",
        ) from error


def _others(
    connection: Connection,
    polygon: MultiPolygon,
    attributes: Mapping[str, Any],
    plot_id: int | None,
    settings: Settings,
) -> list[BaseGeometry]:
    """Plots that would be credited alike; beyond the scope no more than is served to snap to."""
    neighbours = [
        neighbour
        for neighbour in neighbours_in_limits(connection, polygon, settings)
        if plot_id is None or neighbour.plot_id != plot_id
    ]
    own = [
        neighbour.geometry
        for neighbour in credited_alike(neighbours, attributes)
        if neighbour.plot_id is not None
    ]
    beyond = shapes_outside_scope(connection, polygon.bounds)
    if not beyond.complete:
        raise Problem(
            422,
            "too_many_shapes",
            Message(
                f"图形范围内的邻县图斑超过 {MAX_SHAPES} 个，或其顶点过多，无法一并避让，请分块绘制",
                f"more than {MAX_SHAPES} plots of neighbours lie around the shape, or plots of too "
                "many vertices, to cut it at: draw it in parts",
            ),
            errors=[{"field": "geometry", "code": "too_many_shapes"}],
        )
    return [*own, *map(as_multipolygon, beyond.shapes)]


def _refusing(
    connection: Connection, polygon: MultiPolygon, attributes: Mapping[str, Any]
) -> list[BaseGeometry]:
    """The ground of layers that refuse the drawing, near it."""
    stage, kind = str(attributes.get("stage")), attributes.get("kind")
    shapes = refused_shapes(connection, polygon, stage, kind, today(), limit=MAX_REFUSING)
    if len(shapes) > MAX_REFUSING:
        raise Problem(
            422,
            "too_many_shapes",
            Message(
                f"图形与控制线图层的 {MAX_REFUSING} 多处相遇，无法一并避让，请分块绘制",
                f"the shape meets more than {MAX_REFUSING} features of layers, too many to cut it "
                "at: draw it in parts",
            ),
            errors=[{"field": "geometry", "code": "too_many_shapes"}],
        )
    near = shapely.box(*polygon.bounds).buffer(_MARGIN_DEG, join_style="mitre")
    return [polygon_parts(shapely.intersection(shape, near)) for shape in shapes]


def _districts(
    connection: Connection, account: Account, polygon: MultiPolygon, code: str | None
) -> BaseGeometry:
    """The named county, or all of the scope's that the drawing meets."""
    shares = county_shares(connection, [polygon])[0]
    codes = [share.county for share in shares if account.covers(share.county)]
    if code is not None:
        codes = [code] if code in tree(connection) and account.covers(code) else []
    if not codes:
        raise Problem(
            422,
            "nothing_left",
            Message(
                "图形不在您的管辖范围内",
                "the shape lies in none of your districts: draw it there",
            ),
            errors=[{"field": "geometry", "code": "nothing_left"}],
        )
    near = shapely.box(*polygon.bounds).buffer(_MARGIN_DEG, join_style="mitre")
    counties = np.asarray(shapes(connection, codes), dtype=object)
    return shapely.union_all(shapely.intersection(counties, near))
