"""What was known of cells goes with them."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

TABLES = ["coverage_piece", "coverage_cell", "coverage_district", "coverage_dirty"]


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_cell_takes_its_rows_along(sql: Sql, table: str) -> None:
    sql.plot()
    sql.drain()
    sql.plot(125.07)
    sql.run("DELETE FROM district_cell WHERE id = :id", id=sql.cell())
    assert sql.value(f"SELECT count(*) FROM {table}") == 0


def test_cells_of_other_counties_keep_theirs(sql: Sql) -> None:
    sql.plot(125.15, county=EAST)
    sql.drain()
    sql.run("DELETE FROM district_cell WHERE id = :id", id=sql.cell(WEST))
    assert sql.value("SELECT count(*) FROM coverage_piece") == 1
