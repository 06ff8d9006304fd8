"""Whether a cell covers a shape."""

import pytest

from tests.service.database.sql.conftest import Sql

BOX = "POLYGON((125 43, 126 43, 126 44, 125 44, 125 43))"
TRIANGLE = "POLYGON((125 43, 126 43, 126 44, 125 43))"
LIES = "SELECT lies_in_cell(ST_GeomFromText(:shape, 4490), ST_GeomFromText(:cell, 4490))"


@pytest.mark.parametrize(
    ("shape", "cell", "lies"),
    [
        ("POLYGON((125.5 43.1, 125.9 43.1, 125.9 43.3, 125.5 43.1))", BOX, True),
        (BOX, BOX, True),
        ("POLYGON((125.5 43.1, 126.0000000001 43.1, 125.9 43.3, 125.5 43.1))", BOX, False),
        ("POLYGON((125.5 43.1, 125.9 43.1, 125.9 43.3, 125.5 43.1))", TRIANGLE, True),
        ("POLYGON((125.1 43.5, 125.9 43.1, 125.9 43.3, 125.1 43.5))", TRIANGLE, False),
        ("POLYGON((127 43, 128 43, 128 44, 127 43))", BOX, False),
        (None, BOX, None),
    ],
    ids=["inside", "equal", "beyond by a hair", "in a triangle", "in its box only", "far", "null"],
)
def test_a_cell_covers_a_shape_or_not(
    sql: Sql, shape: str | None, cell: str, lies: bool | None
) -> None:
    assert sql.value(LIES, shape=shape, cell=cell) is lies
