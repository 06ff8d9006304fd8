"""A stamp stays the same as long as the figures of a level in a scope do."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = "SELECT coverage_stamp(:level, 'all')"


def stamp(sql: Sql, *counties: str, level: str = "county") -> int | None:
    """The stamp in a session of these counties."""
    sql.session(*counties)
    number: int | None = sql.value(QUERY, level=level)
    sql.as_owner()
    return number


def test_without_a_scope_there_is_none(sql: Sql) -> None:
    assert stamp(sql) is None


def test_while_cells_are_marked_there_is_none(sql: Sql) -> None:
    sql.plot()
    assert stamp(sql, "*") is None


def test_it_stays_while_nothing_changes(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    assert stamp(sql, "*") == stamp(sql, "*") is not None


def test_it_changes_with_a_figure(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    before = stamp(sql, "*")
    sql.plot(125.07)
    sql.drain()
    assert stamp(sql, "*") != before


def test_it_does_not_change_with_a_figure_of_another_level(sql: Sql) -> None:
    before = stamp(sql, "*", level="town")
    sql.plot()
    sql.drain()
    assert stamp(sql, "*", level="town") == before


def test_every_scope_has_its_own(sql: Sql) -> None:
    assert len({stamp(sql, WEST), stamp(sql, EAST), stamp(sql, "*")}) == 3
