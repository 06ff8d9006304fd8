"""What the plots in no known county add up to, for whom, and when."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT plots_outside_m2(CAST(:codes AS text[]), CAST(:moment AS timestamptz),
                        CAST(:year AS integer), NULL, NULL)
"""


def outside(sql: Sql, *codes: str, moment: str | None = None, year: int | None = None) -> float:
    """Of these counties, of all when none is named."""
    sql.scope("*")
    return float(sql.value(QUERY, codes=list(codes) or None, moment=moment, year=year))


def test_a_plot_beyond_all_counties_counts_with_its_own_area(sql: Sql) -> None:
    sql.plot(125.5)
    assert outside(sql) == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)


def test_it_counts_for_the_county_that_it_belongs_to(sql: Sql) -> None:
    sql.plot(125.5, county=EAST)
    assert outside(sql, WEST) == 0
    assert outside(sql, EAST) == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)


def test_other_years_can_be_left_out(sql: Sql) -> None:
    sql.plot(125.5, year=2026)
    assert outside(sql, year=2025) == 0
    assert outside(sql, year=2026) == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)


def test_a_plot_that_went_is_there_at_a_moment_before(sql: Sql) -> None:
    number = sql.plot(125.5)
    sql.yesterday()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    assert outside(sql) == 0
    then = outside(sql, moment=str(sql.value("SELECT now()")))
    assert then == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)


def test_on_the_borders_of_another_day_it_reads_the_plots_in_question_only(sql: Sql) -> None:
    for _ in range(300):
        sql.plot(125.02)
    sql.run("ANALYZE plot_history")
    sql.scope("*")
    before = sql.rows_read("plot_history")
    query = "SELECT plots_outside_m2(NULL, NULL, NULL, NULL, NULL, borders_on => '2024-01-01')"
    assert sql.value(query) == 0
    assert sql.rows_read("plot_history") - before < 100
