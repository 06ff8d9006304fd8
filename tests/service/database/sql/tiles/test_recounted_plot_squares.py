"""Plots counted anew, square by square, in the two sizes of squares."""

from tests.service.database.sql.conftest import Sql

ROWS = "SELECT * FROM recounted_plot_squares() ORDER BY block"


def test_without_plots_there_are_no_squares(sql: Sql) -> None:
    assert sql.rows(ROWS) == []


def test_a_plot_is_in_a_large_and_in_a_small_square(sql: Sql) -> None:
    sql.plot(year=2020, kind="G1", programme="P1")
    large, small = sql.rows(ROWS)
    assert large.block < 0 <= small.block
    for row in (large, small):
        assert (row.district, row.kind, row.year, row.programme) == ("220102", "G1", 2020, "P1")
        assert row.plots == 1
    area = sql.value("SELECT round(area_m2 * 10000)::bigint FROM plot_version")
    assert large.area_cm2 == small.area_cm2 == area


def test_plots_of_one_square_and_alike_are_added_up(sql: Sql) -> None:
    sql.plot()
    sql.plot()
    assert [row.plots for row in sql.rows(ROWS)] == [2, 2]


def test_of_a_plot_with_a_draft_both_versions_are_told_apart(sql: Sql) -> None:
    sql.plot()
    assert {row.shown for row in sql.rows(ROWS)} == {"both"}
    sql.run(
        "INSERT INTO plot_version (plot_id, slot, version, geom, district, stage, kind, year,"
        " plot_no, review) SELECT plot_id, 'working', 2, geom, district, stage, kind, year,"
        " plot_no, 'draft' FROM plot_version"
    )
    assert {row.shown for row in sql.rows(ROWS)} == {"approved", "working"}
