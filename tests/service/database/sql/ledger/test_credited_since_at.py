"""Since when a plot counts at one place."""

import pytest

from tests.service.database.sql.conftest import Sql
from tests.service.database.sql.ledger.test_credited_since import version

AT = """
SELECT credited_since_at(7, ST_SetSRID(ST_MakePoint(:lon, 43.055), 4490))::date::text
"""


@pytest.fixture
def grown(sql: Sql) -> Sql:
    """A plot that reached farther east from 2024 on."""
    version(sql, "2023-01-01", "2024-01-01")
    version(sql, "2024-01-01", None, east=125.07)
    return sql


@pytest.mark.parametrize(
    ("lon", "since"),
    [
        pytest.param(125.055, "2023-01-01", id="where it always was"),
        pytest.param(125.065, "2024-01-01", id="where it grew to"),
        pytest.param(125.075, None, id="where it is not"),
    ],
)
def test_ground_counts_since_the_plot_holds_it(grown: Sql, lon: float, since: str | None) -> None:
    assert grown.value(AT, lon=lon) == since
