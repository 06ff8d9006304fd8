"""The town and the village at a point on the largest part of a plot."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

TOWN, OTHER, VILLAGE = f"{WEST}001", f"{WEST}002", f"{WEST}001003"
PLACE = "SELECT town, village FROM place_of(ST_MakeEnvelope(:w, 43.01, :e, 43.02, 4490), :county)"
MADE = """
WITH made AS (
    INSERT INTO district (code, name, level, parent) VALUES (:code, '镇', :level, :parent)
)
INSERT INTO district_boundary (code, valid_from, geom, source, complete)
VALUES (:code, '1949-10-01', ST_Multi(ST_MakeEnvelope(:w, 43, :e, 43.1, 4490)), 'test', true)
"""


def place(sql: Sql, west: float, east: float, county: str = WEST) -> tuple[object, ...]:
    (row,) = sql.rows(PLACE, w=west, e=east, county=county)
    return tuple(row)


@pytest.fixture
def towns(sql: Sql) -> Sql:
    """Two towns, and a village in the first."""
    sql.run(MADE, code=TOWN, level="town", parent=WEST, w=125.0, e=125.05)
    sql.run(MADE, code=OTHER, level="town", parent=WEST, w=125.05, e=125.1)
    sql.run(MADE, code=VILLAGE, level="village", parent=TOWN, w=125.0, e=125.02)
    return sql


@pytest.mark.parametrize(
    ("west", "east", "expected"),
    [
        pytest.param(125.005, 125.01, (TOWN, VILLAGE), id="in a village"),
        pytest.param(125.03, 125.04, (TOWN, None), id="in no known village"),
        pytest.param(125.04, 125.055, (TOWN, None), id="where its middle lies"),
        pytest.param(125.06, 125.07, (OTHER, None), id="in the other town"),
        pytest.param(126.0, 126.1, (None, None), id="nowhere"),
    ],
)
def test_a_point_decides(
    towns: Sql, west: float, east: float, expected: tuple[object, ...]
) -> None:
    assert place(towns, west, east) == expected


def test_only_below_its_county(towns: Sql) -> None:
    assert place(towns, 125.005, 125.01, EAST) == (None, None)


def test_where_only_the_village_is_known_its_code_tells_the_town(sql: Sql) -> None:
    sql.run(MADE, code=VILLAGE, level="village", parent=WEST, w=125.0, e=125.02)
    assert place(sql, 125.005, 125.01) == (TOWN, VILLAGE)


def test_a_boundary_that_ended_tells_nothing(towns: Sql) -> None:
    towns.run("UPDATE district_boundary SET valid_to = '2026-01-01' WHERE code = :c", c=VILLAGE)
    assert place(towns, 125.005, 125.01) == (TOWN, None)
