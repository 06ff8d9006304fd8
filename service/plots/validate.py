"""The verdicts on a plot at the moment it is written, and what it would add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.polygons import from_geojson
from gis.topology import subtract
from gis.verdicts import LIMITS, Surroundings, check, check_geojson
from gis.verdicts import Problem as Verdict
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree
from service.errors import Problem
from service.plots.db.insert import Share, county_shares
from service.plots.db.neighbours import Neighbour, TooManyNeighbours, neighbours
from service.plots.db.plots import GREEN_STAGES
from service.settings import Settings
from service.web.vertices import refuse_many_vertices

# A drawing is overlaid with each plot that it meets, and every overlay reads all of its vertices.
MAX_OVERLAID_VERTICES = 20_000_000


@dataclass(frozen=True)
class Reported:
    """A verdict as it is told to this account: of a foreign plot, place, m² and county only."""

    verdict: Verdict
    plot_id: int | None = None
    county: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Of the form that the interface promises."""
        verdict = self.verdict
        body: dict[str, Any] = {
            "code": verdict.code,
            "severity": verdict.severity,
            "message": f"{verdict.message_zh} {verdict.message_en}",
            "at": None if verdict.at is None else list(verdict.at),
            "area_m2": verdict.area_m2,
            "plot_id": self.plot_id,
        }
        return body | ({"county": self.county} if self.county else {})


@dataclass(frozen=True)
class Validation:
    """All verdicts on a plot, and the ground that it would add to what is counted.

    The areas (m² on the ellipsoid) are None, and there are no shares, where it is no polygon.
    """

    reported: list[Reported]
    area_m2: float | None = None
    adds_m2: float | None = None
    shares: tuple[Share, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing blocks it."""
        return not any(problem.verdict.severity == "block" for problem in self.reported)


def validate(
    connection: Connection,
    account: Account,
    geometry: shapely.MultiPolygon,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    besides: Sequence[int] = (),
) -> Validation:
    """Verdicts on a valid plot: by itself, where it lies, and against what lies around it.

    ``besides`` are the plots that it is, or takes the place of.

    Overlaps are told between plots that would be credited alike: planned ones with planned ones,
    green ones with green ones. The planned plots that it carries out are no overlap.
    """
    neighbours_of_all = neighbours_in_limits(connection, geometry, settings)
    around = [one for one in neighbours_of_all if one.plot_id not in set(besides)]
    competing = credited_alike(around, attributes)
    labels = _labels(connection, account, competing)
    verdicts = check(
        geometry,
        around=Surroundings(others=_shapes(competing), names=[one.name for one in labels]),
        declared_m2=attributes.get("declared_m2"),
    )
    by_name = {one.name: one for one in labels}
    reported = []
    for verdict in verdicts:
        other = by_name.get(verdict.other or "")
        reported.append(
            Reported(verdict) if other is None else Reported(verdict, other.plot_id, other.county)
        )
    shares = tuple(county_shares(connection, [geometry])[0])
    size_m2 = area_m2(geometry)
    reported += map(Reported, outside_districts(account, geometry, size_m2, shares, settings))
    # Its own approved version is counted already: only what it grows by is added.
    counts = attributes.get("stage") in GREEN_STAGES
    return Validation(
        reported, size_m2, adds_m2(geometry, neighbours_of_all) if counts else 0.0, shares
    )


def validate_geojson(
    connection: Connection,
    account: Account,
    geometry: Mapping[str, Any] | None,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    plot_id: int | None = None,
) -> Validation:
    """As :func:`validate`, for a drawn geometry that may be anything: no error is raised for it."""
    if geometry is None:
        return Validation([Reported(verdict) for verdict in check(None)])
    refuse_many_vertices(geometry, settings)
    try:
        polygon = from_geojson(geometry)
    except GeometryError:
        return Validation([Reported(verdict) for verdict in check_geojson(geometry)])
    besides = () if plot_id is None else (plot_id,)
    return validate(connection, account, polygon, attributes, settings, besides=besides)


def neighbours_in_limits(
    connection: Connection, geometry: shapely.MultiPolygon, settings: Settings
) -> list[Neighbour]:
    """Versions of plots that share a point with a plot; no more than can be overlaid in seconds.

    Raises
    ------
    Problem
        422 ``too_many_neighbours``.
    """
    limit = settings.neighbour_limit
    try:
        ground = neighbours(connection, geometry, max_own=limit)
    except TooManyNeighbours:
        raise _too_many_neighbours(limit) from None
    vertices = int(shapely.get_num_coordinates(geometry))
    if len(ground) * vertices > MAX_OVERLAID_VERTICES:
        raise _too_many_neighbours(MAX_OVERLAID_VERTICES // vertices)
    return ground


def _too_many_neighbours(limit: int) -> Problem:
    words = (
        f"图形与超过 {limit} 个图斑相遇，无法逐一核对；请画得小一些，或分成几块。"
        f"The shape meets more than {limit} plots, too many to be compared with: draw it smaller, "
        "or in several parts."
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
    """What of a plot lies outside the writer's districts, refused or warned of.

    More than ``outside_share`` *and* more than ``outside_m2`` must lie outside for a refusal:
    hand-drawn borders never agree to the metre.
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
            message_zh=f"有 {outside_m2:.0f} m²（{outside:.1%}）在{where_zh}之外，"
            "请核对坐标与界线。",
            message_en=f"{outside_m2:.0f} m² ({outside:.1%}) lie outside {where_en}; look at the "
            "coordinates and at the border.",
            at=(point.x, point.y),
            area_m2=outside_m2,
        )
    ]


