"""Coverage of any level: counties from PostGIS, parents as the sums of their counties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.db.accounts import Account
from service.db.coverage import EVERY, By, Choice, CoverageRow, coverage_figures
from service.db.districts import KNOWN_FIRST, DistrictNode, DistrictTree, tree

BELOW_COUNTY = ("town", "village", "group")
EXACT_CELLS = 50


@dataclass(frozen=True)
class DistrictCoverage:
    """One district, or one group of plots in it."""

    code: str
    name: str
    level: str
    parent: str | None
    group: str | None
    district_m2: float
    green_m2: float
    coverage: float | None
    plot_count: int
    sum_m2: float
    overlap_m2: float
    complete: bool
    boundary: str


@dataclass(frozen=True)
class CoverageAnswer:
    """Figures, the moment they were true, and the boundaries that they stand on.

    ``pending_cells`` are left as they were at the last count, the oldest since ``pending_since``.
    """

    rows: list[DistrictCoverage]
    as_of: datetime
    boundary: str
    by: By | None = None
    pending_cells: int = 0
    pending_since: datetime | None = None

    def table(self) -> list[dict[str, Any]]:
        """Rows as dictionaries; ``group`` is left out where nothing was grouped."""
        rows = [dict(vars(row)) for row in self.rows]
        if self.by is None:
            for row in rows:
                del row["group"]
        return rows


@dataclass(frozen=True)
class CoverageQuestion:
    """Which figures are asked for."""

    level: str = "county"
    parent: str | None = None
    by: By | None = None
    choice: Choice = EVERY
    exact_cells: int = EXACT_CELLS


def coverage(connection: Connection, who: Account, asked: CoverageQuestion) -> CoverageAnswer:
    """Coverage of the districts of a level that lie in the account's scope.

    A district above the counties is the sum of those counties that the account may see; it says
    ``complete: false`` when some are missing. Every district of the level has a row, with 0 where
    there are no plots; with ``by`` it has one for every group that occurs anywhere in the answer.
    """
    return coverage_of_levels(connection, who, asked, [asked.level])[0]


def coverage_of_levels(
    connection: Connection, who: Account, asked: CoverageQuestion, levels: Sequence[str]
) -> list[CoverageAnswer]:
    """The same for several levels at or above the county at once: one look at the plots."""
    districts = tree(connection, asked.choice.as_of)
    base = asked.level if asked.level in BELOW_COUNTY else "county"
    targets = {level: _targets(districts, who, replace(asked, level=level)) for level in levels}
    parts = {
        node.code: _parts(districts, who, node, base)
        for those in targets.values()
        for node in those
    }
    codes = sorted({part.code for those in parts.values() for part in those})
    figures = coverage_figures(
        connection, codes, asked.by, asked.choice, exact_cells=asked.exact_cells
    )
    found = figures.rows
    groups: list[str | None] = [None]
    if asked.by is not None:
        groups = [*sorted({row.group for row in found if row.group is not None})]
    cells = {(row.code, row.group): row for row in found}
    boundary = boundary_words(districts[code] for code in codes)
    return [
        CoverageAnswer(
            [
                _row(node, group, parts[node.code], cells, districts)
                for node in targets[level]
                for group in groups
            ],
            figures.moment,
            boundary,
            asked.by,
            figures.pending_cells,
            figures.pending_since,
        )
        for level in levels
    ]


def _targets(districts: DistrictTree, who: Account, asked: CoverageQuestion) -> list[DistrictNode]:
    """Districts of the level: those in scope, and above a county those with a county in scope."""
    return [
        node
        for node in districts.at(asked.level, asked.parent)
        if who.counties is None
        or _parts(districts, who, node, "county")
        or (asked.level in BELOW_COUNTY and _county(districts, node) in who.counties)
    ]


def districts_behind(
    connection: Connection, who: Account, code: str, choice: Choice
) -> list[DistrictNode]:
    """The districts whose plots make the figure of one; none when it is not the account's."""
    districts = tree(connection, choice.as_of)
    node = districts.get(code)
    if node is None:
        return []
    if node.level in BELOW_COUNTY:
        return [node] if who.covers(_county(districts, node) or "") else []
    return _parts(districts, who, node, "county")


def _county(districts: DistrictTree, node: DistrictNode) -> str | None:
    while node.level != "county":
        if node.parent is None or node.parent not in districts:
            return None
        node = districts[node.parent]
    return node.code


def _parts(
    districts: DistrictTree, who: Account, node: DistrictNode, base: str
) -> list[DistrictNode]:
    if node.level == base:
        return [node] if base in BELOW_COUNTY or who.covers(node.code) else []
    return [part for part in districts.at(base, node.code) if who.covers(part.code)]


def _row(
    node: DistrictNode,
    group: str | None,
    parts: list[DistrictNode],
    found: dict[tuple[str, str | None], CoverageRow],
    districts: DistrictTree,
) -> DistrictCoverage:
    mine = [found[part.code, group] for part in parts if (part.code, group) in found]
    district_m2 = sum(part.area_m2 or 0.0 for part in parts)
    green_m2 = sum(row.green_m2 for row in mine)
    sum_m2 = sum(row.sum_m2 for row in mine)
    whole = len(parts) == 1 and parts[0].code == node.code
    if not whole:
        whole = node.complete and len(districts.at("county", node.code)) == len(parts)
    return DistrictCoverage(
        code=node.code,
        name=node.name,
        level=node.level,
        parent=node.parent,
        group=group,
        district_m2=district_m2,
        green_m2=green_m2,
        coverage=green_m2 / district_m2 if district_m2 > 0 else None,
        plot_count=sum(row.plot_count for row in mine),
        sum_m2=sum_m2,
        overlap_m2=sum_m2 - green_m2,
        complete=whole,
        boundary=boundary_words(parts),
    )


def boundary_words(nodes: Iterable[DistrictNode]) -> str:
    """Which boundaries, for people: their sources, each with the newest day that one began."""
    newest: dict[str, str] = {}
    for node in nodes:
        if node.source is not None and node.valid_from is not None:
            newest[node.source] = max(newest.get(node.source, ""), node.valid_from)
    return "; ".join(
        source if since == KNOWN_FIRST else f"{source} ({since} 起)"
        for source, since in sorted(newest.items())
    )
