"""Plots of the scope by what their names have in them."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT * FROM plots_named(:grams, :patterns, CAST(:counties AS text[]), :approved, :most)
"""


def named(sql: Sql, *grams: str, **asked: Any) -> list[int]:
    values = {"patterns": [], "counties": None, "approved": False, "most": 10, **asked}
    return sorted(sql.column(QUERY, grams=list(grams), **values))


@pytest.fixture
def two(sql: Sql) -> tuple[int, int]:
    """A plot of one name in each county."""
    west, east = sql.plot(125.05), sql.plot(125.15, county=EAST)
    sql.run("UPDATE plot_version SET name = '城南林'")
    return west, east


def test_plots_of_the_whole_tree_are_found(sql: Sql, two: tuple[int, int]) -> None:
    sql.session("*")
    assert named(sql, "城南") == list(two)


def test_what_is_asked_for_opens_nothing_beyond_the_scope(sql: Sql, two: tuple[int, int]) -> None:
    sql.session(WEST)
    assert named(sql, "城南") == [two[0]]
    assert named(sql, "城南", counties=[EAST]) == []
    sql.session()
    assert named(sql, "城南") == []


def test_rows_of_the_accounts_units_are_found_in_every_county(
    sql: Sql, two: tuple[int, int]
) -> None:
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('U1', '林场', 'bureau')")
    sql.run("UPDATE plot_version SET unit = 'U1' WHERE plot_id = :id", id=two[1])
    sql.session("unit:U1")
    assert named(sql, "城南") == [two[1]]
    assert named(sql, "城南", counties=[WEST]) == []


def test_all_keys_and_the_pattern_must_be_there(sql: Sql, two: tuple[int, int]) -> None:
    sql.session("*")
    assert named(sql, "城南", "南北") == []
    assert named(sql, "城南", patterns=["%南城%"]) == []


def test_no_more_are_given_than_asked_for(sql: Sql, two: tuple[int, int]) -> None:
    sql.session("*")
    assert len(named(sql, "城南", most=1)) == 1


def test_versions_that_are_worked_on_are_passed_over_for_who_reads_approved_ones(
    sql: Sql,
) -> None:
    sql.plot(125.05, slot="working")
    sql.run("UPDATE plot_version SET name = '城南林'")
    sql.session("*")
    assert named(sql, "城南", approved=True) == []
