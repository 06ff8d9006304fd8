"""Records of the scope by what their names and numbers have in them."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

MADE = """
INSERT INTO record (register, number, name, county, unit, state)
SELECT 'park', :number, :name, :county, :unit,
       (SELECT code FROM register_state WHERE register = 'park' ORDER BY position LIMIT 1)
RETURNING id
"""


def named(sql: Sql, *grams: str, patterns: tuple[str, ...] = (), most: int = 10) -> list[int]:
    query = "SELECT * FROM records_named(:grams, CAST(:patterns AS text[]), :most)"
    return sorted(sql.column(query, grams=list(grams), patterns=list(patterns), most=most))


@pytest.fixture
def three(sql: Sql) -> list[int]:
    """A record in each county, and one of neither."""
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('U1', '林场', 'bureau')")
    return [
        sql.value(MADE, number=number, name="城南公园", county=county, unit=unit)
        for number, county, unit in (("GY-1", WEST, None), ("GY-2", EAST, "U1"), (None, None, None))
    ]


def test_the_whole_tree_has_those_of_no_county_too(sql: Sql, three: list[int]) -> None:
    sql.session("*")
    assert named(sql, "城南") == three
    assert named(sql, "~cn") == three
    assert named(sql, "y-", "-2", patterns=("%y-2%",)) == three[1:2]
    assert len(named(sql, "城南", most=2)) == 2


def test_only_records_of_the_scopes_counties_and_units_are_found(
    sql: Sql, three: list[int]
) -> None:
    sql.session(WEST)
    assert named(sql, "城南") == three[:1]
    sql.session(WEST, "unit:U1")
    assert named(sql, "城南") == three[:2]
    sql.session()
    assert named(sql, "城南") == []
