"""A secret that still holds opens the ground of its account, and any other opens nothing."""

import pytest

from tests.service.conftest import CITY, EAST, OTHER_CITY, SOUTH, WEST
from tests.service.database.sql.conftest import Sql

CREDENTIAL = """
INSERT INTO credential (account_id, kind, hash, expires_at)
VALUES (:account, :kind, sha256('secret'), now() + interval '1 hour')
"""
SIGN_IN = "SELECT * FROM set_session_scope(:secret, ARRAY['token', 'session'])"


def give(sql: Sql, *districts: str, kind: str = "token") -> int:
    """An account with these districts whose secret is 'secret'."""
    number = sql.account("wang", *districts)
    sql.run(CREDENTIAL, account=number, kind=kind)
    return number


def counties(sql: Sql, given: str | None = "secret") -> list[str] | None:
    """Sign in as the service; the scope of the transaction, None when nobody was signed in."""
    sql.as_service()
    if not sql.rows(SIGN_IN, secret=given):
        return None
    scope: list[str] = sql.value("SELECT current_scope()")
    return scope


def test_it_answers_who_it_is_and_what_they_may_see(sql: Sql) -> None:
    number = give(sql, WEST)
    sql.as_service()
    assert sql.rows(SIGN_IN, secret="secret") == [(number, "wang", "planner", [WEST], [WEST])]


def test_a_city_stands_for_its_counties(sql: Sql) -> None:
    give(sql, CITY)
    assert counties(sql) == [WEST, EAST]


def test_several_districts_are_put_together(sql: Sql) -> None:
    give(sql, WEST, OTHER_CITY)
    assert counties(sql) == [WEST, SOUTH]


def test_an_account_without_districts_sees_the_whole_tree(sql: Sql) -> None:
    give(sql)
    assert counties(sql) == ["*"]


def test_towns_below_a_county_are_not_in_the_scope(sql: Sql) -> None:
    sql.run(
        "INSERT INTO district (code, name, level, parent) VALUES ('220102001','t','town',:w)",
        w=WEST,
    )
    give(sql, WEST)
    assert counties(sql) == [WEST]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE credential SET expires_at = now()",
        "UPDATE credential SET ended_at = now()",
        "UPDATE credential SET kind = 'link'",
        "UPDATE account SET disabled_at = now()",
    ],
)
def test_a_secret_that_does_not_hold_any_more_opens_nothing(sql: Sql, change: str) -> None:
    give(sql, WEST)
    sql.run(change)
    assert counties(sql) is None


@pytest.mark.parametrize("secret", ["Secret", "", None])
def test_another_secret_opens_nothing(sql: Sql, secret: str | None) -> None:
    give(sql, WEST)
    assert counties(sql, secret) is None
