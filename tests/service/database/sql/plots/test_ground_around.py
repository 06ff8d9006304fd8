"""Own plots that meet a shape, and foreign ground as far as 200 m from the scope."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT plot_id, slot, stage, district, ST_XMax(geom) AS east
FROM ground_around(ST_MakeEnvelope(:west, 43.04, :east, 43.06, 4490), :max_own, :max_foreign)
"""


def around(sql: Sql, west: float, east: float, own: int = 10, foreign: int = 10) -> list[Any]:
    """What meets a box between two meridians."""
    return sql.rows(QUERY, west=west, east=east, max_own=own, max_foreign=foreign)


def test_own_plots_that_meet_the_shape_are_given(sql: Sql) -> None:
    number = sql.plot(125.05)
    sql.plot(125.08)
    sql.session(WEST)
    assert [(row.plot_id, row.slot) for row in around(sql, 125.04, 125.06)] == [
        (number, "approved")
    ]


def test_own_drafts_are_given(sql: Sql) -> None:
    sql.plot(slot="working")
    sql.session(WEST)
    assert [row.slot for row in around(sql, 125.04, 125.06)] == ["working"]


def test_a_plot_that_only_touches_the_shape_is_given(sql: Sql) -> None:
    sql.plot(125.06)
    sql.session(WEST)
    assert len(around(sql, 125.04, 125.06)) == 1


def test_cancelled_plots_are_not(sql: Sql) -> None:
    sql.plot(stage="cancelled")
    sql.session(WEST)
    assert around(sql, 125.04, 125.06) == []


def test_without_a_scope_there_is_nothing(sql: Sql) -> None:
    sql.plot()
    sql.session()
    assert around(sql, 125.04, 125.06) == []


def test_foreign_ground_is_cut_200_m_from_the_border_and_has_no_number(sql: Sql) -> None:
    sql.plot(125.1, wide=0.01, county=EAST)
    sql.session(WEST)
    (row,) = around(sql, 125.09, 125.12)
    assert (row.plot_id, row.district) == (None, EAST)
    metres = (row.east - 125.1) * 81_500  # a degree of longitude at 43° north
    assert metres == pytest.approx(200, rel=0.01)


def test_foreign_ground_further_away_is_not_given(sql: Sql) -> None:
    sql.plot(125.11, county=EAST)
    sql.session(WEST)
    assert around(sql, 125.09, 125.12) == []


def test_foreign_drafts_are_not_given(sql: Sql) -> None:
    sql.plot(125.1, county=EAST, slot="working")
    sql.session(WEST)
    assert around(sql, 125.09, 125.12) == []


def test_the_whole_tree_has_only_own_plots(sql: Sql) -> None:
    number = sql.plot(125.11, county=EAST)
    sql.session("*")
    assert [row.plot_id for row in around(sql, 125.09, 125.12)] == [number]


def test_one_more_than_the_limit_is_given_of_each(sql: Sql) -> None:
    for _ in range(3):
        sql.plot(125.098)
        sql.plot(125.1, county=EAST)
    sql.session(WEST)
    rows = around(sql, 125.09, 125.12, own=1, foreign=0)
    assert [row.district for row in rows] == [WEST, WEST, EAST]


def test_plots_elsewhere_are_not_read(sql: Sql) -> None:
    sql.plot(125.05)
    for n in range(300):
        sql.plot(125.01 + n * 1e-4, 43.01, slot="approved" if n % 2 else "working")
    sql.run("ANALYZE plot_version")
    sql.session(WEST)
    sql.run("SET LOCAL enable_seqscan TO off")
    before = sql.rows_read("plot_version")
    around(sql, 125.04, 125.06)
    assert sql.rows_read("plot_version") - before < 30


def test_a_plot_of_a_unit_of_the_scope_is_an_own_one_wherever_it_lies(sql: Sql) -> None:
    draft = sql.plot(125.15, county=EAST, slot="working")
    sql.of_unit(draft, "LYJ")
    sql.session(WEST, "unit:LYJ")
    assert [row.plot_id for row in around(sql, 125.14, 125.17)] == [draft]


def test_a_plot_of_a_unit_of_the_scope_is_not_foreign_as_well(sql: Sql) -> None:
    number = sql.plot(125.1, county=EAST)
    sql.of_unit(number, "LYJ")
    sql.plot(125.1, county=EAST)
    sql.session(WEST, "unit:LYJ")
    assert [row.plot_id for row in around(sql, 125.09, 125.12)] == [number, None]


def test_a_plot_of_another_unit_is_foreign(sql: Sql) -> None:
    sql.of_unit(sql.plot(125.1, county=EAST), "JTJ")
    sql.session(WEST, "unit:LYJ")
    assert [row.plot_id for row in around(sql, 125.09, 125.12)] == [None]
