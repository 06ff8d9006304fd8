"""The cells of a boundary are added up for its district."""

from tests.service.database.sql.conftest import Sql

CELL = "INSERT INTO coverage_cell VALUES (:cell, :boundary, 'all', '', :green, :sum, :plots)"
ROLL_UP = "SELECT roll_up_coverage(CAST(:boundaries AS bigint[]))"
FIGURES = "SELECT code, level, green_m2, sum_m2, plot_count FROM coverage_district"


def test_areas_and_counts_of_the_cells_are_added_up(sql: Sql) -> None:
    sql.run(CELL, cell=1, boundary=sql.boundary(), green=10, sum=12, plots=2)
    sql.run(CELL, cell=2, boundary=sql.boundary(), green=5, sum=5, plots=1)
    sql.run(ROLL_UP, boundaries=[sql.boundary()])
    assert sql.rows(FIGURES) == [("220102", "county", 15, 17, 3)]


def test_a_group_that_has_no_cell_any_more_goes(sql: Sql) -> None:
    sql.run(CELL, cell=1, boundary=sql.boundary(), green=10, sum=10, plots=1)
    sql.run(ROLL_UP, boundaries=[sql.boundary()])
    sql.run("DELETE FROM coverage_cell")
    sql.run(ROLL_UP, boundaries=[sql.boundary()])
    assert sql.rows(FIGURES) == []


def test_figures_that_stay_keep_their_stamp_and_others_get_a_new_one(sql: Sql) -> None:
    sql.run(CELL, cell=1, boundary=sql.boundary(), green=10, sum=10, plots=1)
    stamps = []
    for green in (10, 10, 11):
        sql.run("UPDATE coverage_cell SET green_m2 = :green", green=green)
        sql.run(ROLL_UP, boundaries=[sql.boundary()])
        stamps.append(sql.value("SELECT stamp FROM coverage_district"))
    assert stamps[0] == stamps[1] != stamps[2]


def test_other_boundaries_are_left_alone(sql: Sql) -> None:
    sql.run(CELL, cell=1, boundary=sql.boundary(), green=10, sum=10, plots=1)
    sql.run(ROLL_UP, boundaries=[sql.boundary("220103")])
    assert sql.rows(FIGURES) == []
