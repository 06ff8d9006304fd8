"""Imports that the end of the service cut off are taken up again."""

from tests.service.database.sql.conftest import Sql

CALL = "SELECT id, task FROM take_up_unfinished_imports(2)"


def under_way(sql: Sql, *states: str) -> None:
    """An import in each of some states."""
    sql.run("INSERT INTO account (name, role) VALUES ('planner', 'planner')")
    for state in states:
        sql.run(
            "INSERT INTO import (file, bytes, account_id, scope, state) "
            f"SELECT 'x', 1, a.id, '{{*}}', '{state}' FROM account a"
        )


def test_what_was_read_is_staged_and_what_was_committed_is_committed(sql: Sql) -> None:
    under_way(sql, "reading", "staged", "committing")
    found = sql.column("SELECT task FROM take_up_unfinished_imports(2) WHERE account_id > 0")
    assert found == ["stage", "commit"]


def test_one_that_was_cut_off_more_often_has_no_task(sql: Sql) -> None:
    under_way(sql, "reading")
    tasks = [sql.column("SELECT task FROM take_up_unfinished_imports(2)") for _ in range(3)]
    assert tasks == [["stage"], ["stage"], [None]]


def test_secrets_of_the_work_that_was_cut_off_end(sql: Sql) -> None:
    under_way(sql, "reading")
    sql.run(
        "INSERT INTO credential (account_id, kind, hash, expires_at) "
        "SELECT id, 'work', sha256('x'), now() + interval '1 day' FROM account"
    )
    sql.run(CALL)
    assert sql.value("SELECT count(*) FROM credential WHERE ended_at IS NULL") == 0
