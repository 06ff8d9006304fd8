"""Plots that lie in no known county are noted when a border goes, and until one comes."""

import pytest

from tests.service.conftest import EAST
from tests.service.database.sql.conftest import Sql

NOTED = "SELECT plot_id FROM coverage_outside WHERE area_m2 IS NOT NULL"


def ended(sql: Sql) -> None:
    """The eastern county has no boundary any more."""
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() + 1 WHERE code = :c", c=EAST)
    sql.run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_plot_is_noted_when_its_county_ends(sql: Sql) -> None:
    number = sql.plot(125.15, county=EAST)
    assert sql.column(NOTED) == []
    ended(sql)
    assert sql.column(NOTED) == [number]


def test_a_plot_with_ground_in_another_county_is_not_noted(sql: Sql) -> None:
    sql.plot(125.0995, wide=0.01, county=EAST)
    ended(sql)
    assert sql.column(NOTED) == []


def test_a_county_that_comes_takes_its_plots_off_the_notes(sql: Sql) -> None:
    number = sql.plot(125.35)
    assert sql.column(NOTED) == [number]
    sql.county()
    sql.run("SET CONSTRAINTS ALL IMMEDIATE")
    assert sql.column(NOTED) == []


@pytest.mark.parametrize("change", ["stage = 'cancelled'", "geom = ST_Translate(geom, -0.3, 0)"])
def test_a_plot_that_is_not_green_outside_any_more_is_not_noted(sql: Sql, change: str) -> None:
    sql.plot(125.35)
    sql.run(f"UPDATE plot_version SET {change}")
    assert sql.column(NOTED) == []


def test_a_note_of_a_plot_leaves_it_where_it_is_noted(sql: Sql) -> None:
    number = sql.plot(125.35)
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.column(NOTED) == [number]
