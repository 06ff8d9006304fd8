"""What was due and what was done, of any stretch of days."""

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import GeometryError
from gis.tracks import day_requirements, evaluate, longest_gap, units, visit_requirements
from gis.tracks.schedule import Unit

FIRST, AFTER = date(2026, 7, 1), date(2026, 10, 1)
days = st.dates(FIRST, AFTER - timedelta(days=1))


@given(st.sampled_from(get_args(Unit)), st.integers(2000, 2100))
def test_the_units_of_a_year_lie_end_to_end_and_end_in_it(unit: Unit, year: int) -> None:
    stretches = list(units(unit, date(year, 1, 1), date(year + 1, 1, 1)))
    assert all(earlier[1] == later[0] for earlier, later in pairwise(stretches))
    assert all((end - timedelta(days=1)).year == year for _start, end in stretches)


@given(st.sets(days), st.integers(1, 4))
def test_one_more_visit_never_makes_compliance_worse(visits: set[date], count: int) -> None:
    requirements = visit_requirements("month", count, FIRST, AFTER)
    less, more = (
        evaluate(requirements, dates, AFTER) for dates in (visits, visits | {date(2026, 8, 9)})
    )
    assert more.missed <= less.missed
    assert more.overdue_days <= less.overdue_days
    assert more.done >= less.done


@given(st.sets(days))
def test_what_is_met_is_never_overdue(visits: set[date]) -> None:
    compliance = evaluate(visit_requirements("month", 1, FIRST, AFTER), visits, AFTER)
    assert (compliance.state == "met") == (compliance.missed == 0)
    assert compliance.missed or compliance.overdue_days == 0


def test_what_is_made_up_on_the_first_day_after_was_overdue_on_no_day() -> None:
    visits = [date(2026, 7, 1), date(2026, 9, 1)]
    compliance = evaluate(visit_requirements("month", 1, FIRST, AFTER), visits, AFTER)
    assert (compliance.missed, compliance.overdue_days, compliance.state) == (1, 0, "late")


@given(st.sets(days), days)
def test_a_day_of_judgement_sees_nothing_later(visits: set[date], as_of: date) -> None:
    requirements = visit_requirements("month", 1, FIRST, AFTER)
    known = {day for day in visits if day <= as_of}
    assert evaluate(requirements, visits, as_of) == evaluate(requirements, known, as_of)


def test_ten_days_in_one_third_of_the_month_are_not_spread() -> None:
    requirements = day_requirements({7: 10}, FIRST, date(2026, 8, 1), every_third=True)
    compliance = evaluate(requirements, [date(2026, 7, day) for day in range(1, 11)], AFTER)
    assert (compliance.done, compliance.missed, compliance.state) == (10, 2, "overdue")


def test_a_visit_after_the_tenth_is_none_where_the_first_ten_days_are_asked() -> None:
    requirements = visit_requirements("month", 1, FIRST, date(2026, 8, 1), day_from=1, day_to=10)
    assert evaluate(requirements, [date(2026, 7, 11)], date(2026, 8, 1)).missed == 1
    assert evaluate(requirements, [date(2026, 7, 10)], date(2026, 8, 1)).missed == 0


def test_a_month_that_the_rule_forgot_is_refused() -> None:
    with pytest.raises(GeometryError, match="8") as refused:
        day_requirements({7: 10}, FIRST, AFTER)
    assert refused.value.code == "no_such_month"


@given(st.sets(days))
def test_the_longest_gap_is_no_longer_than_the_stretch(visits: set[date]) -> None:
    gap = longest_gap(visits, FIRST, AFTER)
    assert 0 <= gap <= 92 - len(visits)
