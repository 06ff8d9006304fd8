"""Figures of some plots only, and as they stood at a moment."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT * FROM coverage_figures(CAST(:codes AS text[]), :grouping, CAST(:moment AS timestamptz),
    :few, CAST(:year AS integer), CAST(:kinds AS text[]), CAST(:programmes AS text[]))
"""


def figures(sql: Sql, *codes: str, grouping: str = "all", few: int = 10, **rest: Any) -> list[Any]:
    """All rows; the first one says what is not counted yet."""
    values = {"moment": None, "year": None, "kinds": None, "programmes": None} | rest
    return sql.rows(QUERY, codes=list(codes), grouping=grouping, few=few, **values)


def test_the_first_row_says_that_nothing_waits(sql: Sql) -> None:
    sql.session("*")
    assert figures(sql, WEST) == [(None, None, None, None, None, 0, None, 0, None)]


@pytest.mark.parametrize("stored", [True, False])
def test_without_a_filter_it_is_what_live_coverage_says(sql: Sql, stored: bool) -> None:
    sql.plot(125.05)
    sql.plot(125.0506)
    if stored:
        sql.drain()
    sql.session("*")
    live = sql.rows("SELECT * FROM live_coverage(ARRAY[:code], NULL, 'all', 10)", code=WEST)
    assert figures(sql, WEST) == live


def test_too_many_marked_cells_are_left_out_and_counted(sql: Sql) -> None:
    sql.plot()
    sql.session("*")
    (row,) = figures(sql, WEST, few=0)
    assert (row.pending_cells, row.pending_since is not None) == (1, True)


def test_kinds_are_groups_of_their_own(sql: Sql) -> None:
    sql.plot(125.05)
    sql.plot(125.07, kind="G1")
    sql.drain()
    sql.session("*")
    rows = figures(sql, WEST, grouping="kind")[1:]
    assert {row.grp: row.plot_count for row in rows} == {"RGZL": 1, "G1": 1}


@pytest.mark.parametrize("filters", [{"year": 2020}, {"kinds": ["G1"]}, {"programmes": ["P1"]}])
@pytest.mark.parametrize("stored", [True, False])
def test_only_plots_of_the_filter_count(sql: Sql, stored: bool, filters: dict[str, Any]) -> None:
    sql.plot(125.05)
    sql.plot(125.0506, year=2020, kind="G1", programme="P1")
    if stored:
        sql.drain()
    sql.session("*")
    (_, row) = figures(sql, WEST, **filters)
    assert row.plot_count == 1
    assert row.green_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6)


def test_at_a_past_moment_ground_that_is_gone_counts(sql: Sql) -> None:
    number = sql.plot()
    sql.drain()
    sql.yesterday()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    sql.drain()
    moment = str(sql.value("SELECT now()"))
    sql.session("*")
    assert figures(sql, WEST)[1:] == []
    assert [row.plot_count for row in figures(sql, WEST, moment=moment)[1:]] == [1]


def test_beyond_the_scope_nothing_is_told(sql: Sql) -> None:
    sql.plot()
    sql.session(EAST)
    assert figures(sql, WEST) == [(None, None, None, None, None, 0, None, 0, None)]
