"""Which plots share ground with others of the scope, out of the index on shapes."""

from typing import Any

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT plot_id, overlap, large FROM overlaps_in_scope(:plots, :least_m2, :most) ORDER BY plot_id
"""


def told(sql: Sql, *plots: int, least_m2: float = 1.0, most: int = 2_000) -> list[Any]:
    """What is said of the working versions of plots."""
    return [tuple(row) for row in sql.rows(QUERY, plots=list(plots), least_m2=least_m2, most=most)]


def test_a_plot_on_anothers_ground_overlaps_and_one_that_touches_does_not(sql: Sql) -> None:
    one = sql.plot(125.05, slot="working")
    beside = sql.plot(125.051, slot="working")
    sql.plot(125.0495)
    sql.session(WEST)
    assert told(sql, one, beside) == [(one, True, False), (beside, False, False)]


def test_ground_below_the_least_is_no_overlap(sql: Sql) -> None:
    one = sql.plot(125.05, slot="working")
    sql.plot(125.0495)
    sql.session(WEST)
    assert told(sql, one, least_m2=1e6) == [(one, False, False)]


def test_planned_plots_lie_under_those_that_carry_them_out(sql: Sql) -> None:
    planned = sql.plot(slot="working", stage="planned")
    sql.plot(stage="planted")
    sql.session(WEST)
    assert told(sql, planned) == [(planned, False, False)]


def test_cancelled_plots_overlap_nothing(sql: Sql) -> None:
    cancelled = sql.plot(slot="working", stage="cancelled")
    other = sql.plot(slot="working")
    sql.session(WEST)
    assert told(sql, cancelled, other) == [(cancelled, False, False), (other, False, False)]


def test_outlines_that_are_long_together_are_not_compared(sql: Sql) -> None:
    one = sql.plot(slot="working")
    sql.plot()
    sql.session(WEST)
    assert told(sql, one, most=9) == [(one, False, True)]


def test_plots_beyond_the_scope_are_neither_told_nor_met(sql: Sql) -> None:
    here = sql.plot(125.0995, slot="working")
    there = sql.plot(125.0999, county=EAST, slot="working")
    sql.session(WEST)
    assert told(sql, here, there) == [(here, False, False)]


def test_no_scope_is_told_nothing(sql: Sql) -> None:
    one = sql.plot(slot="working")
    sql.session()
    assert told(sql, one) == []


def test_plots_elsewhere_are_not_read(sql: Sql) -> None:
    one = sql.plot(slot="working")
    for n in range(300):
        sql.plot(125.01 + n * 1e-4, 43.01, slot="approved" if n % 2 else "working")
    sql.run("ANALYZE plot_version")
    sql.session(WEST)
    before = sql.rows_read("plot_version")
    told(sql, one)
    assert sql.rows_read("plot_version") - before < 30
