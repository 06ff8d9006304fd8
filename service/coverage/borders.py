"""Two vintages of borders compared: the same plots by the old and by the new one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.coverage.db.borders import MovedGround, moved_ground
from service.coverage.db.figures import Choice
from service.coverage.rollup import EXACT_CELLS, CoverageQuestion, DistrictCoverage, coverage
from service.districts.db.districts import tree
from service.plots.filters import day_until_today
from service.web.deps import bad_query
from service.web.timestamps import today

__all__ = ["BorderComparison", "ComparedDistrict", "compare_borders"]


@dataclass(frozen=True)
class ComparedDistrict:
    """A county whose border moved, by both borders."""

    code: str
    name: str
    before: DistrictCoverage
    after: DistrictCoverage


@dataclass(frozen=True)
class BorderComparison:
    """What moved by border between two days, with the plots of now."""

    since: date
    until: date
    as_of: datetime
    rows: Sequence[ComparedDistrict]
    moved: Sequence[MovedGround]
    names: dict[str, str]
    pending_cells: int = 0

    def name(self, code: str | None) -> str | None:
        """The name of a county."""
        return None if code is None else self.names[code]


def compare_borders(
    connection: Connection,
    account: Account,
    since: date,
    until: date | None = None,
    *,
    exact_cells: int = EXACT_CELLS,
) -> BorderComparison:
    """Figures of the counties whose border is another one on the second day, by both borders.

    Both are of the plots of now, so they differ by the border alone; ``moved`` says which ground
    went where. ``until`` is today in Beijing when None.

    Raises
    ------
    Problem
        422: ``since`` is not before ``until``, or ``until`` lies in the future.
    """
    until = day_until_today("until", until or today())
    if since >= until:
        words = Message("since 应早于 until", "since is a day before until")
        raise bad_query("since", words)
    vintages = [tree(connection, borders_on=day) for day in (since, until)]
    counties = [{node.code: node for node in vintage.at("county")} for vintage in vintages]
    moved_codes = {
        code
        for code in counties[1]
        if account.covers(code) and counties[0][code].boundary_id != counties[1][code].boundary_id
    }
    question = CoverageQuestion(exact_cells=exact_cells)
    answers = [
        coverage(connection, account, replace(question, choice=Choice(borders_on=day)))
        for day in (since, until)
    ]
    by_code = [{row.code: row for row in answer.rows} for answer in answers]
    rows = [
        ComparedDistrict(code, counties[1][code].name, by_code[0][code], by_code[1][code])
        for code in sorted(moved_codes)
    ]
    names = {code: node.name for code, node in counties[1].items()}
    return BorderComparison(
        since,
        until,
        answers[1].as_of,
        rows,
        moved_ground(connection, since, until),
        names,
        max(answer.pending_cells for answer in answers),
    )
