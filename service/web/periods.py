"""Periods that people name: a year, a half of it, a quarter, a month."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import InvalidValueError, Message
from service.web.timestamps import BEIJING

_FORM = re.compile(
    r"(?P<year>\d{4})(?:-H(?P<half>[12])|-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?",
    re.ASCII,
)
FORMS = "2026, 2026-H1, 2026-Q3, 2026-09"
# Nothing earlier lies in a period that can be asked for.
EARLIEST = datetime(FIRST_YEAR, 1, 1, tzinfo=BEIJING)


class Period(NamedTuple):
    """A stretch of whole months."""

    name: str
    first: date
    after: date
    """The first day after it."""

    @property
    def last(self) -> date:
        """The last day."""
        return self.after - timedelta(days=1)


def parse_period(text: str) -> Period:
    """The period that a text names.

    Raises
    ------
    InvalidValueError
        It is none of the four forms, or its year is out of range.

    >>> parse_period("2026-h1").name
    '2026-H1'
    >>> period = parse_period("2026-Q3")
    >>> period.first.isoformat(), period.after.isoformat()
    ('2026-07-01', '2026-10-01')
    """
    text = text.upper()
    match = _FORM.fullmatch(text)
    if match is None or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        raise InvalidValueError(
            Message(
                f"时段 {text[:20]!r} 应写作 2026（年）、2026-H1（半年）、2026-Q3（季）、"
                "2026-09（月）",
                f"a period is a year, a half, a quarter or a month: {FORMS}",
            )
        )
    year = int(match["year"])
    if match["half"]:
        return _stretch(text, year, 6 * int(match["half"]) - 5, 6)
    if match["quarter"]:
        return _stretch(text, year, 3 * int(match["quarter"]) - 2, 3)
    if match["month"]:
        return _stretch(text, year, int(match["month"]), 1)
    return _stretch(text, year, 1, 12)


def _stretch(name: str, year: int, first: int, months: int) -> Period:
    end = first + months
    return Period(name, date(year, first, 1), date(year + (end > 12), (end - 1) % 12 + 1, 1))


def periods_of(day: date) -> tuple[Period, Period, Period]:
    """Month, quarter and year of a day, the shortest first; of any day, asked for or not.

    Walked ground is stored for these; that of a half-year is merged from its quarters.

    >>> [one.name for one in periods_of(date(2026, 9, 11))]
    ['2026-09', '2026-Q3', '2026']
    """
    year, quarter = f"{day.year:04}", (day.month + 2) // 3
    return (
        _stretch(f"{year}-{day.month:02}", day.year, day.month, 1),
        _stretch(f"{year}-Q{quarter}", day.year, 3 * quarter - 2, 3),
        _stretch(year, day.year, 1, 12),
    )


def half_of(day: date) -> Period:
    """The half of the year in which a day lies.

    >>> half_of(date(2026, 6, 30)).name, half_of(date(2026, 7, 1)).name
    ('2026-H1', '2026-H2')
    """
    half = (day.month + 5) // 6
    return _stretch(f"{day.year:04}-H{half}", day.year, 6 * half - 5, 6)


def _every_length(day: date) -> tuple[Period, ...]:
    month, quarter, year = periods_of(day)
    return month, quarter, half_of(day), year


def other_periods(period: Period, day: date) -> dict[str, Period]:
    """Links from a period: ``before`` and ``after`` are as long as it, ``month``,
    ``quarter``, ``half`` and ``year`` are those of its last day, or of ``day`` when that comes
    first.

    None begins after ``day``, none lies beyond the years that can be asked for.

    >>> others = other_periods(parse_period("2026-Q3"), date(2026, 11, 23))
    >>> {way: other.name for way, other in others.items()}
    {'before': '2026-Q2', 'after': '2026-Q4', 'month': '2026-09', 'half': '2026-H2', 'year': '2026'}
    """
    length = _every_length(period.first).index(period)
    periods: dict[str, Period] = {}
    if period.first > date(FIRST_YEAR, 1, 1):
        periods["before"] = _every_length(period.first - timedelta(days=1))[length]
    if period.after <= min(day, date(LAST_YEAR, 12, 31)):
        periods["after"] = _every_length(period.after)[length]
    lengths = _every_length(max(period.first, min(period.last, day)))
    periods |= zip(("month", "quarter", "half", "year"), lengths, strict=True)
    return {way: other for way, other in periods.items() if other != period}


def within(first: date, after: date) -> tuple[list[Period], date]:
    """Whole years, quarters and months from the first of a month on, as few as there can be, and
    the day on which none begins that is over by ``after``.

    >>> whole, rest = within(date(2026, 1, 1), date(2026, 8, 16))
    >>> [one.name for one in whole], rest.isoformat()
    (['2026-Q1', '2026-Q2', '2026-07'], '2026-08-01')
    """
    periods: list[Period] = []
    while True:
        longest = reversed(periods_of(first))
        whole = next(
            (
                candidate
                for candidate in longest
                if candidate.first == first and candidate.after <= after
            ),
            None,
        )
        if whole is None:
            return periods, first
        periods.append(whole)
        first = whole.after
