"""Visits due in a period, visits done, and the days on which one was overdue."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from gis.errors import GeometryError
from gis.messages import Message

__all__ = [
    "Compliance",
    "Requirement",
    "State",
    "Unit",
    "day_requirements",
    "evaluate",
    "longest_gap",
    "units",
    "visit_requirements",
]

Unit = Literal["week", "month", "quarter", "half_year", "year"]
State = Literal["met", "open", "late", "overdue", "none"]

_MONTHS: Final[Mapping[str, int]] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_LATE_THIRD, _MIDDLE_THIRD = 21, 11


class Requirement(NamedTuple):
    """A number of days with a visit, due in a period."""

    start: date
    end: date
    """The first day after the period."""
    days: int
    """Days due, above 0."""
    day_from: int = 1
    """First day of a month on which a visit counts."""
    day_to: int = 31
    every_third: bool = False
    """Whether 上旬, 中旬 and 下旬 must each have a visit."""

    def done(self, days: Sequence[date]) -> list[date]:
        """Which of the sorted days count."""
        among = days[bisect_left(days, self.start) : bisect_left(days, self.end)]
        return [day for day in among if self.day_from <= day.day <= self.day_to]

    def missing(self, days: Sequence[date]) -> int:
        """How many visits are missing, 0 when it is met."""
        done = self.done(days)
        empty = 0
        if self.every_third and self.days >= 3:
            thirds = {
                1 if day.day < _MIDDLE_THIRD else 2 if day.day < _LATE_THIRD else 3 for day in done
            }
            empty = 3 - len(thirds)
        return max(self.days - len(done), empty)


class Compliance(NamedTuple):
    """Requirements against what was done, as it stood on a day."""

    due: int
    """Days with a visit that were due."""
    done: int
    """Days with a visit that count, including more than were due."""
    missed: int
    """Visits that were missing at the end of their period."""
    overdue_days: int
    """Days on which a visit was overdue: from the end of its period until it was made up."""
    streak: int
    """Consecutive requirements met, counted back from the last one that has ended."""
    state: State


def units(unit: Unit, first: date, after: date) -> Iterator[tuple[date, date]]:
    """Start and end of each week (from Monday), month … whose last day lies in a period.

    Parameters
    ----------
    unit
        Kind of the units.
    first, after
        First day of the period, and first day after it.

    Examples
    --------
    >>> [str(start) for start, _end in units("month", date(2026, 7, 1), date(2026, 10, 1))]
    ['2026-07-01', '2026-08-01', '2026-09-01']
    >>> [str(start) for start, _end in units("quarter", date(2026, 9, 1), date(2026, 10, 1))]
    ['2026-07-01']
    """
    if unit == "week":
        start = first - timedelta(days=first.weekday())
        while start + _WEEK <= after:
            yield start, start + _WEEK
            start += _WEEK
        return
    step = _MONTHS[unit]
    start = date(first.year, (first.month - 1) // step * step + 1, 1)
    while (end := _months_on(start, step)) <= after:
        if end > first:
            yield start, end
        start = end


def _months_on(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def visit_requirements(
    unit: Unit, visits: int, first: date, after: date, *, day_from: int = 1, day_to: int = 31
) -> list[Requirement]:
    """A number of visits in each unit that ends in the period.

    Examples
    --------
    >>> len(visit_requirements("month", 1, date(2026, 7, 1), date(2026, 10, 1)))
    3
    """
    return [
        Requirement(start, end, visits, day_from, day_to)
        for start, end in units(unit, first, after)
    ]


def day_requirements(
    days: Mapping[int, int], first: date, after: date, *, every_third: bool = False
) -> list[Requirement]:
    """Effective days of each month that ends in the period; months with 0 are left out.

    Raises
    ------
    GeometryError
        ``no_such_month``: `days` lacks a month.
    """
    requirements = []
    for start, end in units("month", first, after):
        if start.month not in days:
            raise GeometryError(
                Message(
                    f"规则没有规定 {start.month} 月的巡护天数。",
                    f"The rule says nothing of month {start.month}.",
                ),
                code="no_such_month",
            )
        if days[start.month]:
            requirements.append(Requirement(start, end, days[start.month], every_third=every_third))
    return requirements


def evaluate(
    requirements: Sequence[Requirement], visits: Iterable[date], as_of: date
) -> Compliance:
    """Which of the requirements are done, missed and overdue.

    Parameters
    ----------
    requirements
        In the order of time; without any the state is ``none``.
    visits
        Days with a visit, each counted once. Those after `as_of` are ignored.
    as_of
        Day of the evaluation. A requirement whose last day it is still runs.

    Returns
    -------
    Compliance
        A missed requirement is made up by as many visits after its end as were missing; these also
        count for their own period. Each day of delay is counted once.

    Examples
    --------
    >>> requirements = visit_requirements("month", 1, date(2026, 7, 1), date(2026, 10, 1))
    >>> visits = [date(2026, 7, 5), date(2026, 9, 11)]
    >>> evaluate(requirements, visits, date(2026, 10, 1))
    Compliance(due=3, done=2, missed=1, overdue_days=10, streak=1, state='late')
    """
    days = sorted({day for day in visits if day <= as_of})
    if not requirements:
        return Compliance(0, len(days), 0, 0, 0, "none")
    done = sorted({day for requirement in requirements for day in requirement.done(days)})
    ended = [requirement for requirement in requirements if requirement.end <= as_of]
    delays, outstanding, missed = [], False, 0
    for requirement in ended:
        missing = requirement.missing(days)
        if not missing:
            continue
        missed += missing
        made_up = bisect_right(days, requirement.end - _DAY) + missing - 1
        if made_up < len(days):
            delays.append((requirement.end, days[made_up]))
        else:
            outstanding = True
            delays.append((requirement.end, as_of + _DAY))
    running = any(
        requirement.missing(days) for requirement in requirements if requirement.end > as_of
    )
    state: State = "met"
    if outstanding:
        state = "overdue"
    elif missed:
        state = "late"
    elif running:
        state = "open"
    streak = 0
    for requirement in reversed(ended):
        if requirement.missing(days):
            break
        streak += 1
    total = sum(requirement.days for requirement in requirements)
    return Compliance(total, len(done), missed, _days_within(delays), streak, state)


def _days_within(stretches: Sequence[tuple[date, date]]) -> int:
    """Number of days in periods that may overlap, each day counted once."""
    count, reached = 0, date.min
    for start, end in sorted(stretches):
        begin = max(start, reached)
        if end > begin:
            count += (end - begin).days
            reached = end
    return count


def longest_gap(visits: Iterable[date], first: date, after: date) -> int:
    """Most consecutive days without a visit, from `first` to the day before `after`.

    Examples
    --------
    >>> longest_gap([date(2026, 7, 5), date(2026, 7, 9)], date(2026, 7, 1), date(2026, 7, 11))
    4
    """
    if after <= first:
        return 0
    among = sorted({day for day in visits if first <= day < after})
    edges = [first - _DAY, *among, after]
    return max((later - earlier).days - 1 for earlier, later in pairwise(edges))
