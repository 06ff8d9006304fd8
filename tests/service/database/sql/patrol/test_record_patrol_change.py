"""Changes of zones and patrols are logged, with who made them and what was before."""

from typing import Any

import pytest

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

LOG = "SELECT what, operation, before, after, actor, reason, account_id, demo FROM patrol_log"
PATROL = """
INSERT INTO patrol (zone_id, ranger, county, source_hash, length_m, track, started_at)
VALUES (:zone, '张三', :county, 'h', 100, 'SRID=4490;LINESTRING(125.02 43.02,125.03 43.03)',
        '2026-05-01T08:00:00+08:00')
"""


def log(sql: Sql, what: str) -> list[Any]:
    """The entries of one table."""
    return sql.rows(f"{LOG} WHERE what = :what ORDER BY id", what=what)


def test_a_new_zone_and_its_version_are_logged(sql: Sql) -> None:
    sql.zone("z1")
    (zone,), (version,) = log(sql, "zone"), log(sql, "zone_version")
    assert (zone.operation, zone.before, zone.after["code"]) == ("INSERT", None, "z1")
    assert (version.operation, version.after["name"]) == ("INSERT", "Zone z1")


def test_a_change_has_the_row_before_and_after(sql: Sql) -> None:
    sql.zone("z1")
    sql.run("UPDATE zone SET level = 'town'")
    entry = log(sql, "zone")[-1]
    assert (entry.before["level"], entry.after["level"]) == ("county", "town")


def test_a_deletion_has_the_row_before(sql: Sql) -> None:
    number = sql.zone("z1")
    sql.run("DELETE FROM zone_version")
    sql.run("DELETE FROM zone WHERE id = :id", id=number)
    entry = log(sql, "zone")[-1]
    assert (entry.operation, entry.before["code"], entry.after) == ("DELETE", "z1", None)


def test_of_a_patrol_neither_track_nor_walker_is_logged(sql: Sql) -> None:
    sql.run(PATROL, zone=sql.zone(), county=WEST)
    (entry,) = log(sql, "patrol")
    assert set(entry.after) == {"id", "zone_id", "day", "apart", "forgotten"}


def test_a_shape_that_was_is_logged_as_a_shape(sql: Sql) -> None:
    sql.zone()
    before = sql.value("SELECT geom FROM zone_version")
    sql.run("UPDATE zone_version SET geom = ST_Translate(geom, 0.01, 0)")
    query = "SELECT geom FROM patrol_log WHERE what = 'zone_version' ORDER BY id"
    assert sql.column(query) == [None, before]
    assert "geom" not in log(sql, "zone_version")[0].after


def test_the_account_and_the_reason_come_from_settings(sql: Sql) -> None:
    account = sql.account("wang")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(account))
    sql.run("SELECT set_config('luotu.reason', 'a survey', true)")
    sql.zone("z1")
    (entry,) = log(sql, "zone")
    assert (entry.account_id, entry.actor, entry.reason) == (account, "wang", "a survey")


@pytest.mark.parametrize("given", ["", "wang", "-1", "999999"])
def test_an_account_that_is_none_names_the_user_of_the_database(sql: Sql, given: str) -> None:
    sql.run("SELECT set_config('luotu.account', :given, true)", given=given)
    sql.zone("z1")
    query = "SELECT bool_and(account_id IS NULL AND actor = 'sql:' || session_user) FROM patrol_log"
    assert sql.value(query) is True


@pytest.mark.parametrize("demo", [True, False])
def test_entries_of_an_invented_zone_are_invented(sql: Sql, demo: bool) -> None:
    sql.zone("z1", demo=demo)
    assert {entry.demo for what in ("zone", "zone_version") for entry in log(sql, what)} == {demo}
