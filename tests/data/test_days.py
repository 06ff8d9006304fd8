"""Days as people write them: a month is no day, and moments have the day of Beijing."""

from datetime import UTC, date, datetime

import pytest

from data.cell_values import BadValueError
from data.days import day, moved_days


def code(value: object) -> str:
    with pytest.raises(BadValueError) as refused:
        day(value)
    return refused.value.code


@pytest.mark.parametrize(
    "written",
    [
        *("2024年四月", "二〇二四年四月", "2024年4月上旬", "2024年4月底", "2024年4月份"),
        *("2024.11", "202411", "2024/11", "2024-12", "2024年11月", "2024-1", "20241100", "2024"),
        *(202411, 202411.0, 2024.1, 2024.11, 2024),
    ],
)
def test_a_month_is_no_day(written: object) -> None:
    assert code(written) == "month_only"


@pytest.mark.parametrize(
    "written", ["2024-02-30", "2024-13-01", "2024-3/1", "20240230", "24-03-01", "Nov-24", "45000"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    assert code(written) == "not_a_date"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("二〇二四年三月十一日", date(2024, 3, 11)),
        ("二零二四年十二月三十一日", date(2024, 12, 31)),
        ("2024年三月二十号", date(2024, 3, 20)),
        ("2024年3月5号", date(2024, 3, 5)),
    ],
)
def test_days_in_chinese_numerals_are_read(written: str, expected: date) -> None:
    assert day(written) == expected


@pytest.mark.parametrize("written", ["二〇二四年二月三十日", "四月五日", "二十十年四月五日"])
def test_numerals_that_name_no_day_are_refused(written: str) -> None:
    assert code(written) == "not_a_date"


def test_milliseconds_since_1970_are_refused_with_the_day_that_they_would_be() -> None:
    with pytest.raises(BadValueError) as refused:
        day(1710172800000)
    assert "2024-03-12" in refused.value.message.en


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-11T16:00:00.000Z",
        "2024-03-11T16:00:00+00:00",
        "2024-03-11 16:00:00+00",
        "2024/03/11 16:00:00 UTC",
        "2024-03-12T00:30:00+08:00",
        datetime(2024, 3, 11, 16, tzinfo=UTC),
    ],
)
def test_a_moment_with_a_zone_has_the_day_of_beijing(written: object) -> None:
    assert day(written) == date(2024, 3, 12)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-11T16:00:00",
        "2024/3/11 16:00",
        "2024年3月11日 16时",
        "202403111600",
        "２０２４/３/１１",
    ],
)
def test_a_moment_without_a_zone_has_the_day_that_it_writes(written: object) -> None:
    assert day(written) == date(2024, 3, 11)


def test_days_that_move_by_the_zone_are_told_with_their_rows() -> None:
    (note,) = moved_days("planted_on", ["2024-03-11T15:00:00Z", None, "2024-12-31T16:00:00Z"])
    assert "row 3" in note.en
    assert "2025-01-01" in note.en


@pytest.mark.parametrize("written", ["9999-12-31T23:00:00Z", "9999-12-31T23:59:59.999999-23:59"])
def test_the_last_day_of_the_calendar_has_none_after_it(written: str) -> None:
    assert day(written) == date(9999, 12, 31)
    assert moved_days("planted_on", [written]) == []
