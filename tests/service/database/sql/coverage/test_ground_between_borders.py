"""Ground that counties lost and gained between two days."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

MOVED = "SELECT * FROM ground_between_borders(DATE '2026-01-01', DATE '2026-06-01')"
BORDER = """
INSERT INTO district_boundary (code, valid_from, geom, source, complete)
VALUES (:c, '2026-03-01', ST_Multi(ST_MakeEnvelope(:west, 43, :east, 43.1, 4490)), 'test', true)
"""


@pytest.fixture
def moved(sql: Sql) -> Sql:
    """The western county gave a fifth of it to the eastern one in March."""
    for county, west, east in ((WEST, 125.0, 125.08), (EAST, 125.08, 125.2)):
        sql.run("UPDATE district_boundary SET valid_to = '2026-03-01' WHERE code = :c", c=county)
        sql.run(BORDER, c=county, west=west, east=east)
    sql.scope(WEST, EAST)
    return sql


def test_each_pair_is_a_row_with_its_ground_and_plots(moved: Sql) -> None:
    for west in (125.09, 125.091, 125.03):
        moved.plot(west, 43.05)
    ((former, later, ground, green, plots),) = moved.rows(MOVED)
    assert (former, later, plots) == (WEST, EAST, 2)
    assert ground == pytest.approx(moved.area_m2(0.02, 0.1, south=43.0), rel=1e-5)
    assert 0 < green < 2 * moved.area_m2(0.002, 0.002)


def test_days_of_the_same_borders_give_nothing(moved: Sql) -> None:
    assert moved.rows(MOVED.replace("2026-01-01", "2026-04-01")) == []


def test_whoever_sees_one_side_sees_the_row(moved: Sql) -> None:
    moved.scope(EAST)
    assert [(row[0], row[1]) for row in moved.rows(MOVED)] == [(WEST, EAST)]
    moved.scope("360702")
    assert moved.rows(MOVED) == []
