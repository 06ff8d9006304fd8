"""Coverage of any level: counties from PostGIS, parents as the sums of their counties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

from pydantic_core import to_json
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.coverage.db.figures import (
    EVERY,
    MATERIALISED_GROUPINGS,
    By,
    Choice,
    CoverageResult,
    coverage_figures,
)
from service.districts.db.districts import KNOWN_FIRST, DistrictNode, DistrictTree, tree
from service.web.language import localised

OUTSIDE = Message("不在任何已知行政区内", "in no known district")
GroupBy = By | Literal["year"]
"""What rows of an answer are groups of; by year those of a lake only."""
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
    refused_m2: float
    complete: bool
    boundary: str
    area_kind: str | None = None
    """Of a reporting area."""

    def table_row(self) -> dict[str, Any]:
        """The figures by name; ``group`` and ``area_kind`` only where there are any."""
        return {
            name: getattr(self, name)
            for name in COLUMNS
            if name not in ("group", "area_kind") or getattr(self, name) is not None
        }

    @cached_property
    def as_json(self) -> bytes:
        """The row as JSON, serialised once: unchanged rows are reused."""
        return to_json(self.table_row())


COLUMNS = tuple(column.name for column in fields(DistrictCoverage))


class CoverageRows(tuple[DistrictCoverage, ...]):
    """The rows of an answer."""

    @cached_property
    def as_json(self) -> bytes:
        """A list of them."""
        return b"[" + b",".join(row.as_json for row in self) + b"]"


@dataclass(frozen=True)
class CoverageAnswer:
    """Figures, the moment they were true, and the boundaries that they stand on.

    ``pending_cells`` are left as they were at the last count, the oldest since ``pending_since``.
    """

    rows: CoverageRows
    as_of: datetime
    boundary: str
    by: GroupBy | None = None
    pending_cells: int = 0
    pending_since: datetime | None = None
    outside_m2: float = 0.0
    """What of the plots lies in no known county; below the county, of those that rows count, what
    lies in no known district of the level."""

    def table(self) -> list[dict[str, Any]]:
        """Rows as dictionaries; ``group`` is left out where nothing was grouped."""
        return [row.table_row() for row in self.rows]

    def outside_rows(self) -> list[dict[str, Any]]:
        """One row without a code for ``outside_m2``, so that ``sum_m2`` adds up; none for 0."""
        if self.outside_m2 <= 0:
            return []
        return [{"code": "", "name": localised(OUTSIDE), "sum_m2": self.outside_m2}]


@dataclass(frozen=True)
class CoverageQuestion:
    """Which figures are asked for."""

    level: str = "county"
    parent: str | None = None
    by: By | None = None
    choice: Choice = EVERY
    exact_cells: int = EXACT_CELLS


def own_choice(account: Account, choice: Choice) -> Choice:
    """The choice; without units, that of an account of units alone is of the plots of its units."""
    if account.units and account.counties == () and choice.units is None:
        return replace(choice, units=account.units)
    return choice


def coverage(
    connection: Connection, account: Account, question: CoverageQuestion
) -> CoverageAnswer:
    """Coverage of the districts of a level that lie in the account's scope.

    Of plots of its own units an account gets those districts of the whole tree that have some.

    A district above the counties is the sum of those counties that the account may see; it says
    ``complete: false`` when some are missing. Every district of the level has a row, with 0 where
    there are no plots; with ``by`` it has one for every group that occurs anywhere in the answer.
    """
    return coverage_of_levels(connection, account, question, [question.level])[0]


class _Sums(NamedTuple):
    """Figures of one district and group."""

    green_m2: float
    sum_m2: float
    refused_m2: float
    plot_count: int


_NOTHING = _Sums(0.0, 0.0, 0.0, 0)


@dataclass(frozen=True)
class _Target:
    """A district of an answer: its values that do not depend on the plots."""

    node: DistrictNode
    codes: list[str]
    district_m2: float
    whole: bool
    boundary: str
    rows: dict[str | None, tuple[_Sums, DistrictCoverage]] = field(default_factory=dict)
    """Last row returned per group, reused while its sums are unchanged."""

    def row(
        self, group: str | None, sums_of: dict[tuple[str, str | None], _Sums]
    ) -> DistrictCoverage:
        """The figures of one group."""
        if len(self.codes) == 1:
            sums = sums_of.get((self.codes[0], group), _NOTHING)
        else:
            mine = [sums_of[code, group] for code in self.codes if (code, group) in sums_of]
            sums = _Sums(*map(sum, zip(*mine, strict=True))) if mine else _NOTHING
        last = self.rows.get(group)
        if last is None or last[0] != sums:
            last = self.rows[group] = (sums, self._made(group, sums))
        return last[1]

    def _made(self, group: str | None, sums: _Sums) -> DistrictCoverage:
        # Two sums of the same numbers may differ in the last digit: this one is of its parts.
        overlap_m2 = max(0.0, sums.sum_m2 - sums.green_m2 - sums.refused_m2)
        return DistrictCoverage(
            code=self.node.code,
            name=self.node.name,
            level=self.node.level,
            parent=self.node.parent,
            group=group,
            district_m2=self.district_m2,
            green_m2=sums.green_m2,
            coverage=sums.green_m2 / self.district_m2 if self.district_m2 > 0 else None,
            plot_count=sums.plot_count,
            sum_m2=sums.green_m2 + overlap_m2 + sums.refused_m2,
            overlap_m2=overlap_m2,
            refused_m2=sums.refused_m2,
            complete=self.whole,
            boundary=self.boundary,
        )


@dataclass(frozen=True)
class _Plan:
    """Which districts a question is about, and which districts' figures make theirs."""

    targets: list[list[_Target]]
    codes: list[str]
    every: bool
    """Whether the codes are all of their level."""
    boundary: str
    answered: dict[GroupBy | None, tuple[int, list[CoverageRows]]] = field(default_factory=dict)
    """The last answer by grouping, with the stamp of its figures."""

    @property
    def rows(self) -> int:
        """The number of rows without groups."""
        return sum(map(len, self.targets))


