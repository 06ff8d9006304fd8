"""Rules of duties: how often something is due, and by which day."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Connection

from gis.messages import InvalidValueError, Message
from gis.tracks import Requirement
from gis.tracks.schedule import Unit, units
from service.codes.db.codes import codes
from service.web.periods import FORMS, Period, parse_period

WEEK = re.compile(r"(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])", re.ASCII)
_LATER = re.compile(r"\+(\d{1,3})", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
EVERY = ("week", "month", "quarter", "half_year", "year", "once")
# What is due once may have been done on any day before its deadline.
_EVER = date(1950, 1, 1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DutyRule:
    """One row of the list ``duty_rule``."""

    code: str
    label_zh: str
    label_en: str
    what: str
    register: str
    level: str
    unit_kind: str
    region: tuple[str, ...]
    every: str
    times: int
    due: str
    recipient: str
    source: str
    local: bool
    valid_from: date | None = None
    """The first day that may be a deadline; None: the rule has always held."""
    valid_to: date | None = None
    """The last day that may be a deadline."""

    def requirements(self, first: date, after: date) -> list[Requirement]:
        """What is due in a span of days; ``end`` is the day after the deadline.

        >>> rule = DutyRule("A", "", "", "report", "", "county", "", (), "year", 1, "05-20", "", "",
        ...                 False, valid_from=date(2026, 3, 1))
        >>> [str(one.end) for one in rule.requirements(date(2025, 1, 1), date(2027, 1, 1))]
        ['2026-05-21']
        """
        return [
            Requirement(start, end, self.times)
            for start, end in self._spans(first, after)
            if first < end <= after and self._holds_on(end - _DAY)
        ]

    def _holds_on(self, deadline: date) -> bool:
        return (self.valid_from is None or self.valid_from <= deadline) and (
            self.valid_to is None or deadline <= self.valid_to
        )

    def _spans(self, first: date, after: date) -> Iterator[tuple[date, date]]:
        if self.every == "once":
            yield _EVER, date.fromisoformat(self.due) + _DAY
            return
        fixed = _DAY_OF_YEAR.fullmatch(self.due)
        if fixed is not None:
            month, day = int(fixed[1]), int(fixed[2])
            for year in range(first.year, after.year + 1):
                yield date(year - 1, month, day) + _DAY, date(year, month, day) + _DAY
            return
        later = _LATER.fullmatch(self.due)
        shift = timedelta(days=int(later[1]) if later else 0)
        for start, end in units(cast(Unit, self.every), first - shift, after - shift):
            yield start + shift, end + shift


def duty_rules(connection: Connection) -> list[DutyRule]:
    """The rules that hold: the product's and the bureau's, without the retired ones."""
    return [_rule(row) for row in codes(connection, "duty_rule") if not row["retired"]]


def _rule(row: Mapping[str, Any]) -> DutyRule:
    return DutyRule(
        row["code"],
        row["label_zh"],
        row["label_en"],
        row.get("what") or "register",
        row.get("register") or "",
        row.get("level") or "",
        row.get("unit_kind") or "",
        tuple((row.get("region") or "").split()),
        row.get("every") or "year",
        int(float(row.get("times") or 1)),
        row.get("due") or "",
        row.get("recipient") or "",
        row["source"],
        row["local"],
        _day(row.get("valid_from")),
        _day(row.get("valid_to")),
    )


def _day(cell: str | None) -> date | None:
    return date.fromisoformat(cell) if cell else None


def within_region(code: str, region: Sequence[str]) -> bool:
    """Whether a district lies in one of some provinces, cities or counties; True without any.

    >>> within_region("220102", ["220000"]), within_region("360702", ["220000"])
    (True, False)
    >>> within_region("360702", [])
    True
    """
    return not region or any(code.startswith(_significant(place)) for place in region)


def _significant(place: str) -> str:
    return re.sub(r"(00){1,2}$", "", place) if len(place) == 6 else place


def parse_duty_period(text: str) -> Period:
    """As `service.web.periods.parse_period`, and weeks: ``2026-W40`` runs from Monday to Sunday.

    Raises
    ------
    InvalidValueError
        It is none of the five forms.

    >>> week = parse_duty_period("2026-w40")
    >>> week.name, str(week.first), str(week.last)
    ('2026-W40', '2026-09-28', '2026-10-04')
    """
    match = WEEK.fullmatch(text.upper())
    if match is None:
        try:
            return parse_period(text)
        except InvalidValueError:
            message = Message(
                f"时段 {text[:20]!r} 应写作 {FORMS} 或 2026-W40（周）",
                f"a period is a year, a half, a quarter, a month or a week: {FORMS}, 2026-W40",
            )
            raise InvalidValueError(message) from None
    parse_period(match[1])
    try:
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        message = Message(f"{match[1]} 年没有第 {match[2]} 周", f"{match[1]} has no such week")
        raise InvalidValueError(message) from None
    return Period(match[0].upper(), first, first + timedelta(days=7))
