"""The ground within 200 m of the scope, near a shape."""

import pytest

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

EAST_END = """
SELECT ST_XMax(ground_near_scope(ST_MakeEnvelope(:west, 43.05, :west + 0.01, 43.06, 4490)))
"""


def test_it_ends_200_m_beyond_the_border(sql: Sql) -> None:
    sql.scope(WEST)
    metres = (sql.value(EAST_END, west=125.1) - 125.1) * 81_500
    assert metres == pytest.approx(200, rel=0.01)


def test_far_from_the_scope_there_is_none(sql: Sql) -> None:
    sql.scope(WEST)
    assert sql.value(EAST_END, west=125.15) is None
