"""Years, halves, quarters and months, and how a stretch is made of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.years import FIRST_YEAR, LAST_YEAR
from service.web.periods import (
    Period,
    half_of,
    other_periods,
    parse_period,
    periods_of,
    within,
)
from tests.service.conftest import SignIn

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
LENGTHS = st.integers(0, 2)


def of_length(day: date, length: int) -> Period:
    """Month, quarter, year or half of a day."""
    return (*periods_of(day), half_of(day))[length]


@given(DAYS)
def test_a_day_lies_in_its_month_quarter_and_year_and_they_are_read_as_written(day: date) -> None:
    for period in (*periods_of(day), half_of(day)):
        assert period.first <= day <= period.last
        assert parse_period(period.name) == period


@given(DAYS, LENGTHS)
def test_a_period_is_within_itself_alone(day: date, length: int) -> None:
    period = periods_of(day)[length]
    assert within(period.first, period.after) == ([period], period.after)


@given(DAYS, st.integers(0, 4_000))
def test_periods_within_a_stretch_follow_each_other_and_no_more_fits(day: date, days: int) -> None:
    first = periods_of(day)[0].first
    after = first + timedelta(days=days)
    periods, rest = within(first, after)
    assert [first, *(row.after for row in periods)] == [*(row.first for row in periods), rest]
    assert rest <= after < periods_of(rest)[0].after


@given(DAYS, st.integers(0, 3), DAYS)
def test_who_goes_to_the_next_period_comes_back_by_the_one_before(
    day: date, length: int, today: date
) -> None:
    period = of_length(day, length)
    others = other_periods(period, today)
    assert period not in others.values()
    assert ("after" in others) == (period.after <= today)
    if "after" in others:
        assert other_periods(others["after"], today)["before"] == period


@pytest.mark.parametrize("name", ["1949", "1949-H1", "1949-Q1", "1949-01"])
def test_nothing_is_before_the_first_year(name: str) -> None:
    assert "before" not in other_periods(parse_period(name), date(2026, 1, 1))


@pytest.mark.parametrize("name", ["2100", "2100-H2", "2100-Q4", "2100-12"])
def test_the_last_period_leads_to_none_that_cannot_be_asked_for(name: str) -> None:
    period: Period = parse_period(name)
    for other in other_periods(period, date(2250, 1, 1)).values():
        assert parse_period(other.name) == other


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2100-H2", "2100-07-01", "2100-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_period_ends_with_the_last_day_of_its_last_month(
    name: str, first: str, last: str
) -> None:
    period = parse_period(name)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_the_turn_of_the_year_parts_halves() -> None:
    second, first = half_of(date(2026, 12, 31)), half_of(date(2027, 1, 1))
    assert (second.name, first.name) == ("2026-H2", "2027-H1")
    assert second.after == first.first
    assert other_periods(second, date(2027, 1, 1))["after"] == first
    assert within(second.first, second.after)[0] == [
        parse_period("2026-Q3"),
        parse_period("2026-Q4"),
    ]


@pytest.mark.parametrize("name", ["2026-H0", "2026-H3", "2026-h3", "2026H1", "H1"])
def test_what_is_no_half_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="2026-H1"):
        parse_period(name)


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "1948", "九月"])
def test_what_is_no_period_is_refused_with_its_forms(sign_in: SignIn, period: str) -> None:
    answer = sign_in("inspector").get("/api/duty", params={"period": period})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_period")
    assert "2026-Q3" in answer.json()["detail"]
