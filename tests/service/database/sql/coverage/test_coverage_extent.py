"""Which boundaries have figures, and which cells must be computed anew for them."""

from typing import Any

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT kept, fresh, waiting, oldest IS NOT NULL AS since
FROM coverage_extent(CAST(:codes AS text[]), CAST(:moment AS timestamptz), :few)
"""


def extent(sql: Sql, *codes: str, few: int = 10, moment: str | None = None) -> Any:
    """The one row of the function."""
    (row,) = sql.rows(QUERY, codes=list(codes), few=few, moment=moment)
    return row


def test_where_nothing_is_marked_the_stored_figures_hold(sql: Sql) -> None:
    sql.scope("*")
    assert extent(sql, WEST) == ([sql.boundary(WEST)], [], 0, False)


def test_few_marked_cells_are_to_be_computed(sql: Sql) -> None:
    sql.plot()
    sql.scope("*")
    assert extent(sql, WEST) == ([sql.boundary(WEST)], [sql.cell(WEST)], 0, False)


def test_a_cell_that_is_marked_twice_is_computed_once(sql: Sql) -> None:
    sql.plot()
    sql.plot()
    sql.scope("*")
    assert extent(sql, WEST).fresh == [sql.cell(WEST)]


def test_too_many_marked_cells_are_counted_instead(sql: Sql) -> None:
    sql.plot()
    sql.scope("*")
    assert extent(sql, WEST, few=0) == ([sql.boundary(WEST)], [], 1, True)


def test_marks_of_other_districts_do_not_matter(sql: Sql) -> None:
    sql.plot()
    sql.scope("*")
    assert extent(sql, EAST) == ([sql.boundary(EAST)], [], 0, False)


def test_beyond_the_scope_there_is_nothing(sql: Sql) -> None:
    sql.plot()
    sql.scope(EAST)
    assert extent(sql, WEST) == ([], [], 0, False)


def test_of_a_past_moment_the_cells_that_changed_since_are_computed(sql: Sql) -> None:
    number = sql.plot()
    sql.drain()
    sql.yesterday()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    sql.drain()
    sql.scope("*")
    assert extent(sql, WEST, moment=str(sql.value("SELECT now()"))).fresh == [sql.cell(WEST)]


def test_of_a_moment_since_which_nothing_changed_no_cell_is_computed(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.scope("*")
    assert extent(sql, WEST, moment=str(sql.value("SELECT clock_timestamp()"))).fresh == []


def test_a_boundary_that_held_then_is_computed_from_all_its_cells(sql: Sql) -> None:
    cell = sql.cell(WEST)
    sql.run(
        "UPDATE district_boundary SET valid_from = '2020-01-01', valid_to = '2021-01-01'"
        " WHERE code = :code",
        code=WEST,
    )
    sql.scope("*")
    assert extent(sql, WEST, moment="2020-06-01T00:00:00Z")[:2] == ([], [cell])
