"""Stored figures that differ from those computed anew are named, with the place."""

import pytest

from tests.service.database.sql.conftest import Sql

QUERY = "SELECT what, cell_id, groups, grp FROM coverage_faults(:boundary, 1e-9, 0.001)"


def faults(sql: Sql) -> list[str]:
    """What is wrong in the western county."""
    return sorted({row.what for row in sql.rows(QUERY, boundary=sql.boundary())})


def test_what_was_drained_has_no_fault(sql: Sql) -> None:
    sql.plot()
    sql.plot(125.0505)
    sql.drain()
    assert faults(sql) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE coverage_piece SET area_m2 = area_m2 + 1", ["piece"]),
        ("UPDATE coverage_piece SET counted = false", ["piece"]),
        ("DELETE FROM coverage_piece", ["piece"]),
        ("UPDATE coverage_district SET green_m2 = green_m2 + 1", ["district"]),
        ("DELETE FROM coverage_district", ["district"]),
        ("UPDATE coverage_cell SET plot_count = 7", ["cell", "district"]),
        ("DELETE FROM coverage_cell", ["cell", "district"]),
        ("UPDATE coverage_cell SET cell_id = -1", ["cell", "stray"]),
    ],
)
def test_a_figure_that_was_changed_is_named(sql: Sql, change: str, what: list[str]) -> None:
    sql.plot()
    sql.drain()
    sql.run(change)
    assert faults(sql) == what


def test_a_difference_within_the_tolerance_is_none(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.run("UPDATE coverage_piece SET area_m2 = area_m2 + 0.0005")
    assert faults(sql) == []


def test_a_marked_cell_is_not_looked_at(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.run("UPDATE coverage_piece SET area_m2 = 1")
    sql.plot(125.07)
    assert faults(sql) == []


def test_the_place_and_both_areas_are_told(sql: Sql) -> None:
    number = sql.plot()
    sql.drain()
    sql.run("UPDATE coverage_piece SET area_m2 = 1")
    rows = sql.rows("SELECT * FROM coverage_faults(:b, 1e-9, 0.001)", b=sql.boundary())
    area = pytest.approx(sql.area_m2(0.001, 0.001))
    assert rows == [("piece", sql.cell(), "plot", str(number), 1, area)]


def test_a_boundary_that_is_not_there_has_none(sql: Sql) -> None:
    assert sql.rows(QUERY, boundary=-1) == []
