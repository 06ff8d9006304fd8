"""How much of some ground is refused, as a ratio."""

import pytest

from tests.service.database.sql.conftest import Sql

BOX = "ST_MakeEnvelope(125, 43, 125.01, 43.01, 4490)"
BESIDE = "ST_MakeEnvelope(125.01, 43, 125.02, 43.01, 4490)"


@pytest.mark.parametrize(
    ("refused", "allowed", "share"),
    [
        (BOX, BESIDE, pytest.approx(0.5)),
        (BOX, "NULL", 1.0),
        (BOX, "ST_GeomFromText('POLYGON EMPTY', 4490)", 1.0),
        ("NULL", BOX, 0.0),
        ("ST_Boundary(" + BOX + ")", BOX, 0.0),
        ("NULL", "NULL", 0.0),
    ],
)
def test_it_is_the_refused_part_of_both(sql: Sql, refused: str, allowed: str, share: float) -> None:
    assert sql.value(f"SELECT refused_share({refused}, {allowed})") == share
