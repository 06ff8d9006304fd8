"""Of district codes those that the transaction may see."""

from tests.service.conftest import CITY, EAST, PROVINCE, SOUTH, WEST
from tests.service.database.sql.conftest import Sql

CODES = "SELECT * FROM codes_in_scope(CAST(:codes AS text[])) ORDER BY 1"
OF_UNITS = "SELECT * FROM codes_in_scope(CAST(:codes AS text[]), CAST(:units AS text[]))"
TOWN = (
    "INSERT INTO district (code, name, level, parent) VALUES ('220102001', 'Town', 'town', :county)"
)


def codes(sql: Sql, wanted: list[str] | None) -> list[str]:
    """Those of the codes that are in scope."""
    return sql.column(CODES, codes=wanted)


def test_without_a_scope_there_are_none(sql: Sql) -> None:
    assert codes(sql, None) == []


def test_the_whole_tree_sees_every_district(sql: Sql) -> None:
    sql.scope("*")
    assert len(codes(sql, None)) == sql.value("SELECT count(*) FROM district")


def test_a_county_sees_itself_and_what_lies_below_it(sql: Sql) -> None:
    sql.run(TOWN, county=WEST)
    sql.scope(WEST)
    assert codes(sql, None) == [WEST, "220102001"]


def test_only_codes_that_were_asked_for_are_given(sql: Sql) -> None:
    sql.scope(WEST, SOUTH)
    assert codes(sql, [EAST, SOUTH, CITY, PROVINCE, "999999"]) == [SOUTH]


def test_of_an_empty_list_none_is_given(sql: Sql) -> None:
    sql.scope("*")
    assert codes(sql, []) == []


def test_plots_of_the_units_of_the_scope_are_seen_in_every_district(sql: Sql) -> None:
    sql.scope("unit:LYJ", "unit:JTJ", EAST)
    assert sql.column(OF_UNITS, codes=[WEST], units=["LYJ"]) == [WEST]
    assert sql.column(OF_UNITS, codes=[WEST], units=["LYJ", "SLJ"]) == []
    assert sql.column(OF_UNITS, codes=[WEST, EAST], units=[]) == [EAST]
