"""Every write of plots keeps the counts of squares, and counts a change of its ground."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

# Rows of plot_square, added up, that are not what counting anew gives, and the other way round.
WRONG = """
WITH stored AS (
    SELECT block, square, district, shown, stage, kind, year, review, programme,
           sum(plots)::integer AS plots, sum(area_cm2)::bigint AS area_cm2
    FROM plot_square GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0
)
(SELECT * FROM stored EXCEPT SELECT * FROM recounted_plot_squares())
UNION ALL
(SELECT * FROM recounted_plot_squares() EXCEPT SELECT * FROM stored)
"""
CHANGES = "SELECT coalesce(sum(changes), 0) FROM plot_change WHERE district = :county"
DRAFT = """
INSERT INTO plot_version
    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
SELECT plot_id, 'working', 2, geom, district, stage, kind, year, plot_no, 'draft' FROM plot_version
"""


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE plot_version SET geom = ST_Translate(geom, 0.03, 0)",
        "UPDATE plot_version SET geom = ST_Multi(ST_Buffer(geom, 0.001))",
        "UPDATE plot_version SET kind = 'G1', stage = 'existing', programme = 'P1'",
        "UPDATE plot_version SET note = 'tells nothing'",
        "UPDATE plot_version SET note = 'of no plot' WHERE false",
        "DELETE FROM plot_version WHERE plot_id = (SELECT min(plot_id) FROM plot_version)",
        "DELETE FROM plot",
        DRAFT,
        f"{DRAFT}; DELETE FROM plot_version WHERE slot = 'working'",
        f"{DRAFT}; DELETE FROM plot_version WHERE slot = 'approved'",
        f"{DRAFT}; UPDATE plot_version SET stage = 'existing'",
    ],
)
def test_after_a_write_squares_add_up_to_the_plots(sql: Sql, write: str) -> None:
    sql.plot()
    sql.plot(125.07)
    for statement in write.split("; "):
        sql.run(statement)
        assert sql.rows(WRONG) == []


def test_a_plot_is_counted_in_the_square_of_its_middle(sql: Sql) -> None:
    sql.plot(125.05, 43.05, wide=0.002, tall=0.002)
    assert sql.column("SELECT square FROM plot_square WHERE block >= 0") == [
        # 32768 sides of 360°: the middle is at 305.051° from 180° W and 133.051° from 90° S.
        int(305.051 * 32768 / 360) * 16384 + int(133.051 * 32768 / 360)
    ]


def test_a_write_counts_a_change_of_its_county(sql: Sql) -> None:
    sql.plot()
    assert (sql.value(CHANGES, county=WEST), sql.value(CHANGES, county=EAST)) == (1, 0)


def test_one_statement_is_one_change_of_a_block(sql: Sql) -> None:
    sql.plot(125.05)
    sql.plot(125.051)
    before = sql.value(CHANGES, county=WEST)
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.value(CHANGES, county=WEST) == before + 1


def test_a_plot_across_blocks_changes_both(sql: Sql) -> None:
    # A block is 360/1024 degrees broad; one begins at 356 * 360 / 1024 - 180 = -54.84375.
    sql.plot(-54.844, 43.05, wide=0.001)
    assert sql.value("SELECT count(DISTINCT block) FROM plot_change") == 2


def test_no_row_is_no_change(sql: Sql) -> None:
    sql.run("DELETE FROM plot_version")
    assert sql.value(CHANGES, county=WEST) == 0
