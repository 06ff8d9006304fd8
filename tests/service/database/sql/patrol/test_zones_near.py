"""Zones that meet a shape, bear a code or belong to somebody, those above the scope too."""

from typing import Any

import pytest

from tests.service.conftest import CITY, EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT code FROM zones_near(
    ST_MakeEnvelope(:west, 43.02, :west + 0.001, 43.03, 4490), CAST(:named AS text[]),
    CAST(:people AS text[]), CAST(:first AS date), CAST(:last AS date)) ORDER BY code
"""


def codes(sql: Sql, west: float = 0, **values: Any) -> list[str]:
    """Codes of the zones, of May 2026; without a place none meets the shape."""
    days = {"first": "2026-05-01", "last": "2026-05-31"}
    return sql.column(QUERY, west=west, **({"named": [], "people": []} | days | values))


def test_a_zone_that_meets_the_shape_is_given(sql: Sql) -> None:
    sql.zone("z1", west=125.02)
    sql.zone("z2", west=125.06)
    sql.session(WEST)
    assert codes(sql, 125.03) == ["z1"]


def test_a_zone_is_found_by_its_code(sql: Sql) -> None:
    sql.zone("z1")
    sql.session(WEST)
    assert codes(sql, named=["z1", "z9"]) == ["z1"]


@pytest.mark.parametrize("field", ["ranger", "chief"])
def test_a_zone_is_found_by_its_people(sql: Sql, field: str) -> None:
    people: dict[str, Any] = {field: "张三"}
    sql.zone("z1", **people)
    sql.session(WEST)
    assert codes(sql, people=["张三"]) == ["z1"]


def test_a_zone_of_several_counties_is_given_to_each_of_them(sql: Sql) -> None:
    sql.zone("city", level="city", district=CITY, counties=(WEST, EAST))
    sql.session(WEST)
    assert codes(sql, named=["city"]) == ["city"]


def test_a_zone_of_other_counties_is_not(sql: Sql) -> None:
    sql.zone("z1")
    sql.session(EAST)
    assert codes(sql, 125.03, named=["z1"]) == []


def test_the_whole_tree_has_them_all_and_nothing_has_none(sql: Sql) -> None:
    sql.zone("z1")
    sql.session("*")
    assert codes(sql, named=["z1"]) == ["z1"]
    sql.session()
    assert codes(sql, named=["z1"]) == []


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "given"),
    [
        ("2026-05-31", None, True),
        ("2026-06-01", None, False),
        ("2026-01-01", "2026-05-02", True),
        ("2026-01-01", "2026-05-01", False),
    ],
)
def test_a_version_must_hold_on_one_of_the_days(
    sql: Sql, valid_from: str, valid_to: str | None, given: bool
) -> None:
    sql.zone("z1", valid_from=valid_from, valid_to=valid_to)
    sql.session(WEST)
    assert codes(sql, named=["z1"]) == (["z1"] if given else [])
