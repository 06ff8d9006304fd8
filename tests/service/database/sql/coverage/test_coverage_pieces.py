"""What each green plot has in a cell, what pairs share there, and clusters of three and more."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT * FROM coverage_pieces(CAST(:cells AS bigint[]), CAST(:moment AS timestamptz))
ORDER BY cell_id, plot_id
"""


def pieces(sql: Sql, *cells: int, moment: str | None = None) -> list[Any]:
    """Pieces of some cells, of the western county's when none is named."""
    return sql.rows(QUERY, cells=list(cells) or [sql.cell()], moment=moment)


@pytest.mark.parametrize("cells", [[], None, [-1]])
def test_without_cells_there_are_no_pieces(sql: Sql, cells: list[int] | None) -> None:
    sql.plot()
    assert sql.rows(QUERY, cells=cells, moment=None) == []


def test_a_plot_within_the_cell_is_there_with_all_of_itself(sql: Sql) -> None:
    number = sql.plot()
    (piece,) = pieces(sql)
    assert (piece.plot_id, piece.boundary_id) == (number, sql.boundary())
    assert (piece.whole, piece.counted) == (True, True)
    assert piece.area_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)
    assert (piece.overlapping_plot_ids, piece.cluster_id) == (None, None)


def test_what_a_plot_is_stands_beside_it(sql: Sql) -> None:
    sql.plot(stage="existing", kind="G1", year=2020, programme="P1")
    (piece,) = pieces(sql)
    assert (piece.stage, piece.kind, piece.year, piece.programme) == (
        "existing",
        "G1",
        2020,
        "P1",
    )


def test_a_plot_across_the_border_has_its_part_in_each_county(sql: Sql) -> None:
    sql.plot(125.099, 43.05, wide=0.003)
    west, east = pieces(sql, sql.cell(WEST), sql.cell(EAST))
    assert west.area_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-6)
    assert east.area_m2 == pytest.approx(sql.area_m2(0.002, 0.001), rel=1e-6)
    assert (west.whole, east.whole) == (False, False)
    assert (west.counted, east.counted) == (True, True)


def test_a_plot_in_two_cells_of_a_county_is_counted_in_the_first(sql: Sql) -> None:
    boundary = sql.county(west=125.3, wide=0.2)
    query = "SELECT id FROM district_cell WHERE boundary_id = :id ORDER BY id"
    cells = sql.column(query, id=boundary)
    assert len(cells) == 2
    sql.plot(125.3995, county="220104")
    assert [piece.counted for piece in pieces(sql, *cells)] == [True, False]


def test_a_plot_that_only_touches_the_cell_has_no_piece(sql: Sql) -> None:
    sql.plot(125.1, county=EAST)
    assert pieces(sql) == []


@pytest.mark.parametrize("stage", ["planned", "cancelled"])
def test_ground_that_is_not_green_has_no_piece(sql: Sql, stage: str) -> None:
    sql.plot(stage=stage)
    assert pieces(sql) == []


def test_a_working_version_has_no_piece(sql: Sql) -> None:
    sql.plot(slot="working")
    assert pieces(sql) == []


def test_of_two_that_overlap_the_lower_says_what_they_share(sql: Sql) -> None:
    lower, upper = sql.plot(125.05), sql.plot(125.0506)
    first, other = pieces(sql)
    assert (first.plot_id, first.overlapping_plot_ids) == (lower, [upper])
    assert first.overlap_m2 == [pytest.approx(sql.area_m2(0.0004, 0.001), rel=1e-6)]
    assert (other.overlapping_plot_ids, other.overlap_m2) == (None, None)
    assert (first.cluster_id, other.cluster_id) == (None, None)


def test_plots_that_only_touch_share_nothing(sql: Sql) -> None:
    sql.plot(125.05)
    sql.plot(125.051)
    assert [piece.overlapping_plot_ids for piece in pieces(sql)] == [None, None]


def test_a_chain_of_three_is_two_pairs(sql: Sql) -> None:
    first, second, third = (sql.plot(125.05 + 0.0008 * n) for n in range(3))
    rows = {piece.plot_id: piece.overlapping_plot_ids for piece in pieces(sql)}
    assert rows == {first: [second], second: [third], third: None}


def test_three_that_overlap_each_other_are_a_cluster_with_one_union(sql: Sql) -> None:
    for n in range(3):
        sql.plot(125.05 + 0.0002 * n)
    rows = pieces(sql)
    assert {piece.cluster_plots for piece in rows} == {3}
    assert len({piece.cluster_id for piece in rows}) == 1
    assert rows[0].cluster_m2 == pytest.approx(sql.area_m2(0.0014, 0.001), rel=1e-6)
    assert {piece.overlapping_plot_ids for piece in rows} == {None}


def test_two_clusters_apart_have_numbers_of_their_own(sql: Sql) -> None:
    for west in (125.02, 125.07):
        for _ in range(3):
            sql.plot(west)
    assert len({piece.cluster_id for piece in pieces(sql)}) == 2


def test_a_past_moment_shows_a_plot_that_is_gone_since(sql: Sql) -> None:
    number = sql.plot()
    sql.yesterday()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    moment = str(sql.value("SELECT now()"))
    assert pieces(sql) == []
    assert [piece.plot_id for piece in pieces(sql, moment=moment)] == [number]


def test_a_moment_before_a_plot_does_not_show_it(sql: Sql) -> None:
    sql.plot()
    assert pieces(sql, moment="2020-01-01T00:00:00Z") == []


def test_a_past_moment_shows_what_pairs_shared_then(sql: Sql) -> None:
    lower, upper = sql.plot(125.05), sql.plot(125.0506)
    sql.yesterday()
    sql.run("DELETE FROM plot WHERE id = :id", id=upper)
    rows = pieces(sql, moment=str(sql.value("SELECT now()")))
    assert (rows[0].plot_id, rows[0].overlapping_plot_ids) == (lower, [upper])


def test_many_plots_on_one_ground_are_one_cluster_without_a_look_at_every_three(sql: Sql) -> None:
    for _ in range(120):
        sql.plot()
    # There are 280 840 threes of them; a join of their pairs takes minutes.
    sql.rows("SELECT set_config('statement_timeout', '30s', true)")
    those = pieces(sql)
    assert len(those) == 120
    assert {piece.cluster_plots for piece in those} == {120}
    assert [piece.overlapping_plot_ids for piece in those] == [None] * 120
    assert those[0].cluster_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)
