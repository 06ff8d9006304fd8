"""Figures of this moment: stored ones, and marked cells computed while somebody waits."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT * FROM live_coverage(CAST(:codes AS text[]), CAST(:level AS text), :grouping, :few)
"""


def live(
    sql: Sql,
    *codes: str,
    level: str | None = None,
    grouping: str = "all",
    few: int = 10,
) -> list[Any]:
    """All rows; the first one says what is not counted yet."""
    wanted = list(codes) or None
    return sql.rows(QUERY, codes=wanted, level=level, grouping=grouping, few=few)


def test_the_first_row_says_that_nothing_waits(sql: Sql) -> None:
    sql.session("*")
    assert live(sql, WEST) == [(None, None, None, None, None, 0, None, 0, None)]


def test_what_was_drained_is_read_as_it_is_stored(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.session("*")
    row = live(sql, WEST)[1]
    assert (row.code, row.grp, row.plot_count) == (WEST, "", 1)
    assert row.green_m2 == row.sum_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)


def test_a_marked_cell_is_computed_with_the_read(sql: Sql) -> None:
    sql.plot()
    sql.session("*")
    (_, row) = live(sql, WEST)
    assert (row.code, row.plot_count) == (WEST, 1)


def test_draining_changes_no_figure(sql: Sql) -> None:
    for n in range(3):
        sql.plot(125.05 + 0.0002 * n)
    sql.plot(125.0508)
    sql.session("*")
    before = live(sql, WEST)
    sql.as_owner()
    sql.drain()
    assert live(sql, WEST)[1][2:5] == pytest.approx(before[1][2:5], rel=1e-12)


def test_too_many_marked_cells_are_left_out_and_counted(sql: Sql) -> None:
    sql.plot()
    sql.session("*")
    (row,) = live(sql, WEST, few=0)
    assert (row.pending_cells, row.pending_since is not None) == (1, True)


def test_ground_that_two_share_counts_once_in_green_and_twice_in_the_sum(sql: Sql) -> None:
    sql.plot(125.05)
    sql.plot(125.0506)
    sql.session("*")
    (_, row) = live(sql, WEST)
    assert row.green_m2 == pytest.approx(sql.area_m2(0.0016, 0.001), rel=1e-6)
    assert row.sum_m2 == pytest.approx(2 * sql.area_m2(0.001, 0.001), rel=1e-6)


def test_groups_are_united_each_by_itself(sql: Sql) -> None:
    sql.plot(125.05)
    sql.plot(125.0506, kind="G1")
    sql.session("*")
    rows = live(sql, WEST, grouping="green_class")[1:]
    whole = pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6)
    assert {row.grp: row.green_m2 for row in rows} == {"forest": whole, "urban": whole}


def test_some_of_a_cluster_are_united_anew(sql: Sql) -> None:
    for n, stage in enumerate(["planted", "planted", "existing"]):
        sql.plot(125.05 + 0.0002 * n, stage=stage)
    sql.session("*")
    rows = live(sql, WEST, grouping="stage")[1:]
    assert {row.grp: row.green_m2 for row in rows} == {
        "planted": pytest.approx(sql.area_m2(0.0012, 0.001), rel=1e-6),
        "existing": pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6),
    }


def test_a_level_without_codes_is_all_its_districts(sql: Sql) -> None:
    sql.plot()
    sql.plot(125.15, county=EAST)
    sql.session("*")
    assert sorted(row.code for row in live(sql, level="county")[1:]) == [WEST, EAST]


def test_districts_of_another_level_are_left_out(sql: Sql) -> None:
    sql.plot()
    sql.session("*")
    assert live(sql, WEST, level="city")[1:] == []


def test_beyond_the_scope_nothing_is_told(sql: Sql) -> None:
    sql.plot()
    sql.session(EAST)
    assert live(sql, WEST) == [(None, None, None, None, None, 0, None, 0, None)]


def test_a_neighbours_plot_counts_with_its_part_in_the_county(sql: Sql) -> None:
    sql.plot(125.099, wide=0.003, county=EAST)
    sql.session(WEST)
    (_, row) = live(sql, WEST)
    assert row.green_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6)
