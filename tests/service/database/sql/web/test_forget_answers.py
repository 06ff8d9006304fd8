"""Answers that were stored for a day are deleted, a hundred at a time."""

from tests.service.database.sql.conftest import Sql

ANSWER = """
INSERT INTO idempotency_key (account_id, key, request, status, headers, body, scope, created_at)
SELECT :account, 'key' || n, sha256('request'), 201, '{}', '', :scope,
       now() - CAST(:age AS interval)
FROM generate_series(1, :count) n
"""
FORGET = "SELECT forget_answers()"


def store(sql: Sql, age: str, count: int = 1, scope: tuple[str, ...] = ("220102",)) -> None:
    """Some answers of that age."""
    account = sql.account(f"account{age.replace(' ', '')}")
    sql.run(ANSWER, account=account, age=age, count=count, scope=list(scope))


def test_only_answers_older_than_a_day_are_deleted(sql: Sql) -> None:
    store(sql, "23 hours")
    store(sql, "25 hours")
    assert sql.value(FORGET) == 1
    assert sql.value("SELECT now() - created_at < interval '1 day' FROM idempotency_key") is True


def test_the_service_deletes_answers_of_any_scope(sql: Sql) -> None:
    store(sql, "2 days", scope=("360702",))
    sql.session("220102")
    assert sql.value(FORGET) == 1


def test_it_deletes_a_hundred_at_a_time(sql: Sql) -> None:
    store(sql, "2 days", 101)
    assert [sql.value(FORGET) for _ in range(3)] == [100, 1, 0]
