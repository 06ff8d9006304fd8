"""Which plots make the figures of some districts, those of neighbours across the border too."""

from typing import Any

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT plot_id FROM coverage_plots(CAST(:codes AS text[]), CAST(:moment AS timestamptz), 10,
    CAST(:year AS integer), CAST(:kinds AS text[]), CAST(:programmes AS text[])) ORDER BY 1
"""


def plots(sql: Sql, *codes: str, **filters: Any) -> list[int]:
    """Numbers of the plots."""
    values = {"moment": None, "year": None, "kinds": None, "programmes": None} | filters
    return sql.column(QUERY, codes=list(codes), **values)


def test_stored_and_undrained_plots_are_both_there(sql: Sql) -> None:
    stored = sql.plot()
    sql.drain()
    added = sql.plot(125.07)
    sql.session("*")
    assert plots(sql, WEST) == [stored, added]


def test_a_plot_across_the_border_is_there_for_both_counties(sql: Sql) -> None:
    number = sql.plot(125.099, wide=0.003, county=EAST)
    sql.session(WEST)
    assert plots(sql, WEST) == [number]


def test_a_plot_in_two_cells_is_there_once(sql: Sql) -> None:
    sql.county(west=125.3, wide=0.2)
    number = sql.plot(125.3995, county="220104")
    sql.session("*")
    assert plots(sql, "220104") == [number]


def test_beyond_the_scope_there_are_none(sql: Sql) -> None:
    sql.plot()
    sql.session(EAST)
    assert plots(sql, WEST) == []


def test_filters_are_put_together(sql: Sql) -> None:
    sql.plot(year=2020)
    sql.plot(125.07, kind="G1")
    number = sql.plot(125.08, kind="G1", year=2020)
    sql.session("*")
    assert plots(sql, WEST, year=2020, kinds=["G1"]) == [number]


def test_a_past_moment_has_the_plots_of_then(sql: Sql) -> None:
    number = sql.plot()
    sql.yesterday()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    sql.session("*")
    assert plots(sql, WEST) == []
    assert plots(sql, WEST, moment=str(sql.value("SELECT now()"))) == [number]
