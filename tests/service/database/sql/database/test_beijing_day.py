"""A day begins at midnight in Beijing, eight hours before it does in Greenwich."""

from datetime import date

import pytest

from tests.service.database.sql.conftest import Sql

DAY = "SELECT beijing_day(CAST(:moment AS timestamptz))"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-05-01T15:59:59.999999Z", date(2026, 5, 1)),
        ("2026-05-01T16:00:00Z", date(2026, 5, 2)),
        ("2026-05-02T00:00:00+08:00", date(2026, 5, 2)),
        ("2026-12-31T16:00:00Z", date(2027, 1, 1)),
        # Beijing had summer time then; days are those of UTC+8 all the same.
        ("1990-07-01T15:30:00Z", date(1990, 7, 1)),
    ],
)
def test_a_moment_has_its_day(sql: Sql, moment: str, day: date) -> None:
    assert sql.value(DAY, moment=moment) == day


def test_the_zone_of_the_session_does_not_matter(sql: Sql) -> None:
    sql.run("SET LOCAL TimeZone = 'America/New_York'")
    assert sql.value(DAY, moment="2026-05-01T16:00:00Z") == date(2026, 5, 2)


def test_null_has_no_day(sql: Sql) -> None:
    assert sql.value(DAY, moment=None) is None
