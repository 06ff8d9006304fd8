"""Who sees which records, steps, links and versions without a predicate in the query."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

RECORD = """
INSERT INTO record (register, name, state, county, unit)
VALUES ('order', :name, 'drafted', :county, :unit) RETURNING id
"""
SEEN = "SELECT name FROM record ORDER BY id"


def three(sql: Sql) -> None:
    """A record of a county, one of a unit, one of neither; each with a step and a link."""
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('LYJ', '林业局', 'bureau')")
    for name, county, unit in (("west", WEST, None), ("unit", None, "LYJ"), ("all", None, None)):
        number = sql.value(RECORD, name=name, county=county, unit=unit)
        sql.run(
            "INSERT INTO record_step (record_id, state, on_day, actor) "
            "VALUES (:id, 'drafted', '2026-01-01', 'x')",
            id=number,
        )
        sql.run("INSERT INTO record_link (record_id, target_id) VALUES (:id, 1)", id=number)


def test_records_are_seen_by_county_and_unit(sql: Sql) -> None:
    three(sql)
    for scope, seen in (
        ((WEST,), ["west"]),
        ((EAST,), []),
        ((EAST, "unit:LYJ"), ["unit"]),
        (("*",), ["west", "unit", "all"]),
    ):
        sql.session(*scope)
        assert sql.column(SEEN) == seen
        for table in ("record_step", "record_link", "record_history"):
            assert sql.value(f"SELECT count(*) FROM {table}") == len(seen), table


def test_a_record_of_another_county_is_not_written(sql: Sql) -> None:
    sql.session(EAST)
    with pytest.raises(ProgrammingError, match="row-level security"):
        sql.run(RECORD, name="west", county=WEST, unit=None)
