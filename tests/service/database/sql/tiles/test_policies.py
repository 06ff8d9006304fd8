"""Counts of squares and of changes are seen by whose county they are of."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql


@pytest.mark.parametrize("table", ["plot_square", "plot_square_sum", "plot_change"])
@pytest.mark.parametrize(
    ("counties", "seen"),
    [((), []), ((WEST,), [WEST]), ((WEST, EAST), [WEST, EAST]), (("*",), [WEST, EAST])],
)
def test_a_session_sees_the_rows_of_its_counties(
    sql: Sql, table: str, counties: tuple[str, ...], seen: list[str]
) -> None:
    sql.plot()
    sql.plot(125.15, county=EAST)
    sql.session(*counties)
    assert sql.column(f"SELECT DISTINCT district FROM {table} ORDER BY 1") == seen
