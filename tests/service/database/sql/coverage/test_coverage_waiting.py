"""How many cells are marked, and since when."""

from tests.service.conftest import EAST
from tests.service.database.sql.conftest import Sql

QUERY = "SELECT cells, since FROM coverage_waiting()"


def test_where_nothing_is_marked_none_wait(sql: Sql) -> None:
    sql.as_service()
    assert sql.rows(QUERY) == [(0, None)]


def test_a_cell_that_is_marked_twice_waits_once(sql: Sql) -> None:
    sql.plot()
    sql.plot()
    sql.as_service()
    assert sql.rows(QUERY)[0].cells == 1


def test_it_is_since_the_oldest_mark(sql: Sql) -> None:
    sql.plot()
    oldest = sql.value("SELECT since FROM coverage_dirty")
    sql.plot(125.15, county=EAST)
    sql.as_service()
    assert sql.rows(QUERY) == [(2, oldest)]