_MAX_CACHED_ROWS = 20_000  # of one tree, over all questions and accounts: a kilobyte each


def coverage_of_levels(
    connection: Connection, account: Account, question: CoverageQuestion, levels: Sequence[str]
) -> list[CoverageAnswer]:
    """As :func:`coverage`, for several levels at or above the county in one query."""
    districts = tree(connection, question.choice.as_of, borders_on=question.choice.borders_on)
    question = replace(question, choice=own_choice(account, question.choice))
    everywhere = _everywhere(account, question.choice)
    seen = account
    if everywhere:
        seen = replace(account, counties=None)
    base = question.level if question.level in BELOW_COUNTY else "county"
    plan = _plan(districts, seen, question.parent, base, tuple(levels))
    whole = (
        plan.every
        and seen.counties is None
        and question.choice == EVERY
        and question.by in MATERIALISED_GROUPINGS
    )
    figures = coverage_figures(
        connection,
        None if whole else plan.codes,
        question.by,
        question.choice,
        level=base,
        exact_cells=question.exact_cells,
    )
    rows_of_levels = _rows(plan, question.by, figures)
    boundary = plan.boundary
    if everywhere:
        rows_of_levels = [_with_plots(rows) for rows in rows_of_levels]
        boundary = boundary_words(districts[code] for code in {row.code for row in figures.rows})
    return [
        CoverageAnswer(
            rows,
            figures.moment,
            boundary,
            question.by,
            figures.pending_cells,
            figures.pending_since,
            figures.outside_m2,
        )
        for rows in rows_of_levels
    ]


def counties_behind(districts: DistrictTree, level: str, parent: str | None) -> list[str] | None:
    """Codes of the counties that an answer for the whole tree is made of; None where it is all."""
    plan = _plan(districts, _EVERYBODY, parent, "county", (level,))
    return None if plan.every else plan.codes


def rolled_up(
    districts: DistrictTree,
    figures: CoverageResult,
    *,
    level: str = "county",
    parent: str | None = None,
    by: GroupBy | None = None,
) -> CoverageAnswer:
    """An answer made of figures of counties that were computed elsewhere, for the whole tree."""
    plan = _plan(districts, _EVERYBODY, parent, "county", (level,))
    return CoverageAnswer(
        _rows(plan, by, figures)[0],
        figures.moment,
        plan.boundary,
        by,
        outside_m2=figures.outside_m2,
    )


_EVERYBODY: Final = Account(0, "lake", "viewer", (), None)


def _everywhere(account: Account, choice: Choice) -> bool:
    """Whether the figures are of the account's own units: it sees their plots in every district."""
    return (
        account.counties is not None
        and bool(choice.units)
        and set(choice.units or ()) <= set(account.units)
    )