def raise_for_problems(validation: Validation, acknowledged: Sequence[str]) -> None:
    """Refuse what blocks, and warnings that nobody acknowledged.

    Raises
    ------
    Problem
        422 with the code of the first block, or 409 ``warnings``.
    """
    blocks = [problem for problem in validation.reported if problem.verdict.severity == "block"]
    if blocks:
        first = blocks[0].verdict
        raise Problem(
            422,
            first.code,
            f"{first.message_zh} {first.message_en}",
            errors=[{"field": "geometry", **problem.as_json()} for problem in blocks],
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
            f"请核对下列警告；确认无误后加 ?acknowledge={codes} 重发 / look at the warnings; "
            f"to store the plot all the same repeat with ?acknowledge={codes}",
            errors=[{"field": "geometry", **problem.as_json()} for problem in unacknowledged],
        )


def adds_m2(geometry: shapely.MultiPolygon, around: Sequence[Neighbour]) -> float:
    """Ground of a plot that no approved green version covers yet, m² on the ellipsoid.

    ``around`` are the versions of all plots there, the plot's own among them.
    """
    counted = [
        plot.geometry for plot in around if plot.slot == "approved" and plot.stage in GREEN_STAGES
    ]
    left = subtract(geometry, counted) if counted else geometry
    return 0.0 if left.is_empty else area_m2(left)


def credited_alike(around: Sequence[Neighbour], attributes: Mapping[str, Any]) -> list[Neighbour]:
    """The newest version of each plot that would be credited as this one is."""
    if attributes.get("stage") == "cancelled":
        return []
    green = attributes.get("stage") in GREEN_STAGES
    carried_out = set(attributes.get("plan_ids") or ())
    # The working version comes after the approved one, and takes its place.
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


class _Label(NamedTuple):
    """What a neighbour is called before this account: its number, or nothing but its county."""

    name: str
    plot_id: int | None
    county: str | None


def _labels(connection: Connection, account: Account, plots: Sequence[Neighbour]) -> list[_Label]:
    foreign = any(not account.covers(plot.district) for plot in plots)
    districts = tree(connection) if foreign else {}
    return [
        _Label(str(plot.plot_id), plot.plot_id, None)
        if account.covers(plot.district)
        else _Label(districts[plot.district].name, None, plot.district)
        for plot in plots
    ]
