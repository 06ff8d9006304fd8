"""What plots that may count in a plan have in the cells of districts."""

from typing import Any

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT plot_id FROM progress_pieces(CAST(:codes AS text[]), NULL, 10, :first_year, :last_year,
    DATE '2026-04-01', DATE '2026-05-01', :by_day) ORDER BY 1
"""


def plots(sql: Sql, *codes: str, **values: Any) -> list[int]:
    """Numbers of the plots that have a piece."""
    window = {"first_year": 1949, "last_year": 2100, "by_day": "task_year"} | values
    return sql.column(QUERY, codes=list(codes), **window)


def test_stored_and_undrained_pieces_are_both_there(sql: Sql) -> None:
    stored = sql.plot()
    sql.drain()
    added = sql.plot(125.07)
    sql.session("*")
    assert plots(sql, WEST) == [stored, added]


def test_plots_of_other_years_are_no_candidates(sql: Sql) -> None:
    sql.plot()
    sql.session("*")
    assert plots(sql, WEST, first_year=1949, last_year=1950) == []


def test_a_day_in_the_window_makes_a_plot_of_another_year_a_candidate(sql: Sql) -> None:
    number = sql.plot()
    sql.run("UPDATE plot_version SET planted_on = DATE '2026-04-10'")
    sql.session("*")
    asked = {"first_year": 1949, "last_year": 1950, "by_day": "planted_on"}
    assert plots(sql, WEST, **asked) == [number]


def test_a_district_beyond_the_scope_has_no_pieces(sql: Sql) -> None:
    sql.plot()
    sql.session(EAST)
    assert plots(sql, WEST) == []
