"""The area of a plot is that of its shape, whoever brings it."""

import pytest

from tests.service.database.sql.conftest import Sql

MEASURED = "SELECT bool_and(area_m2 = ST_Area(geom::geography)) FROM plot_version"
BESIDE = (
    "INSERT INTO plot_version"
    " (plot_id, slot, version, geom, area_m2, district, stage, kind, year, plot_no, review)"
    " SELECT plot_id, 'working', 2, geom, {}, district, stage, kind, year, plot_no, 'draft'"
    " FROM plot_version WHERE plot_id = :plot"
)


def test_a_plot_without_an_area_is_measured(sql: Sql) -> None:
    sql.plot()
    assert sql.value(MEASURED)


@pytest.mark.parametrize("given", ["area_m2 * 1.0007", "area_m2 * 1.002", "0", "'NaN'"])
def test_an_area_that_sql_gives_is_measured_anew(sql: Sql, given: str) -> None:
    sql.plot()
    sql.run(f"UPDATE plot_version SET area_m2 = {given}")
    assert sql.value(MEASURED)


@pytest.mark.parametrize("given", ["ST_Area(geom::geography) * 1.0007", "1"])
def test_an_area_that_a_new_row_brings_by_sql_is_measured_anew(sql: Sql, given: str) -> None:
    sql.run(BESIDE.format(given), plot=sql.plot())
    assert sql.value(MEASURED)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("ST_Area(geom::geography) * (1 + 1e-9)", True),
        ("ST_Area(geom::geography) * 1.002", False),
        ("0", False),
        ("NULL", False),
        ("'NaN'", False),
        ("'Infinity'", False),
    ],
)
def test_an_area_that_the_service_measured_is_taken_where_the_shape_can_have_it(
    sql: Sql, given: str, taken: bool
) -> None:
    plot = sql.plot()
    sql.run("SELECT set_config('luotu.areas', 'measured', true)")
    sql.run(BESIDE.format(given), plot=plot)
    assert sql.value(MEASURED) is not taken


def test_a_shape_that_changes_is_measured_anew(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE plot_version SET geom = ST_Multi(ST_Buffer(geom, 0.001))")
    assert sql.value(MEASURED)


@pytest.mark.parametrize("west", [125.0, 75.0])
@pytest.mark.parametrize("south", [3.5, 21.0, 53.5])
def test_areas_of_small_plots_are_held_for_possible_wherever_they_lie(
    sql: Sql, west: float, south: float
) -> None:
    ratio = sql.value(
        "SELECT ST_Area(g::geography) / (ST_Area(g) * 12309072079 * cos(radians(b))"
        " / (1 - 0.00669438 * sin(radians(b)) ^ 2) ^ 2)"
        " FROM ST_MakeEnvelope(:w, :s, :w + 0.02, :s + 0.02, 4490) g,"
        " LATERAL (SELECT (ST_YMin(g) + ST_YMax(g)) / 2 AS b) middle",
        w=west,
        s=south,
    )
    assert ratio == pytest.approx(1, abs=1e-4)
