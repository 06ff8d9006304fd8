"""Area of the union of what some plots have in a cell."""

import pytest

from tests.service.conftest import EAST
from tests.service.database.sql.conftest import Sql

QUERY = "SELECT united_m2(:cell, CAST(:members AS bigint[]), CAST(:moment AS timestamptz))"


def united(sql: Sql, *members: int, moment: str | None = None) -> float | None:
    """Area of their union in the cell of the western county, m²."""
    area: float | None = sql.value(QUERY, cell=sql.cell(), members=list(members), moment=moment)
    return area


def test_ground_that_two_share_counts_once(sql: Sql) -> None:
    area = united(sql, sql.plot(125.05), sql.plot(125.0506))
    assert area == pytest.approx(sql.area_m2(0.0016, 0.001), rel=1e-6)


def test_ground_beyond_the_cell_does_not_count(sql: Sql) -> None:
    area = united(sql, sql.plot(125.099, wide=0.003))
    assert area == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6)


def test_only_the_plots_that_are_named_count(sql: Sql) -> None:
    number = sql.plot(125.05)
    sql.plot(125.06)
    assert united(sql, number) == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6)


def test_of_no_plot_it_is_null(sql: Sql) -> None:
    assert united(sql) is None


def test_a_plot_that_lies_elsewhere_has_no_area_here(sql: Sql) -> None:
    assert united(sql, sql.plot(125.15, county=EAST)) == 0


def test_a_past_moment_takes_the_ground_of_then(sql: Sql) -> None:
    number = sql.plot()
    sql.yesterday()
    sql.run(
        "UPDATE plot_version SET geom = ST_Multi(ST_MakeEnvelope(125, 43, 125.01, 43.01, 4490))"
    )
    then = united(sql, number, moment=str(sql.value("SELECT now()")))
    assert then == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)
