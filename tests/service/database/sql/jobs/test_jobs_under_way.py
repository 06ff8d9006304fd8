"""Jobs are counted for the metrics without telling whose they are."""

from tests.service.conftest import EAST
from tests.service.database.sql.conftest import Sql


def test_jobs_of_every_scope_are_counted_by_state(sql: Sql) -> None:
    sql.run("INSERT INTO account (name, role) VALUES ('planner', 'planner')")
    sql.run(
        "INSERT INTO job (account_id, scope, kind, params, state, ended_at) "
        "SELECT a.id, ARRAY[s], 'export', '{}', s, CASE WHEN s = 'done' THEN now() END "
        "FROM account a, unnest(ARRAY['queued', 'queued', 'running', 'done']) s"
    )
    sql.session(EAST)
    assert sql.value("SELECT count(*) FROM job") == 0
    assert sql.value("SELECT (queued, running)::text FROM jobs_under_way()") == "(2,1)"
    assert sql.value("SELECT queued_since <= clock_timestamp() FROM jobs_under_way()") is True


def test_nothing_waits_since_no_time(sql: Sql) -> None:
    assert sql.value("SELECT queued_since IS NULL FROM jobs_under_way()") is True
