"""A new password of one's own: by the old one or a one-time link, never by a token."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from service.accounts.db import accounts
from tests.service.accounts.test_accounts import begun
from tests.service.conftest import Database, Server
from tests.service.plots.test_edit import said

OLD, NEW = "柳树-2026-春天来了", "杨树-2027-夏天来了"


@pytest.fixture
def wang(database: Database) -> int:
    """An account with a password."""
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "wang", "planner")
        accounts.set_password(connection, number, OLD)
    return number


def opens(server: Server, password: str) -> bool:
    """Whether a password signs in."""
    with server.client() as client:
        answer = client.post("/api/session", json={"username": "wang", "password": password})
    return answer.status_code == 200


@pytest.fixture
def by_password(server: Server, wang: int) -> Iterator[httpx.Client]:
    """A session that was begun by the password."""
    with server.client() as client:
        given = {"username": "wang", "password": OLD}
        assert client.post("/api/session", json=given).status_code == 200
        yield client


def put(client: httpx.Client, old: str | None = None) -> httpx.Response:
    """Ask for the new password."""
    given = {"password": NEW} if old is None else {"password": NEW, "old_password": old}
    return client.put("/api/me/password", json=given)


def aged(database: Database) -> None:
    """Let a quarter of an hour pass since every session was begun."""
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE credential SET created_at = created_at - interval '16 minutes'"
        )


def test_the_old_password_is_asked_for(by_password: httpx.Client, server: Server) -> None:
    assert by_password.get("/api/me").json()["needs_old_password"] is True
    missing = put(by_password)
    assert said(missing) == (422, "old_password_missing")
    assert missing.json()["errors"][0]["field"] == "old_password"
    assert said(put(by_password, OLD + "!")) == (403, "wrong_password")
    assert (opens(server, OLD), opens(server, NEW)) == (True, False)
    assert put(by_password, OLD).status_code == 204
    assert (opens(server, OLD), opens(server, NEW)) == (False, True)


def test_wrong_old_passwords_count_as_failed_sign_ins(
    by_password: httpx.Client, server: Server, database: Database
) -> None:
    answers = [put(by_password, f"falsch-falsch-{n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert said(put(by_password, OLD)) == (429, "too_many_tries")
    refused = database.scalar("SELECT count(*) FROM audit WHERE action = 'password_refused'")
    assert refused == 10
    assert not opens(server, OLD)  # the account's tries are used up at both doors


def test_a_right_old_password_wipes_the_wrong_ones_out(by_password: httpx.Client) -> None:
    for _ in range(5):
        assert put(by_password, "falsch-falsch").status_code == 403
    assert put(by_password, OLD).status_code == 204
    for _ in range(6):
        assert put(by_password, "falsch-falsch").status_code == 403


def test_a_fresh_link_opens_a_new_password_without_the_old_one(
    server: Server, database: Database, wang: int
) -> None:
    with begun(server, database, wang) as client:
        assert client.get("/api/me").json()["needs_old_password"] is False
        assert put(client).status_code == 204
    assert opens(server, NEW)


def test_a_link_that_was_used_long_ago_does_not(
    server: Server, database: Database, wang: int
) -> None:
    with begun(server, database, wang) as client:
        aged(database)
        assert client.get("/api/me").json()["needs_old_password"] is True
        assert said(put(client)) == (422, "old_password_missing")
        assert put(client, OLD).status_code == 204


def test_a_first_password_needs_no_old_one_however_late(server: Server, database: Database) -> None:
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "wang", "planner")
    with begun(server, database, number) as client:
        aged(database)
        assert put(client).status_code == 204
        assert said(put(client)) == (422, "old_password_missing")
    assert opens(server, NEW)


def test_a_session_begun_elsewhere_sets_no_first_password(
    server: Server, database: Database
) -> None:
    hour = timedelta(hours=1)
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "wang", "planner")
        secret = accounts.give_credential(connection, number, "session", hour, begun="oidc")
    with server.client() as client:
        client.cookies["luotu_session"] = secret
        assert said(put(client)) == (422, "old_password_missing")
        assert said(put(client, "")) == (403, "wrong_password")


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/me/password"),
        ("GET", "/api/me/tokens"),
        ("HEAD", "/api/me/tokens"),
        ("DELETE", "/api/me/tokens/1"),
    ],
)
def test_a_token_does_not_manage_the_account(
    server: Server, database: Database, wang: int, scheme: str, method: str, path: str
) -> None:
    with database.service.begin() as connection:
        token = accounts.give_credential(connection, wang, "token", timedelta(hours=1))
    secret = token if scheme == "Bearer" else base64.b64encode(f"any:{token}".encode()).decode()
    body = {"password": NEW, "old_password": OLD} if method == "PUT" else None
    with server.client() as client:
        headers = {"Authorization": f"{scheme} {secret}"}
        answer = client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 403
        if method != "HEAD":
            assert said(answer) == (403, "session_needed")
        assert client.get("/api/me", headers=headers).json()["name"] == "wang"
    assert opens(server, OLD)
