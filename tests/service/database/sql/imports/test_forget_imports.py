"""Rows and files of old imports go; what nobody went on with is left."""

import pytest

from tests.service.database.sql.conftest import Sql


@pytest.fixture
def old(sql: Sql) -> Sql:
    """An old import in several states, each with a row and a part of its file."""
    sql.run("INSERT INTO account (name, role) VALUES ('planner', 'planner')")
    sql.run(
        "INSERT INTO import (file, bytes, account_id, scope, state, ended_at, created_at) "
        "SELECT 'x', 1, a.id, '{*}', s, CASE s WHEN 'live' THEN now() END, "
        "now() - interval '40 days' FROM account a, "
        "unnest(ARRAY['reading', 'staged', 'live']) s"
    )
    sql.run("INSERT INTO import_file SELECT id, 0, 'x' FROM import")
    sql.run(
        "INSERT INTO import_row (import_id, row, properties, match) "
        "SELECT id, 1, '{}', 'new' FROM import"
    )
    return sql


def test_old_ones_are_left_and_the_batch_stays(old: Sql) -> None:
    assert old.value("SELECT forget_imports(30)") == 2
    assert sorted(old.column("SELECT state FROM import")) == ["cancelled", "live", "reading"]
    assert old.value("SELECT count(*) FROM import_row") == 1
    assert old.value("SELECT count(*) FROM import_file") == 1


def test_young_ones_stay(old: Sql) -> None:
    assert old.value("SELECT forget_imports(50)") == 0


def test_it_is_done_once(old: Sql) -> None:
    old.value("SELECT forget_imports(30)")
    assert old.value("SELECT forget_imports(30)") == 0
