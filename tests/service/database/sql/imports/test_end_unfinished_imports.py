"""Imports that nobody works on any more are told of."""

import pytest

from tests.service.database.sql.conftest import Sql

CALL = 'SELECT end_unfinished_imports(\'{"code": "r"}\', \'{"code": "c"}\', NULL)'


@pytest.fixture
def under_way(sql: Sql) -> Sql:
    """An import in every state that work may be going on in, and one beside."""
    sql.run("INSERT INTO account (name, role) VALUES ('planner', 'planner')")
    sql.run(
        "INSERT INTO import (file, bytes, account_id, scope, state) "
        "SELECT 'x', 1, a.id, '{*}', s FROM account a, "
        "unnest(ARRAY['reading', 'committing', 'staged']) s"
    )
    sql.run(
        "INSERT INTO credential (account_id, kind, hash, expires_at) "
        "SELECT id, 'work', sha256('x'), now() + interval '1 day' FROM account"
    )
    return sql


def test_what_was_read_failed_and_what_was_committed_is_staged(under_way: Sql) -> None:
    assert under_way.value(CALL) == 2
    states = under_way.column("SELECT state || coalesce(error ->> 'code', '') FROM import")
    assert sorted(states) == ["failedr", "staged", "stagedc"]


def test_no_work_goes_on_after_it(under_way: Sql) -> None:
    under_way.value(CALL)
    assert under_way.value("SELECT count(*) FROM credential WHERE ended_at IS NULL") == 0


def test_one_that_failed_is_told_of_alone(under_way: Sql) -> None:
    number = under_way.value("SELECT id FROM import WHERE state = 'reading'")
    assert under_way.value(CALL.replace("NULL", str(number))) == 1
    assert under_way.value("SELECT count(*) FROM import WHERE state = 'committing'") == 1
    assert under_way.value("SELECT count(*) FROM credential WHERE ended_at IS NULL") == 1
