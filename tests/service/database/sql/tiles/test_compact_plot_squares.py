"""The rows of some squares, and the counters of some blocks, are put together."""

from tests.service.database.sql.conftest import Sql

SQUARE = """
INSERT INTO plot_square (block, square, district, shown, stage, kind, year, review, plots, area_cm2)
VALUES (:block, 7, '220102', 'both', 'planted', 'RGZL', 2026, 'approved', :plots, :plots * 10)
"""
COMPACT = """
SELECT compact_plot_squares(CAST(:changed AS integer[]), CAST(:blocks AS integer[]),
                            CAST(:squares AS integer[]))
"""
ROWS = "SELECT block, square, plots, area_cm2 FROM plot_square ORDER BY plots"


def compact(sql: Sql, changed: list[int], blocks: list[int], squares: list[int]) -> None:
    """Put the rows of these squares and blocks together."""
    sql.run(COMPACT, changed=changed, blocks=blocks, squares=squares)


def test_rows_of_a_square_that_are_alike_become_one(sql: Sql) -> None:
    for plots in (1, 2, 3):
        sql.run(SQUARE, block=5, plots=plots)
    compact(sql, [], [5], [7])
    assert sql.rows(ROWS) == [(5, 7, 6, 60)]
    assert sql.rows("SELECT plots, area_cm2 FROM plot_square_sum WHERE plots <> 0") == [(6, 60)]


def test_rows_that_cancel_out_go(sql: Sql) -> None:
    for plots in (1, -1):
        sql.run(SQUARE, block=5, plots=plots)
    compact(sql, [], [5], [7])
    assert sql.rows(ROWS) == []
    assert sql.rows("SELECT * FROM plot_square_sum") == []


def test_other_squares_are_left_alone(sql: Sql) -> None:
    for plots in (1, 2):
        sql.run(SQUARE, block=5, plots=plots)
    compact(sql, [], [5, 6], [8, 7])
    assert len(sql.rows(ROWS)) == 2


def test_counters_of_a_block_become_one_for_each_county(sql: Sql) -> None:
    sql.run(
        "INSERT INTO plot_change VALUES (5, '220102', 2), (5, '220102', 1), (5, '220103', 4),"
        " (6, '220102', 1), (6, '220102', 1)"
    )
    compact(sql, [5], [], [])
    assert sql.rows("SELECT * FROM plot_change ORDER BY block, district") == [
        (5, "220102", 3),
        (5, "220103", 4),
        (6, "220102", 1),
        (6, "220102", 1),
    ]


def test_of_nothing_nothing_is_put_together(sql: Sql) -> None:
    sql.run(SQUARE, block=5, plots=1)
    compact(sql, [], [], [])
    assert len(sql.rows(ROWS)) == 1
