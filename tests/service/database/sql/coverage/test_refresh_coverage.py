"""Cells of a boundary are computed anew and added up; what is not there any more goes."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

REFRESH = "SELECT refresh_coverage(:boundary, CAST(:cells AS bigint[]))"


def refresh(sql: Sql, county: str = WEST) -> None:
    """Compute the cell of a county anew."""
    sql.run(REFRESH, boundary=sql.boundary(county), cells=[sql.cell(county)])


def test_pieces_cells_and_district_are_written(sql: Sql) -> None:
    number = sql.plot()
    refresh(sql)
    area = pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)
    assert sql.rows("SELECT plot_id, area_m2 FROM coverage_piece") == [(number, area)]
    assert sql.rows("SELECT grouping, grp, green_m2 FROM coverage_cell ORDER BY 1, 2") == [
        ("all", "", area),
        ("green_class", "forest", area),
        ("stage", "planted", area),
    ]
    assert sql.value("SELECT count(*) FROM coverage_district") == 3


def test_a_plot_that_is_gone_leaves_nothing_behind(sql: Sql) -> None:
    number = sql.plot()
    refresh(sql)
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    refresh(sql)
    for table in ("coverage_piece", "coverage_cell", "coverage_district"):
        assert sql.value(f"SELECT count(*) FROM {table}") == 0, table


def test_a_piece_that_stays_as_it_is_is_not_written_again(sql: Sql) -> None:
    sql.plot()
    refresh(sql)
    place = sql.value("SELECT ctid::text FROM coverage_piece")
    refresh(sql)
    assert sql.value("SELECT ctid::text FROM coverage_piece") == place


def test_a_piece_that_overlaps_another_since_is_written_again(sql: Sql) -> None:
    sql.plot(125.05)
    refresh(sql)
    upper = sql.plot(125.0506)
    refresh(sql)
    query = "SELECT overlapping_plot_ids FROM coverage_piece ORDER BY plot_id"
    assert sql.column(query) == [[upper], None]


def test_marks_are_left_to_the_caller(sql: Sql) -> None:
    sql.plot()
    refresh(sql)
    assert sql.marked() == [WEST]


def test_cells_of_another_boundary_are_left_alone(sql: Sql) -> None:
    sql.plot(125.15, county=EAST)
    sql.run(REFRESH, boundary=sql.boundary(WEST), cells=[sql.cell(EAST)])
    assert sql.value("SELECT count(*) FROM coverage_piece") == 0


def test_without_cells_nothing_is_written(sql: Sql) -> None:
    sql.plot()
    sql.run(REFRESH, boundary=sql.boundary(), cells=[])
    assert sql.value("SELECT count(*) FROM coverage_piece") == 0
