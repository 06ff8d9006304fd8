"""In which of so many equal sides around the world a place lies."""

import pytest

from tests.service.database.sql.conftest import Sql

STEP = "SELECT square_step(CAST(:degrees AS double precision), CAST(:sides AS integer))"


@pytest.mark.parametrize(
    ("degrees", "step"),
    [(0, 0), (89.999, 0), (90, 1), (180, 2), (359.999, 3), (360, 3), (400, 3), (-1, 0)],
)
def test_a_place_has_its_side_and_beyond_the_world_the_last(
    sql: Sql, degrees: float, step: int
) -> None:
    assert sql.value(STEP, degrees=degrees, sides=4) == step


@pytest.mark.parametrize(("degrees", "sides"), [(None, 4), (90, None)])
def test_null_has_none(sql: Sql, degrees: float | None, sides: int | None) -> None:
    assert sql.value(STEP, degrees=degrees, sides=sides) is None