def _with_plots(rows: CoverageRows) -> CoverageRows:
    """The rows of districts in which there is a plot."""
    there = {row.code for row in rows if row.plot_count}
    return CoverageRows(row for row in rows if row.code in there)


def _rows(plan: _Plan, by: GroupBy | None, figures: CoverageResult) -> list[CoverageRows]:
    """The rows of each level; the same ones as before when the figures are the same."""
    last = plan.answered.get(by)
    if last is not None and last[0] == figures.stamp:
        return last[1]
    sums_of = {
        (row.code, row.group): _Sums(row.green_m2, row.sum_m2, row.refused_m2, row.plot_count)
        for row in figures.rows
    }
    groups: list[str | None] = [None]
    if by is not None:
        groups = [*sorted({row.group for row in figures.rows if row.group is not None})]
    made = [
        CoverageRows(target.row(group, sums_of) for target in targets for group in groups)
        for targets in plan.targets
    ]
    if figures.stamp is not None:
        plan.answered[by] = (figures.stamp, made)
    return made


def _plan(
    districts: DistrictTree,
    account: Account,
    parent: str | None,
    base: str,
    levels: tuple[str, ...],
) -> _Plan:
    key = ("coverage", account.counties, parent, base, levels)
    cached: _Plan | None = districts.notes.get(key)
    if cached is not None:
        return cached
    parts = {
        level: [
            (node, _parts(districts, account, node, base))
            for node in _targets(districts, account, CoverageQuestion(level, parent))
        ]
        for level in levels
    }
    codes = sorted({node.code for those in parts.values() for _, some in those for node in some})
    made = _Plan(
        [[_target(districts, node, some) for node, some in parts[level]] for level in levels],
        codes,
        len(codes) == len(districts.at(base)),
        boundary_words(districts[code] for code in codes),
    )
    rows = made.rows + sum(plan.rows for plan in list(districts.notes.values()))
    if rows > _MAX_CACHED_ROWS:
        districts.notes.clear()
    if made.rows <= _MAX_CACHED_ROWS:
        districts.notes[key] = made
    return made


def _target(districts: DistrictTree, node: DistrictNode, parts: list[DistrictNode]) -> _Target:
    whole = len(parts) == 1 and parts[0].code == node.code
    if not whole:
        whole = node.complete and len(districts.at("county", node.code)) == len(parts)
    return _Target(
        node,
        [part.code for part in parts],
        sum(part.area_m2 or 0.0 for part in parts),
        whole,
        boundary_words(parts),
    )


def _targets(
    districts: DistrictTree, account: Account, question: CoverageQuestion
) -> list[DistrictNode]:
    """Districts of the level: those in scope, and above a county those with a county in scope."""
    return [
        node
        for node in districts.at(question.level, question.parent)
        if account.counties is None
        or _parts(districts, account, node, "county")
        or (question.level in BELOW_COUNTY and _county(districts, node) in account.counties)
    ]


def districts_behind(
    connection: Connection, account: Account, code: str, choice: Choice
) -> list[DistrictNode]:
    """The districts whose plots make the figure of one; none when it is outside the scope."""
    districts = tree(connection, choice.as_of, borders_on=choice.borders_on)
    node = districts.get(code)
    if node is None:
        return []
    if _everywhere(account, own_choice(account, choice)):
        account = replace(account, counties=None)
    if node.level in BELOW_COUNTY:
        return [node] if account.covers(_county(districts, node) or "") else []
    return _parts(districts, account, node, "county")


def _county(districts: DistrictTree, node: DistrictNode) -> str | None:
    while node.level != "county":
        if node.parent is None or node.parent not in districts:
            return None
        node = districts[node.parent]
    return node.code


def _parts(
    districts: DistrictTree, account: Account, node: DistrictNode, base: str
) -> list[DistrictNode]:
    if node.level == base:
        return [node] if base in BELOW_COUNTY or account.covers(node.code) else []
    return [part for part in districts.at(base, node.code) if account.covers(part.code)]


def boundary_words(nodes: Iterable[DistrictNode]) -> str:
    """The boundaries in words: their sources, each with the newest day on which one began."""
    newest: dict[str, str] = {}
    for node in nodes:
        if node.source is not None and node.valid_from is not None:
            newest[node.source] = max(newest.get(node.source, ""), node.valid_from)
    return "; ".join(
        source if since == KNOWN_FIRST.isoformat() else f"{source} ({since} 起)"
        for source, since in sorted(newest.items())
    )
