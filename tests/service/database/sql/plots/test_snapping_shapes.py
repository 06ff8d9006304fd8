"""Approved shapes of neighbours within 200 m of the scope, without any attribute."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT ST_XMin(geom) FROM snapping_shapes(ST_MakeEnvelope(125, 43, 125.2, 43.1, 4490), 10, {})
"""


def test_a_neighbours_plot_at_the_border_is_given_whole(sql: Sql) -> None:
    sql.plot(125.101, county=EAST, wide=0.05)
    sql.session(WEST)
    assert sql.column(QUERY.format(1_000)) == [125.101]


@pytest.mark.parametrize(
    "plot",
    [
        {"west": 125.05},
        {"west": 125.11, "county": EAST},
        {"west": 125.101, "county": EAST, "slot": "working"},
        {"west": 125.101, "south": 43.2, "county": EAST},
    ],
    ids=["own", "further than 200 m", "a draft", "beyond the box"],
)
def test_other_shapes_are_not(sql: Sql, plot: dict[str, Any]) -> None:
    sql.plot(**plot)
    sql.session(WEST)
    assert sql.column(QUERY.format(1_000)) == []


@pytest.mark.parametrize("counties", [(), ("*",)])
def test_nothing_and_the_whole_tree_have_no_neighbours(sql: Sql, counties: tuple[str, ...]) -> None:
    sql.plot(125.101, county=EAST)
    sql.session(*counties)
    assert sql.column(QUERY.format(1_000)) == []


@pytest.mark.parametrize(
    ("vertices", "shapes"), [(10, [125.101, 125.101]), (9, [125.101, None]), (4, [None])]
)
def test_beyond_a_number_of_vertices_one_empty_row_says_that_there_is_more(
    sql: Sql, vertices: int, shapes: list[float | None]
) -> None:
    for _ in range(2):
        sql.plot(125.101, county=EAST)
    sql.session(WEST)
    assert sql.column(QUERY.format(vertices)) == shapes


def test_a_plot_of_a_unit_of_the_scope_is_no_neighbour(sql: Sql) -> None:
    sql.of_unit(sql.plot(125.101, county=EAST), "LYJ")
    sql.of_unit(sql.plot(125.1015, county=EAST), "JTJ")
    sql.session(WEST, "unit:LYJ")
    assert sql.column(QUERY.format(1_000)) == [125.1015]
