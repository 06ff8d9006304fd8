"""The ground of the rows of the ledger of counties."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

SHAPES = """
SELECT plot_id, also, ST_Area(ground::geography) AS m2
FROM ledger_shapes(CAST(:codes AS text[])) ORDER BY plot_id, also
"""
ROWS = """
SELECT plot_id, also, area_m2 AS m2 FROM ledger_of_counties(CAST(:codes AS text[]), 1000)
WHERE plot_id IS NOT NULL ORDER BY plot_id, also
"""


def told(sql: Sql, query: str, *counties: str) -> dict[Any, float]:
    """Square metres by holder and further plots."""
    rows = sql.rows(query, codes=list(counties))
    return {(row.plot_id, tuple(row.also)): row.m2 for row in rows}


def test_each_row_of_the_ledger_has_the_ground_that_it_counts(sql: Sql) -> None:
    for west in (125.05, 125.0505, 125.0507, 125.06, 125.0995):
        sql.plot(west)
    sql.layer_feature(sql.layer(), 125.0503, wide=0.0004)
    sql.drain()
    sql.scope("*")
    rows, shapes = (told(sql, query, WEST, EAST) for query in (ROWS, SHAPES))
    assert len(rows) > 5
    assert shapes == pytest.approx(rows, rel=1e-6, abs=0.02)


def test_only_holders_and_counties_of_the_scope_are_told(sql: Sql) -> None:
    own = sql.plot(125.05)
    sql.plot(125.15, county=EAST)
    sql.scope(WEST)
    assert list(told(sql, SHAPES, WEST, EAST)) == [(own, ())]


def test_a_holder_of_a_unit_of_the_scope_is_told(sql: Sql) -> None:
    number = sql.plot(125.0995, county=EAST)
    beneath = sql.plot(125.0995, county=EAST)
    for plot in (number, beneath):
        sql.of_unit(plot, "LYJ")
    sql.scope(WEST, "unit:LYJ")
    assert list(told(sql, SHAPES, WEST)) == [(number, (beneath,))]
