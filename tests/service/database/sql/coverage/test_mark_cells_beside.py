"""A border that moves changes the shares of plots beside it: their cells are marked."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

MARKED = "SELECT DISTINCT boundary_id FROM coverage_dirty ORDER BY boundary_id"


def beside(sql: Sql, code: str, level: str = "county") -> list[int]:
    """Boundaries of the cells that are marked beside a county."""
    sql.run("DELETE FROM coverage_dirty")
    sql.run(
        "SELECT mark_cells_beside(:id, NULL, ARRAY[:level])", id=sql.boundary(code), level=level
    )
    return [int(number) for number in sql.column(MARKED)]


def test_the_neighbour_with_which_a_plot_is_shared_is_marked(sql: Sql) -> None:
    sql.plot(125.0995, wide=0.001)
    assert beside(sql, WEST) == [sql.boundary(EAST)]


def test_a_plot_within_the_county_marks_no_neighbour(sql: Sql) -> None:
    sql.plot(125.05)
    assert beside(sql, WEST) == []


def test_districts_of_another_level_are_not_marked(sql: Sql) -> None:
    sql.plot(125.0995, wide=0.001)
    assert beside(sql, WEST, "town") == []


def test_at_its_commit_a_boundary_that_ends_marks_what_shares_plots_with_it(sql: Sql) -> None:
    sql.plot(125.0995, wide=0.001)
    sql.run("DELETE FROM coverage_dirty")
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() + 1 WHERE code = :c", c=WEST)
    sql.run("SET CONSTRAINTS ALL IMMEDIATE")
    assert sql.column(MARKED) == [sql.boundary(EAST)]
