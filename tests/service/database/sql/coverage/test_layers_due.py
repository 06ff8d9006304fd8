"""Versions of layers that began or ended since the day that the stored figures are of."""

import pytest

from tests.service.database.sql.conftest import Sql

DAY = "UPDATE coverage_layer_day SET day = beijing_today() + CAST(:days AS integer)"
DATES = """
UPDATE layer_version SET valid_from = beijing_today() + CAST(:first AS integer),
                         valid_to = beijing_today() + CAST(:after AS integer)
"""


@pytest.mark.parametrize(
    ("first", "after", "due"),
    [
        (-9, None, False),
        (-1, None, False),
        (0, None, True),
        (1, None, False),
        (-9, -1, False),
        (-9, 0, True),
        (-9, 1, False),
    ],
)
def test_what_begins_or_ends_today_is_due_until_the_day_is_stored(
    sql: Sql, first: int, after: int | None, due: bool
) -> None:
    version = sql.layer()
    sql.run(DATES, first=first, after=after)
    sql.run(DAY, days=-1)
    assert sql.value("SELECT layers_due()") == ([version] if due else None)
    sql.run(DAY, days=0)
    assert sql.value("SELECT layers_due()") is None


def test_layers_that_do_not_block_are_never_due(sql: Sql) -> None:
    sql.layer(role="warn")
    sql.run(DATES, first=0, after=None)
    sql.run(DAY, days=-1)
    assert sql.value("SELECT layers_due()") is None
