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
class Finding:
    """A verdict as it is told to this account: of a foreign plot, place, m² and county only."""

    verdict: Verdict
    plot_id: int | None = None
    county: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Of the form that the interface promises."""
        told = self.verdict
        found: dict[str, Any] = {
            "code": told.code,
            "severity": told.severity,
            "message": f"{told.message_zh} {told.message_en}",
            "at": None if told.at is None else list(told.at),
            "area_m2": told.area_m2,
            "plot_id": self.plot_id,
        }
        return found | ({"county": self.county} if self.county else {})


@dataclass(frozen=True)
class Checked:
    """All verdicts on a plot, and the ground that it would add to what is counted.

    The areas (m² on the ellipsoid) are None, and there are no shares, where it is no polygon.
    """

    findings: list[Finding]
    area_m2: float | None = None
    adds_m2: float | None = None
    shares: tuple[Share, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing blocks it."""
        return not any(one.verdict.severity == "block" for one in self.findings)


def look(
    connection: Connection,
    who: Account,
    geometry: shapely.MultiPolygon,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    besides: Sequence[int] = (),
) -> Checked:
    """Verdicts on a valid plot: by itself, where it lies, and against what lies around it.

    ``besides`` are the plots that it is, or takes the place of.

    Overlaps are told between plots that would be credited alike: planned ones with planned ones,
    green ones with green ones. The planned plots that it carries out are no overlap.
    """
    ground = ground_met(connection, geometry, settings)
    around = [one for one in ground if one.plot_id not in set(besides)]
    alike = rivals(around, attributes)
    called = _called(connection, who, alike)
    verdicts = check(
        geometry,
        around=Surroundings(others=_shapes(alike), names=[one.name for one in called]),
        declared_m2=attributes.get("declared_m2"),
    )
    by_name = {one.name: one for one in called}
    findings = []
    for verdict in verdicts:
        other = by_name.get(verdict.other or "")
        findings.append(
            Finding(verdict) if other is None else Finding(verdict, other.plot_id, other.county)
        )
    shares = tuple(county_shares(connection, [geometry])[0])
    size = area_m2(geometry)
    findings += map(Finding, misplaced(who, geometry, size, shares, settings))
    # Its own approved version is counted already: only what it grows by is added.
    counts = attributes.get("stage") in GREEN_STAGES
    return Checked(findings, size, adds_m2(geometry, ground) if counts else 0.0, shares)


def look_geojson(
    connection: Connection,
    who: Account,
    geometry: Mapping[str, Any] | None,
    attributes: Mapping[str, Any],
    settings: Settings,
    *,
    plot_id: int | None = None,
) -> Checked:
    """As :func:`look`, for a drawn geometry that may be anything: nothing is raised for it."""
    if geometry is None:
        return Checked([Finding(one) for one in check(None)])
    refuse_many_vertices(geometry, settings)
    try:
        whole = from_geojson(geometry)
    except GeometryError:
        return Checked([Finding(one) for one in check_geojson(geometry)])
    besides = () if plot_id is None else (plot_id,)
    return look(connection, who, whole, attributes, settings, besides=besides)


def ground_met(
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


def misplaced(
    who: Account,
    geometry: shapely.MultiPolygon,
    size_m2: float,
    shares: Sequence[Share],
    settings: Settings,
) -> list[Verdict]:
    """What of a plot lies outside the writer's districts, refused or warned of.

    More than ``outside_share`` *and* more than ``outside_m2`` must lie outside for a refusal:
    hand-drawn borders never agree to the metre.
    """
    spot = geometry.representative_point()
    mine = [one for one in shares if who.covers(one.county)]
    outside = max(0.0, 1 - sum(one.share for one in mine))
    outside_m2 = outside * size_m2
    refused = not mine or (outside > settings.outside_share and outside_m2 > settings.outside_m2)
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
            at=(spot.x, spot.y),
            area_m2=outside_m2,
        )
    ]


def insist(checked: Checked, acknowledged: Sequence[str]) -> None:
    """Refuse what blocks, and warnings that nobody acknowledged.

    Raises
    ------
    Problem
        422 with the code of the first block, or 409 ``warnings``.
    """
    blocks = [one for one in checked.findings if one.verdict.severity == "block"]
    if blocks:
        first = blocks[0].verdict
        raise Problem(
            422,
            first.code,
            f"{first.message_zh} {first.message_en}",
            errors=[{"field": "geometry", **one.as_json()} for one in blocks],
        )
    left = [
        one
        for one in checked.findings
        if one.verdict.severity == "warn" and one.verdict.code not in acknowledged
    ]
    if left:
        codes = ",".join(dict.fromkeys(one.verdict.code for one in left))
        raise Problem(
            409,
            "warnings",
            f"请核对下列警告；确认无误后加 ?acknowledge={codes} 重发 / look at the warnings; "
            f"to store the plot all the same repeat with ?acknowledge={codes}",
            errors=[{"field": "geometry", **one.as_json()} for one in left],
        )


def adds_m2(geometry: shapely.MultiPolygon, around: Sequence[Neighbour]) -> float:
    """Ground of a plot that no approved green version covers yet, m² on the ellipsoid.

    ``around`` are the versions of all plots there, the plot's own among them.
    """
    counted = [
        one.geometry for one in around if one.slot == "approved" and one.stage in GREEN_STAGES
    ]
    left = subtract(geometry, counted) if counted else geometry
    return 0.0 if left.is_empty else area_m2(left)


def rivals(around: Sequence[Neighbour], attributes: Mapping[str, Any]) -> list[Neighbour]:
    """The newest version of each plot that would be credited as this one is."""
    if attributes.get("stage") == "cancelled":
        return []
    green = attributes.get("stage") in GREEN_STAGES
    carried_out = set(attributes.get("plan_ids") or ())
    # The working version comes after the approved one, and takes its place.
    newest = {one.plot_id: one for one in around if one.plot_id is not None}
    foreign = [one for one in around if one.plot_id is None]
    return [
        one
        for one in (*newest.values(), *foreign)
        if (one.stage in GREEN_STAGES) == green and one.plot_id not in carried_out
    ]


def _shapes(rivals: Sequence[Neighbour]) -> Any:
    shapes = np.empty(len(rivals), dtype=object)
    shapes[:] = [one.geometry for one in rivals]
    return shapes


class _Called(NamedTuple):
    """What a neighbour is called before this account: its number, or nothing but its county."""

    name: str
    plot_id: int | None
    county: str | None


def _called(connection: Connection, who: Account, rivals: Sequence[Neighbour]) -> list[_Called]:
    foreign = any(not who.covers(one.district) for one in rivals)
    districts = tree(connection) if foreign else {}
    return [
        _Called(str(one.plot_id), one.plot_id, None)
        if who.covers(one.district)
        else _Called(districts[one.district].name, None, one.district)
        for one in rivals
    ]
