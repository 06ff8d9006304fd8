"""The targets of a plan on a day, what was reported on them, and whose they are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.districts.db.districts import DistrictTree, tree
from service.plans.db.reported import current_figures
from service.plans.db.targets import TargetFilter, list_targets
from service.plans.holders import counties_of
from service.plans.indicators import Words
from service.progress.db.pieces import Window
from service.progress.db.tasks import reported_at, targets_at
from service.progress.measured import Holder, Measured
from service.settings import Settings
from service.web.timestamps import day_of, now

__all__ = ["PlanBook", "Reader", "ReportedFigure"]

COUNTED: Final = ("issued", "accepted")


@dataclass(frozen=True)
class ReportedFigure:
    """A reported figure in base units."""

    value: Fraction
    on_day: str
    qualifier: str


@dataclass(frozen=True)
class Reader:
    """Who reads progress, on which connection, by which settings and words."""

    connection: Connection
    account: Account
    settings: Settings
    words: Words


@dataclass(eq=False)
class PlanBook:
    """Everything that the rows of one plan are made of, at a moment; now when that is None."""

    reader: Reader
    plan: Mapping[str, Any]
    moment: datetime | None = None
    districts: DistrictTree = field(init=False)
    targets: list[dict[str, Any]] = field(init=False)
    reported: dict[int, ReportedFigure] = field(init=False)
    measured: Measured = field(init=False)

    def __post_init__(self) -> None:
        connection, account = self.reader.connection, self.reader.account
        self.districts = tree(connection)
        filters = TargetFilter(plans=[self.plan["code"]])
        targets = list_targets(connection, account, filters)
        numbers = [row["id"] for row in targets]
        if self.moment is None:
            figures: Mapping[int, Any] = current_figures(connection, numbers, on=day_of(now()))
        else:
            then = targets_at(connection, numbers, self.moment)
            targets = [_as_then(row, then[row["id"]]) for row in targets if row["id"] in then]
            day = day_of(self.moment).isoformat()
            figures = reported_at(connection, numbers, self.moment, day)
        self.targets = [row for row in targets if row["state"] in COUNTED]
        self.reported = {
            number: ReportedFigure(
                self.reader.words.units[row["measured_in"]].to_base(row["value"]),
                str(row["on_day"]),
                row["qualifier"],
            )
            for number, row in figures.items()
            if row["measured_in"] in self.reader.words.units
        }
        window = Window(self.plan["first"], self.plan["after"], self.plan["counts_by"])
        counties = (node.code for node in self.districts.at("county", None))
        self.measured = Measured(
            connection,
            account,
            self.reader.settings,
            window,
            self.plan["code"],
            self.moment,
            tuple(code for code in counties if account.covers(code)),
        )

    @property
    def day(self) -> date:
        """The day of the moment, in Beijing."""
        return day_of(self.moment or now())

    def holder(self, row: Mapping[str, Any]) -> Holder:
        """The holder of a target."""
        if row["area"] is not None:
            return Holder(area=row["area"])
        if row["unit"] is not None:
            return Holder(unit=row["unit"])
        return self.of_district(row["district"])

    def of_district(self, code: str) -> Holder:
        """A district as a holder: its counties, as far as the account sees them."""
        counties = counties_of(self.districts, code)
        return Holder(tuple(county for county in counties if self.reader.account.covers(county)))

    def target(self, number: int) -> dict[str, Any] | None:
        """The target of a number; None where it did not count at the moment."""
        return self._numbered.get(number)

    @cached_property
    def _numbered(self) -> dict[int, dict[str, Any]]:
        return {row["id"]: row for row in self.targets}

    def parts_of(self, targets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The targets right below some targets."""
        return [part for row in targets for part in self._parts.get(row["id"], ())]

    def of_holder(self, indicator: str, of: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The targets of an indicator that have the holder of another target."""
        return self._cells.get((indicator, *_holder_of(of)), [])

    @cached_property
    def _parts(self) -> dict[int | None, list[dict[str, Any]]]:
        return _grouped(self.targets, lambda row: row["parent"])

    @cached_property
    def _cells(self) -> dict[tuple[str, ...], list[dict[str, Any]]]:
        return _grouped(self.targets, lambda row: (row["indicator"], *_holder_of(row)))

    @cached_property
    def _of_indicator(self) -> dict[str, list[dict[str, Any]]]:
        return _grouped(self.targets, lambda row: row["indicator"])

    def below(self, indicator: str, code: str) -> list[dict[str, Any]]:
        """The topmost targets of an indicator at or below a district."""
        node = self.districts.get(code)
        if node is None:
            return []
        inside = {code} | {one.code for one in self.districts.below(code)}
        mine = {
            row["district"]: row
            for row in self._of_indicator.get(indicator, ())
            if row["district"] in inside
        }
        return [row for at, row in mine.items() if not self._above(at, mine)]

    def above(self, indicator: str, code: str) -> int | None:
        """The target of an indicator of the nearest district above one; None without one."""
        held = {
            row["district"]: row["id"]
            for row in self._of_indicator.get(indicator, ())
            if row["district"] is not None
        }
        node = self.districts.get(code)
        while node is not None and node.parent is not None:
            if node.parent in held:
                return int(held[node.parent])
            node = self.districts.get(node.parent)
        return None

    def _above(self, code: str, those: Mapping[str, Any]) -> bool:
        node = self.districts.get(code)
        parent = None if node is None else node.parent
        while parent is not None:
            if parent in those:
                return True
            above = self.districts.get(parent)
            parent = None if above is None else above.parent
        return False


def _holder_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["district"], row["area"], row["unit"]


def _grouped(rows: Iterable[dict[str, Any]], key: Callable[[Any], Any]) -> dict[Any, Any]:
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _as_then(row: dict[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """A target, with the amounts and words that it had at another moment."""
    names = ("lower", "upper", "measured_in", "strictness", "lead", "clause", "state")
    due = then.get("due")
    values = {name: then.get(name) for name in names}
    return {**row, **values, "due": None if due is None else date.fromisoformat(due)}
