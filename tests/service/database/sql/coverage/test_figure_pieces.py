"""Pieces of some plots: stored ones of boundaries, and computed ones of fresh cells."""

from typing import Any

import pytest

from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT * FROM figure_pieces(CAST(:kept AS bigint[]), CAST(:fresh AS bigint[]),
                            NULL, CAST(:year AS integer), CAST(:kinds AS text[]),
                            CAST(:programmes AS text[]), CAST(:themes AS text[]),
                            CAST(:work_types AS text[]), CAST(:units AS text[]))
ORDER BY plot_id
"""


def pieces(
    sql: Sql, *, stored: tuple[int, ...] = (), fresh: tuple[int, ...] = (), **filters: Any
) -> list[int]:
    """Numbers of the plots whose pieces are given."""
    names = ("year", "kinds", "programmes", "themes", "work_types", "units")
    values = dict.fromkeys(names) | filters
    rows = sql.rows(QUERY, kept=list(stored), fresh=list(fresh), **values)
    return [row.plot_id for row in rows]


def test_without_boundaries_and_cells_there_are_none(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    assert pieces(sql) == []


def test_stored_pieces_of_a_boundary_are_given(sql: Sql) -> None:
    number = sql.plot()
    sql.drain()
    assert pieces(sql, stored=(sql.boundary(),)) == [number]


def test_a_plot_that_was_not_drained_is_in_no_stored_piece(sql: Sql) -> None:
    sql.plot()
    assert pieces(sql, stored=(sql.boundary(),)) == []


def test_a_fresh_cell_is_computed_and_its_stored_pieces_left_out(sql: Sql) -> None:
    stored = sql.plot()
    sql.drain()
    added = sql.plot(125.07)
    assert pieces(sql, stored=(sql.boundary(),), fresh=(sql.cell(),)) == [stored, added]


@pytest.mark.parametrize("fresh", [False, True], ids=["stored", "computed"])
@pytest.mark.parametrize(
    "filters",
    [
        {"year": 2020},
        {"kinds": ["G1"]},
        {"programmes": ["P1", "P2"]},
        {"themes": ["T1"]},
        {"work_types": ["XJ"]},
        {"units": ["LYJ"]},
    ],
)
def test_a_filter_holds_for_both(sql: Sql, fresh: bool, filters: dict[str, Any]) -> None:
    sql.plot()
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('LYJ', '林业局', 'bureau')")
    number = sql.plot(125.07, year=2020, kind="G1", programme="P1")
    words = {"theme": "T1", "work_type": "XJ", "unit": "LYJ"}
    named = ", ".join(f"{name} = :{name}" for name in words)
    sql.run(f"UPDATE plot_version SET {named} WHERE plot_id = :id", id=number, **words)
    sql.drain()
    places: dict[str, Any] = {"fresh": (sql.cell(),)} if fresh else {"stored": (sql.boundary(),)}
    assert pieces(sql, **places, **filters) == [number]


def test_an_empty_list_of_kinds_lets_nothing_through(sql: Sql) -> None:
    sql.plot()
    assert pieces(sql, fresh=(sql.cell(),), kinds=[]) == []
