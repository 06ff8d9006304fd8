"""Zones of the scope by what their names have in them or how their codes begin."""

from tests.service.conftest import CITY, EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT z.code FROM zones_named(:grams, CAST(:patterns AS text[]), :beginning,
                               CAST(:on_day AS date), :most) named
JOIN zone z ON z.id = named ORDER BY z.code
"""


def codes(sql: Sql, *grams: str, **asked: object) -> list[str]:
    values = {"patterns": [], "beginning": None, "on_day": "2026-05-01", "most": 9, **asked}
    return sql.column(QUERY, grams=list(grams), **values)


def test_a_zone_is_found_by_its_name_and_by_the_beginning_of_its_code(sql: Sql) -> None:
    sql.zone("z1")
    sql.zone("z2")
    sql.session(WEST)
    assert codes(sql, "ez", "z1", patterns=["%zonez1%"]) == ["z1"]
    assert codes(sql, "无", beginning="z") == ["z1", "z2"]
    assert codes(sql, "zo", most=1) != codes(sql, "zo")


def test_a_zone_with_a_county_beyond_the_scope_is_not_found(sql: Sql) -> None:
    sql.zone("z1", level="city", district=CITY, counties=(WEST, EAST))
    for scope, found in (((WEST,), []), ((WEST, EAST), ["z1"]), (("*",), ["z1"]), ((), [])):
        sql.session(*scope)
        assert codes(sql, "zo") == found, scope


def test_a_zone_is_found_on_the_days_on_which_it_holds(sql: Sql) -> None:
    sql.zone("z1", valid_from="2026-01-01", valid_to="2026-05-01")
    sql.session(WEST)
    for on_day, found in (("2025-12-31", []), ("2026-04-30", ["z1"]), ("2026-05-01", [])):
        assert codes(sql, "zo", on_day=on_day) == found, on_day
        assert codes(sql, "无", beginning="z", on_day=on_day) == found, on_day
