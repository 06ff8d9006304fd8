"""What is added to plot_square is added to its sums, and taken away with it."""

from tests.service.database.sql.conftest import Sql

SQUARE = """
INSERT INTO plot_square (block, square, district, shown, stage, kind, year, review, plots, area_cm2)
VALUES (:block, :square, '220102', 'both', 'planted', :kind, 2026, 'approved', :plots, :area)
"""
SUMS = "SELECT block, square, plots, area_cm2 FROM plot_square_sum ORDER BY block"
# The fourth of a side: squares of 360/2^15 degrees are put together into squares of 360/2^13.
SMALL, MIDDLE = 800 * 16384 + 401, 200 * 16384 + 100


def test_a_large_square_is_summed_as_it_is(sql: Sql) -> None:
    sql.run(SQUARE, block=-5, square=7, kind="RGZL", plots=2, area=300)
    assert sql.rows(SUMS) == [(-5, 7, 2, 300)]


def test_small_squares_are_summed_in_sixteens(sql: Sql) -> None:
    sql.run(SQUARE, block=9, square=SMALL, kind="RGZL", plots=2, area=300)
    (row,) = sql.rows(SUMS)
    assert (row.square, row.plots, row.area_cm2) == (MIDDLE, 2, 300)
    assert row.block == -100_000 - (200 // 32) * 128 - 100 // 32


def test_squares_of_one_statement_are_added_up_whatever_their_kind(sql: Sql) -> None:
    sql.run(
        "INSERT INTO plot_square (block, square, district, shown, stage, kind, year, review, plots,"
        " area_cm2) SELECT -5, 7, '220102', 'both', 'planted', kind, 2026, 'approved', 1, 10"
        " FROM unnest(ARRAY['RGZL', 'G1']) kind"
    )
    assert sql.rows(SUMS) == [(-5, 7, 2, 20)]


def test_what_cancels_out_leaves_no_row(sql: Sql) -> None:
    sql.run(
        "INSERT INTO plot_square (block, square, district, shown, stage, kind, year, review, plots,"
        " area_cm2) SELECT -5, 7, '220102', 'both', 'planted', 'RGZL', 2026, 'approved', n, 10 * n"
        " FROM unnest(ARRAY[1, -1]) n"
    )
    assert sql.rows(SUMS) == []


def test_a_deleted_square_is_taken_away_from_the_sums(sql: Sql) -> None:
    sql.run(SQUARE, block=-5, square=7, kind="RGZL", plots=2, area=300)
    sql.run("DELETE FROM plot_square")
    assert sql.value("SELECT sum(plots) FROM plot_square_sum") == 0
