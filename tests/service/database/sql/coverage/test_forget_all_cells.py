"""What was known of cells goes when all of them go at once."""

import pytest

from tests.service.database.sql.conftest import Sql

TABLES = ["coverage_piece", "coverage_cell", "coverage_district", "coverage_dirty"]


@pytest.mark.parametrize("table", TABLES)
def test_truncated_cells_take_all_rows_along(sql: Sql, table: str) -> None:
    sql.plot()
    sql.drain()
    sql.plot(125.07)
    sql.run("TRUNCATE district_cell")
    assert sql.value(f"SELECT count(*) FROM {table}") == 0
