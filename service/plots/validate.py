"""Checks of a plot at the moment it is written, and the green area that it would add."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.grid import GRID_DEG
from gis.measure import area_m2
from gis.messages import Message
from gis.polygons import from_geojson, polygon_parts
from gis.shared_area import refuse_costly_cut
from gis.topology import subtract
from gis.verdicts import LIMITS, Surroundings, check, check_geojson
from gis.verdicts import Problem as Verdict
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree
from service.errors import Problem
from service.layers.checks import on_layers
from service.layers.db.ground import refused_to
from service.plots.credited import Ground, credited_ground
from service.plots.db.credit import claimed_plot_ids
from service.plots.db.history import plan_ids_ever
from service.plots.db.neighbours import Neighbour, TooManyNeighbours, neighbours
from service.plots.db.places import places_of
from service.plots.db.plan_links import PlanLinks
from service.plots.db.plots import GREEN_STAGES
from service.plots.db.shares import Share, county_shares
from service.plots.kind_rules import kind_rules, wrong_kind_size
from service.plots.places import missing_place, place_filled
from service.plots.plan_links import PLAN_CODES, wrong_plan_links
from service.plots.planting_day import planted_in_future
from service.settings import Settings
from service.web.timestamps import today
from service.web.vertices import refuse_many_vertices

# Each overlay with a neighbour reads all vertices of the drawing, so their product is bounded.
MAX_OVERLAID_VERTICES = 20_000_000


@dataclass(frozen=True, slots=True)
class Reported:
    """A verdict as this account may read it: of a plot out of scope only place, m² and county."""

    verdict: Verdict
    plot_id: int | None = None
    county: str | None = None
    field: str = "geometry"
    """Of the body: what has to be changed."""
    layer: str | None = None
    """Code of the layer that it is about."""
    share: float | None = None
    """Part of the plot on that layer, a ratio."""

    def as_json(self) -> dict[str, Any]:
        """An entry of ``problems`` of the API; ``at`` is [longitude, latitude] in degrees."""
        verdict = self.verdict
        body: dict[str, Any] = {
            "code": verdict.code,
            "severity": verdict.severity,
            "message": verdict.message,
            "at": None if verdict.at is None else list(verdict.at),
            "area_m2": verdict.area_m2,
            "plot_id": self.plot_id,
        }
        if self.layer is not None:
            body |= {"layer": self.layer, "share": self.share}
        return body | ({"county": self.county} if self.county else {})


@dataclass(frozen=True)
class Validation:
    """All verdicts on a plot, and the ground that it would add to the green area.

    ``area_m2`` and ``adds_m2`` are m² on the ellipsoid. Where the geometry is no polygon they are
    None and ``shares`` is empty.
    """

    reported: list[Reported]
    area_m2: float | None = None
    adds_m2: float | None = None
    shares: tuple[Share, ...] = ()
    place: Mapping[str, str] = field(default_factory=dict)
    """Town and village that the attributes do not say and the place of the plot tells."""

    @property
    def valid(self) -> bool:
        """Whether no verdict blocks the plot."""
        return not any(problem.verdict.severity == "block" for problem in self.reported)


def validate(  # noqa: PLR0913 - what every write brings along
    connection: Connection,
    account: Account,
    geometry: shapely.MultiPolygon,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    besides: Sequence[int] = (),
    plans_before: Collection[int] = (),
    claimed: Collection[int] = (),
) -> Validation:
    """Check a valid plot: its shape, its districts, its plans, its neighbours, and its layers.

    Overlaps are reported between plots that would be credited alike: planned plots with planned
    plots, green plots with green plots. A plot may lie on the planned plots that it carries out.

    Parameters
    ----------
    geometry
        Valid, in degrees of CGCS2000.
    besides
        Ids of the plot itself and of the plots that it replaces; they are no neighbours.
    plans_before
        Ids of plans that it may go on naming although they are none any more.
    claimed
        Ids of plots on whose ground it replants or renews: it may lie on them.

    Raises
    ------
    Problem
        422 ``too_many_neighbours``.
    """
    neighbours_of_all = neighbours_in_limits(connection, geometry, settings)
    around = [neighbour for neighbour in neighbours_of_all if neighbour.plot_id not in set(besides)]
    competing = [
        neighbour
        for neighbour in credited_alike(around, attributes)
        if neighbour.plot_id is None or neighbour.plot_id not in claimed
    ]
    labels = neighbour_labels(connection, competing)
    verdicts = check(
        geometry,
        around=Surroundings(
            others=_shapes(competing),
            names=[label.name for label in labels],
            keys=[label.key for label in labels],
        ),
        declared_m2=attributes.get("declared_m2"),
    )
    by_key = {label.key: label for label in labels}
    reported = []
    for verdict in verdicts:
        other = by_key.get(verdict.other or "")
        reported.append(
            Reported(verdict) if other is None else Reported(verdict, other.plot_id, other.county)
        )
    shares = tuple(county_shares(connection, [geometry])[0])
    size_m2 = area_m2(geometry)
    reported += map(Reported, outside_districts(account, geometry, size_m2, shares, settings))
    rules = kind_rules(connection)
    reported += map(Reported, wrong_kind_size(rules, attributes.get("kind"), geometry, size_m2))
    counts = attributes.get("stage") in GREEN_STAGES
    if counts and any(entry.verdict.code in ("overlap", "same_ground") for entry in reported):
        reported += [
            Reported(verdict, row.plot_id, None if row.plot_id else row.district)
            for row, verdict in credited_ground(
                connection, Ground(geometry, {*besides, *claimed}, neighbours_of_all)
            )
        ]
    district = next((share.county for share in shares if account.covers(share.county)), None)
    reported += [
        Reported(verdict, link.plan_id, field="properties.plan_ids")
        for _row, link, verdict in wrong_plan_links(
            connection,
            account,
            [PlanLinks(geometry, attributes.get("plan_ids") or ())],
            [district],
            known_before=plans_before,
        )
    ]
    reported += _on_layers(connection, geometry, attributes)
    if (too_early := planted_in_future(attributes)) is not None:
        reported.append(Reported(too_early, field="properties.planted_on"))
    place: dict[str, str] = {}
    if district is not None:
        place = missing_place(attributes, places_of(connection, [geometry], [district])[0])
    if place:
        reported.append(Reported(place_filled(tree(connection), place), field="properties.town"))
    # The plot's own approved version is counted already, so only what it grows by is added.
    counts = counts and not any(entry.verdict.code == "too_many_edges" for entry in reported)
    added_m2 = adds_m2(connection, geometry, attributes, neighbours_of_all) if counts else 0.0
    return Validation(reported, size_m2, added_m2, shares, place)


def _on_layers(
    connection: Connection, geometry: shapely.MultiPolygon, attributes: Mapping[str, Any]
) -> list[Reported]:
    stage, kind = str(attributes.get("stage")), attributes.get("kind")
    (verdicts,) = on_layers(connection, [geometry], [stage], [kind])
    return [Reported(found.verdict, layer=found.layer, share=found.share) for found in verdicts]


def validate_geojson(
    connection: Connection,
    account: Account,
    geometry: Mapping[str, Any] | None,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    plot_id: int | None = None,
) -> Validation:
    """Check a drawn geometry that may be anything; what is wrong with it is reported, not raised.

    ``plot_id`` is the plot that is being changed, None for a new one.

    Raises
    ------
    Problem
        422 ``too_many_vertices``, ``too_many_neighbours``.
    """
    if geometry is None:
        return Validation([Reported(verdict) for verdict in check(None)])
    refuse_many_vertices(geometry, settings)
    try:
        polygon = from_geojson(geometry)
    except GeometryError:
        return Validation([Reported(verdict) for verdict in check_geojson(geometry)])
    if plot_id is None:
        return validate(connection, account, polygon, attributes, settings)
    return validate(
        connection,
        account,
        polygon,
        attributes,
        settings,
        besides=(plot_id,),
        plans_before=plan_ids_ever(connection, plot_id),
        claimed=claimed_plot_ids(connection, plot_id),
    )


def neighbours_in_limits(
    connection: Connection, geometry: shapely.MultiPolygon, settings: Settings
) -> list[Neighbour]:
    """Versions of plots that share a point with a polygon, when they can be overlaid in seconds.

    Raises
    ------
    Problem
        422 ``too_many_neighbours``.
    GeometryError
        ``too_many_edges``.
    """
    limit = settings.neighbour_limit
    try:
        ground = neighbours(connection, geometry, max_own=limit)
    except TooManyNeighbours:
        raise too_many_neighbours(limit) from None
    vertices = int(shapely.get_num_coordinates(geometry))
    if len(ground) * vertices > MAX_OVERLAID_VERTICES:
        raise too_many_neighbours(MAX_OVERLAID_VERTICES // vertices)
    refuse_costly_cut(geometry, [neighbour.geometry for neighbour in ground])
    return ground


def too_many_neighbours(limit: int) -> Problem:
    """422 for a shape that meets more plots than are compared with it."""
    words = Message(
        f"图形与超过 {limit} 个图斑相遇，无法逐一核对；请画得小一些，或分成几块。",
        f"The shape meets more than {limit} plots, too many to be compared with: draw it "
        "smaller, or in several parts.",
    )
    errors = [{"field": "geometry", "code": "too_many_neighbours", "message": words}]
    return Problem(422, "too_many_neighbours", words, errors=errors)


def outside_districts(
    account: Account,
    geometry: shapely.MultiPolygon,
    size_m2: float,
    shares: Sequence[Share],
    settings: Settings,
) -> list[Verdict]:
    """The verdict on ground outside the account's districts; empty where that is negligible.

    It blocks when more than ``outside_share`` *and* more than ``outside_m2`` lie outside, or all of
    the plot. Less is a warning: two hand-drawn borders never agree to the metre.
    """
    point = geometry.representative_point()
    within_scope = [share for share in shares if account.covers(share.county)]
    outside = max(0.0, 1 - sum(share.share for share in within_scope))
    outside_m2 = outside * size_m2
    refused = not within_scope or (
        outside > settings.outside_share and outside_m2 > settings.outside_m2
    )
    if not refused and outside_m2 <= LIMITS.border_m2:
        return []
    where_zh, where_en = (
        ("已知县界", "every known county")
        if not shares
        else (
            "您的管辖范围",
            "your districts",
        )
    )
    return [
        Verdict(
            code="outside_district" if refused else "crosses_district",
            severity="block" if refused else "warn",
            message=Message(
                f"有 {outside_m2:.0f} m²（{outside:.1%}）在{where_zh}之外，请核对坐标与界线。",
                f"{outside_m2:.0f} m² ({outside:.1%}) lie outside {where_en}; look at the "
                "coordinates and at the border.",
            ),
            at=(point.x, point.y),
            area_m2=outside_m2,
        )
    ]


def raise_for_problems(validation: Validation, acknowledged: Sequence[str]) -> None:
    """Refuse a plot that has blocking problems, or warnings that the writer did not acknowledge.

    Raises
    ------
    Problem
        422 with the code of the first blocking problem (409 when that is a plan that it cannot
        carry out), or 409 ``warnings``.
    """
    blocks = [problem for problem in validation.reported if problem.verdict.severity == "block"]
    if blocks:
        first = blocks[0].verdict
        raise Problem(
            409 if first.code in PLAN_CODES else 422,
            first.code,
            first.message,
            errors=[{"field": problem.field, **problem.as_json()} for problem in blocks],
        )
    unacknowledged = [
        problem
        for problem in validation.reported
        if problem.verdict.severity == "warn" and problem.verdict.code not in acknowledged
    ]
    if unacknowledged:
        codes = ",".join(dict.fromkeys(problem.verdict.code for problem in unacknowledged))
        raise Problem(
            409,
            "warnings",
            Message(
                f"请核对下列警告；确认无误后加 ?acknowledge={codes} 重发",
                "look at the warnings; to store the plot all the same repeat with "
                f"?acknowledge={codes}",
            ),
            errors=[{"field": problem.field, **problem.as_json()} for problem in unacknowledged],
        )


def adds_m2(
    connection: Connection,
    geometry: shapely.MultiPolygon,
    attributes: Mapping[str, Any],
    around: Sequence[Neighbour],
) -> float:
    """Ground that a green plot would add to the green area, m² on the ellipsoid.

    It is counted by no approved green version yet, and no layer refuses it to this plot today.
    ``around`` are the versions of all plots there, also those of the plot itself.
    """
    counted = [plot for plot in around if plot.slot == "approved" and plot.stage in GREEN_STAGES]
    own = (str(attributes["stage"]), attributes.get("kind"))
    plots = {own, *((plot.stage, plot.kind) for plot in counted)}
    refused = refused_to(connection, geometry, plots, today())
    # Refused ground may have many parts, so it is taken from all plots of a kind at once.
    alike: dict[tuple[str, str | None], list[BaseGeometry]] = {}
    for plot in counted:
        alike.setdefault((plot.stage, plot.kind), []).append(plot.geometry)
    covered = [_without(shapes, refused.get(plot)) for plot, shapes in alike.items()]
    taken = [shape for shape in (refused.get(own), *chain.from_iterable(covered)) if shape]
    left = subtract(geometry, taken) if taken else geometry
    return 0.0 if left.is_empty else area_m2(left)


def _without(shapes: list[BaseGeometry], refused: BaseGeometry | None) -> list[BaseGeometry]:
    """What of some shapes is not refused; none for nothing."""
    if refused is None:
        return shapes
    united = shapely.union_all(np.array(shapes, dtype=object), grid_size=GRID_DEG)
    left = polygon_parts(shapely.difference(united, refused))
    return [] if left.is_empty else [left]


def credited_alike(around: Sequence[Neighbour], attributes: Mapping[str, Any]) -> list[Neighbour]:
    """The newest version of each neighbour that would be credited as this plot is.

    A cancelled plot is credited nowhere, so it competes with none.
    """
    if attributes.get("stage") == "cancelled":
        return []
    green = attributes.get("stage") in GREEN_STAGES
    carried_out = set(attributes.get("plan_ids") or ())
    # Sorted by slot: the working version comes after the approved one and replaces it here.
    newest = {plot.plot_id: plot for plot in around if plot.plot_id is not None}
    foreign = [plot for plot in around if plot.plot_id is None]
    return [
        plot
        for plot in (*newest.values(), *foreign)
        if (plot.stage in GREEN_STAGES) == green and plot.plot_id not in carried_out
    ]


def _shapes(plots: Sequence[Neighbour]) -> Any:
    shapes = np.empty(len(plots), dtype=object)
    shapes[:] = [plot.geometry for plot in plots]
    return shapes


class NeighbourLabel(NamedTuple):
    """How a neighbour is named to this account: by its number, or by its county out of scope."""

    key: str
    name: Message
    plot_id: int | None
    county: str | None


def neighbour_labels(connection: Connection, plots: Sequence[Neighbour]) -> list[NeighbourLabel]:
    """What neighbours are called to this account."""
    foreign = any(plot.plot_id is None for plot in plots)
    districts = tree(connection) if foreign else {}
    return [
        NeighbourLabel(f"plot {plot.plot_id}", _numbered(plot), plot.plot_id, None)
        if plot.plot_id is not None
        else NeighbourLabel(
            f"county {plot.district}",
            _of_county(districts[plot.district].name),
            None,
            plot.district,
        )
        for plot in plots
    ]


def _numbered(plot: Neighbour) -> Message:
    return Message(f"{plot.year} 年图斑 {plot.plot_no} ", f"plot {plot.plot_no} of {plot.year}")


def _of_county(name: str) -> Message:
    return Message(f"{name}的图斑", f"a plot of {name}")
