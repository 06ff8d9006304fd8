"""A drainer takes marked cells of one district, computes them and takes their marks away."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

DRAIN = "SELECT drain_coverage(:most)"
COUNTS = "SELECT code, plot_count FROM coverage_district WHERE grouping = 'all' ORDER BY code"


def test_where_nothing_is_marked_there_is_nothing_to_do(sql: Sql) -> None:
    sql.as_service()
    assert sql.value(DRAIN, most=10) == 0


def test_a_marked_cell_gets_its_figures_and_loses_its_marks(sql: Sql) -> None:
    sql.plot()
    sql.plot()
    sql.as_service()
    assert sql.value(DRAIN, most=10) == 1
    sql.as_owner()
    assert (sql.rows(COUNTS), sql.marked()) == ([(WEST, 2)], [])


def test_it_takes_one_district_at_a_time_the_oldest_mark_first(sql: Sql) -> None:
    sql.plot(125.15, county=EAST)
    sql.plot()
    assert sql.value(DRAIN, most=10) == 1
    assert (sql.rows(COUNTS), sql.marked()) == ([(EAST, 1)], [WEST])


def test_it_takes_no_more_cells_than_it_was_told(sql: Sql) -> None:
    sql.county(wide=0.3)
    sql.drain()
    sql.plot(125.31, wide=0.28, county="220104")
    assert [sql.value(DRAIN, most=2) for _ in range(3)] == [2, 1, 0]


def test_marks_of_a_boundary_that_ended_go_without_figures(sql: Sql) -> None:
    boundary = sql.boundary()
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() WHERE id = :id", id=boundary)
    sql.run(
        "INSERT INTO coverage_dirty (boundary_id, cell_id) SELECT boundary_id, id"
        " FROM district_cell WHERE boundary_id = :id",
        id=boundary,
    )
    assert sql.value(DRAIN, most=10) == 1
    assert (sql.rows(COUNTS), sql.marked()) == ([], [])


def test_marks_of_a_boundary_that_is_gone_are_deleted(sql: Sql) -> None:
    sql.run("INSERT INTO coverage_dirty (boundary_id, cell_id) VALUES (-1, -1)")
    assert sql.value(DRAIN, most=10) == 0
    assert sql.value("SELECT count(*) FROM coverage_dirty") == 0
