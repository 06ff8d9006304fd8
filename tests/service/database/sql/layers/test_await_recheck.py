"""A new version of a layer waits for its plots to be compared."""

from tests.service.database.sql.conftest import Sql


def test_a_new_version_waits(sql: Sql) -> None:
    version = sql.layer()
    waiting = sql.column("SELECT version_id FROM layer_recheck WHERE done_at IS NULL")
    assert waiting == [version]


def test_a_version_that_ends_does_not_wait_anew(sql: Sql) -> None:
    version = sql.layer()
    sql.run("UPDATE layer_recheck SET done_at = now()")
    sql.run("UPDATE layer_version SET valid_to = '2026-05-01' WHERE id = :id", id=version)
    assert sql.column("SELECT version_id FROM layer_recheck WHERE done_at IS NULL") == []
