"""Periods that people name: a year, a quarter, a month."""

import re
from datetime import date, timedelta
from typing import NamedTuple

_FORM = re.compile(r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1950, 2199
FORMS = "2026, 2026-Q3, 2026-09"


class Period(NamedTuple):
    """A stretch of whole months."""

    name: str
    first: date
    after: date
    """The first day no more."""

    @property
    def last(self) -> date:
        """The last day."""
        return self.after - timedelta(days=1)


def parse_period(text: str) -> Period:
    """The period that a text names.

    Raises
    ------
    ValueError
        It is none of the three forms, or its year is out of all reason.

    >>> period = parse_period("2026-Q3")
    >>> period.first.isoformat(), period.after.isoformat()
    ('2026-07-01', '2026-10-01')
    """
    found = _FORM.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        raise ValueError(
            f"时段 {text[:20]!r} 应写作 2026（年）、2026-Q3（季）或 2026-09（月）；"
            f"a period is a year, a quarter or a month: {FORMS}"
        )
    year, first, count = int(found["year"]), 1, 12
    if found["quarter"]:
        first, count = 3 * int(found["quarter"]) - 2, 3
    elif found["month"]:
        first, count = int(found["month"]), 1
    end = first + count
    return Period(text, date(year, first, 1), date(year + (end > 12), (end - 1) % 12 + 1, 1))


def periods_of(day: date) -> tuple[Period, Period, Period]:
    """Month, quarter and year of a day, the shortest first.

    >>> [one.name for one in periods_of(date(2026, 9, 11))]
    ['2026-09', '2026-Q3', '2026']
    """
    names = (f"{day:%Y-%m}", f"{day:%Y}-Q{(day.month + 2) // 3}", f"{day:%Y}")
    month, quarter, year = map(parse_period, names)
    return month, quarter, year
