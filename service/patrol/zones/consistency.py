"""Does everybody's ground add up? Gaps, overlaps and parents of zones, and the forest they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import geopandas
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from data.patrol.zone_findings import Finding, zone_findings
from gis.coverage import coverage
from gis.crs import CGCS2000
from gis.unions import in_union
from service.accounts.db.accounts import Account
from service.districts.db import districts
from service.patrol.zones.db.nearby import zones_near
from service.patrol.zones.db.on_day import ZoneOfDay
from service.patrol.zones.db.zones import sees_names
from service.patrol.zones.frames import MaxRows, plots_of_day, zones_of_day, zones_table
from service.patrol.zones.schemas import LEVELS
from service.plots.db.plots import GREEN_STAGES

NOWHERE = shapely.GeometryCollection()
# Places first, the largest first; then what is missing.
KINDS = (
    "overlap",
    "outside_parent",
    "gap",
    "unknown_parent",
    "parent_level",
    "no_chief",
    "no_ranger",
    "two_grids",
)


@dataclass(frozen=True)
class ZoneCheckQuery:
    """Which zones are looked at; None leaves a question open. ``min_m2`` is the tolerance."""

    day: date
    counties: Sequence[str] | None
    level: str | None
    min_m2: float
    max_rows: MaxRows


@dataclass(frozen=True)
class CoveredShare:
    """How much of a county its zones of one level hold; areas in m² on the ellipsoid."""

    district: str
    name: str
    level: str
    zones: int
    district_m2: float
    zones_m2: float
    ground_share: float | None
    forest_m2: float
    forest_in_zones_m2: float
    forest_share: float | None


@dataclass(frozen=True)
class ZoneChecks:
    """What is wrong with a set of zones, and what share of each county they hold."""

    rows: list[Finding]
    held: list[CoveredShare]

    def table(self) -> list[dict[str, Any]]:
        """Findings by the API's names; each message is a `Message`."""
        return [
            {
                "code": row.kind,
                "zones": list(row.codes),
                "message": row.message,
                "area_m2": row.area_m2,
                "at": row.at,
            }
            for row in self.rows
        ]

    def held_table(self) -> list[dict[str, Any]]:
        """Shares by the API's names."""
        return [asdict(row) for row in self.held]


def check_zones(connection: Connection, account: Account, query: ZoneCheckQuery) -> ZoneChecks:
    """Look at all zones of the scope that hold on a day.

    Raises
    ------
    Problem
        422 ``too_many_zones``, ``too_many_plots``.
    """
    zones = zones_of_day(connection, account, query.day, query.counties, query.max_rows)
    looked_at = [zone for zone in zones if query.level in (None, zone.level)]
    return ZoneChecks(
        _findings(connection, account, zones, looked_at, query),
        _held(connection, account, looked_at, query),
    )


def _findings(
    connection: Connection,
    account: Account,
    zones: Sequence[ZoneOfDay],
    looked_at: Sequence[ZoneOfDay],
    query: ZoneCheckQuery,
) -> list[Finding]:
    """Findings of the zones that are looked at, held to parents that may lie above the scope."""
    mine = {zone.code for zone in looked_at}
    wanted = {zone.parent for zone in looked_at if zone.parent is not None} - mine
    above = [zone for zone in zones if zone.code in wanted]
    beyond = _beyond(connection, wanted - {zone.code for zone in above}, query.day)
    frame = zones_table(looked_at)
    # Parents are looked at as ground only: who is responsible there, and what lies above them, is
    # a question of its own.
    parents = pd.DataFrame(
        [(finding.code, finding.level, finding.geometry) for finding in (*above, *beyond)],
        columns=["code", "level", "geometry"],
    )
    whole = geopandas.GeoDataFrame(
        pd.concat([frame, parents], ignore_index=True), geometry="geometry", crs=CGCS2000
    )
    findings = zone_findings(whole, min_m2=query.min_m2, names=sees_names(account))
    ours = mine | {zone.code for zone in above}
    shown = [finding for finding in findings if _is_ours(finding, mine, ours)]
    return sorted(
        shown,
        key=lambda finding: (KINDS.index(finding.kind), -(finding.area_m2 or 0.0), finding.codes),
    )


def _is_ours(finding: Finding, mine: set[str], ours: set[str]) -> bool:
    """A gap is told of a parent in the scope, an overlap of two of ours, all else of one."""
    if finding.kind == "gap":
        return finding.codes[0] in ours
    return set(finding.codes) <= mine if finding.kind == "overlap" else finding.codes[0] in mine


def _beyond(connection: Connection, codes: Iterable[str], day: date) -> list[Any]:
    named = sorted(codes)
    if not named:
        return []
    near = zones_near(connection, NOWHERE, day, day, named=named)
    return [zone for zone in near if zone.code in set(named)]


def _held(
    connection: Connection, account: Account, zones: Sequence[ZoneOfDay], query: ZoneCheckQuery
) -> list[CoveredShare]:
    """Shares of every county, those without a zone too: nobody's forest must be seen."""
    levels = [level for level in LEVELS if any(zone.level == level for zone in zones)]
    tree = districts.tree(connection)
    counties = [
        node.code
        for node in tree.values()
        if node.level == "county"
        and account.covers(node.code)
        and (query.counties is None or node.code in set(query.counties))
    ]
    if not levels or not counties:
        return []
    borders = districts.frame(connection, counties).dropna(subset="geometry")
    forest = plots_of_day(connection, account, query.day, counties, GREEN_STAGES, query.max_rows)
    forest = forest[forest["green_class"] == "forest"]
    parts = [
        (code, level, len(of_level), _united(of_level, border))
        for code, border in zip(borders["code"], borders.geometry, strict=True)
        for level in levels
        for of_level in [[zone for zone in zones if zone.level == level and code in zone.counties]]
    ]
    whole = _figures(list(borders["code"]), list(borders.geometry), forest)
    keys = [f"{code} {level}" for code, level, _count, _ground in parts]
    within = _figures(keys, [ground for *_, ground in parts], forest)
    return [
        _row(tree[code].name, code, level, count, whole[code], within[key])
        for key, (code, level, count, _ground) in zip(keys, parts, strict=True)
    ]


def _united(zones: Sequence[ZoneOfDay], border: BaseGeometry) -> BaseGeometry:
    return in_union(border, [zone.geometry for zone in zones])


def _figures(
    codes: list[str], shapes: list[shapely.Geometry], plots: geopandas.GeoDataFrame
) -> dict[str, tuple[float, float]]:
    """Area and forest of each shape, m²."""
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs=CGCS2000)
    table = coverage(frame, plots[["geometry"]], checked=True)
    pairs = zip(table["district_m2"].tolist(), table["green_m2"].tolist(), strict=True)
    return dict(zip(codes, pairs, strict=True))


def _row(
    name: str,
    code: str,
    level: str,
    count: int,
    whole: tuple[float, float],
    within: tuple[float, float],
) -> CoveredShare:
    return CoveredShare(
        district=code,
        name=name,
        level=level,
        zones=count,
        district_m2=whole[0],
        zones_m2=within[0],
        ground_share=within[0] / whole[0] if whole[0] else None,
        forest_m2=whole[1],
        forest_in_zones_m2=within[1],
        forest_share=within[1] / whole[1] if whole[1] else None,
    )
