"""Boundaries that hold now, of districts in the scope."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = "SELECT boundary_id, code FROM coverage_boundaries(CAST(:codes AS text[])) ORDER BY code"


def codes(sql: Sql, wanted: list[str] | None) -> list[str]:
    """Districts whose boundary is given."""
    return [row.code for row in sql.rows(QUERY, codes=wanted)]


def test_without_a_scope_there_is_none(sql: Sql) -> None:
    assert codes(sql, None) == []


def test_the_whole_tree_has_all_that_hold(sql: Sql) -> None:
    sql.scope("*")
    assert len(codes(sql, None)) == 7


def test_a_county_has_its_own(sql: Sql) -> None:
    sql.scope(WEST)
    assert sql.rows(QUERY, codes=None) == [(sql.boundary(WEST), WEST)]


def test_a_neighbour_that_is_asked_for_is_left_out(sql: Sql) -> None:
    sql.scope(WEST)
    assert codes(sql, [WEST, EAST]) == [WEST]


def test_of_the_whole_tree_only_those_asked_for(sql: Sql) -> None:
    sql.scope("*")
    assert codes(sql, [EAST, "999999"]) == [EAST]


def test_a_boundary_that_ended_is_left_out(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() WHERE code = :c", c=WEST)
    sql.scope("*")
    assert codes(sql, [WEST]) == []
