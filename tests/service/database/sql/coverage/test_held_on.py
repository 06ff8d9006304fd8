"""Which boundary of a district was its boundary on a day."""

import pytest

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

MOVED = """
WITH ended AS (
    UPDATE district_boundary SET valid_to = '2026-05-01' WHERE code = :code RETURNING code, geom
)
INSERT INTO district_boundary (code, geom, source, valid_from)
SELECT code, ST_Translate(geom, 0.001, 0), 'moved', '2026-05-01' FROM ended
"""
HELD = """
SELECT held_on(id, CAST(:day AS date)) FROM district_boundary WHERE code = :code ORDER BY valid_from
"""


@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("1900-01-01", [True, False]),
        ("2026-04-30", [True, False]),
        ("2026-05-01", [False, True]),
        (None, [False, True]),
    ],
)
def test_one_boundary_of_a_district_holds_on_a_day(
    sql: Sql, day: str | None, held: list[bool]
) -> None:
    sql.run(MOVED, code=WEST)
    assert sql.column(HELD, day=day, code=WEST) == held


def test_a_boundary_that_is_not_there_never_held(sql: Sql) -> None:
    assert sql.value("SELECT held_on(-1, NULL)") is False
