"""Slowing guesses down, revoking at once, the audit log, and pages of other sites."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service.accounts.db import accounts, administration
from tests.service.conftest import EAST, WEST, Database, Server, SignIn, feature

PASSWORD, WRONG = "柳树-2026-春天来了", "杨树"


@pytest.fixture
def wang(database: Database) -> int:
    """Number of an account with a password."""
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "wang", "planner", [WEST])
        accounts.set_password(connection, number, PASSWORD)
        return number


@pytest.fixture
def anybody(server: Server) -> Iterator[httpx.Client]:
    """A client that signed in as nobody yet."""
    with server.client() as client:
        yield client


def tried(client: httpx.Client, *, name: str = "wang", password: str = WRONG) -> httpx.Response:
    """One try to sign in."""
    return client.post("/api/session", json={"username": name, "password": password})


def said(database: Database) -> list[dict[str, Any]]:
    """The audit log, newest first."""
    with database.service.begin() as connection:
        return administration.entries(connection, limit=1_000)


def test_the_eleventh_wrong_password_is_told_to_wait(anybody: httpx.Client, wang: int) -> None:
    statuses = [tried(anybody).status_code for _ in range(10)]
    slowed = tried(anybody)
    assert statuses == [401] * 10
    assert (slowed.status_code, slowed.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(slowed.headers["retry-after"]) <= 900


def test_while_slowed_down_the_right_password_is_no_better(
    anybody: httpx.Client, wang: int
) -> None:
    for _ in range(10):
        tried(anybody)
    assert tried(anybody, password=PASSWORD).status_code == 429


def test_a_name_that_nobody_has_is_slowed_down_alike(anybody: httpx.Client, wang: int) -> None:
    answers = [tried(anybody, name="nobody").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    assert tried(anybody, password=PASSWORD).status_code == 200


def test_after_a_quarter_of_an_hour_the_tries_are_forgotten(
    anybody: httpx.Client, wang: int, database: Database
) -> None:
    for _ in range(10):
        tried(anybody)
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE sign_in_failure SET at = at - interval '16 minutes'"))
    assert tried(anybody, password=PASSWORD).status_code == 200


def test_an_address_is_slowed_down_whatever_names_it_tries(
    anybody: httpx.Client, wang: int, database: Database
) -> None:
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sign_in_failure (name, address) "
                "SELECT sha256(n::text::bytea), '127.0.0.1' FROM generate_series(1, 100) n"
            )
        )
    assert tried(anybody, password=PASSWORD).status_code == 429
    assert anybody.post("/api/session", json={"link": "guess"}).status_code == 429


def test_a_right_password_wipes_the_wrong_ones_out(anybody: httpx.Client, wang: int) -> None:
    for _ in range(3):
        assert [tried(anybody).status_code for _ in range(5)] == [401] * 5
        assert tried(anybody, password=PASSWORD).status_code == 200


def test_a_password_costs_whoever_guesses_64_megabytes(
    costly_passwords: None, database: Database, wang: int
) -> None:
    stored_hash = database.scalar("SELECT password_hash FROM account WHERE name = 'wang'")
    assert stored_hash.startswith("$argon2id$v=19$m=65536,t=3,")


def test_a_name_cannot_be_found_by_the_clock(
    costly_passwords: None, anybody: httpx.Client, wang: int
) -> None:
    took: dict[str, list[float]] = {"wang": [], "nobody": []}
    for _ in range(8):
        for name, those in took.items():
            began = time.perf_counter()
            tried(anybody, name=name)
            those.append(time.perf_counter() - began)
    known, unknown = (min(those) for those in took.values())  # whatever else the machine does
    # argon2 takes tens of milliseconds: leaving it out would show as a fraction.
    assert 0.5 < known / unknown < 2


def test_a_password_typed_as_the_name_is_kept_nowhere(
    anybody: httpx.Client, wang: int, database: Database
) -> None:
    tried(anybody, name="geheim-geheim")
    stored_text = database.scalar("SELECT string_agg(detail::text, '') FROM audit")
    stored_text += database.scalar(
        "SELECT string_agg(encode(name, 'escape'), '') FROM sign_in_failure"
    )
    assert "geheim" not in stored_text


def test_sign_ins_that_fail_and_succeed_stand_in_the_audit_log(
    anybody: httpx.Client, wang: int, database: Database
) -> None:
    tried(anybody)
    tried(anybody, password=PASSWORD)
    sign_ins = [
        (entry["name"], entry["action"], entry["detail"]["address"]) for entry in said(database)
    ]
    assert sign_ins == [("wang", "sign_in", "127.0.0.1"), ("wang", "sign_in_failed", "127.0.0.1")]


def test_reviews_and_exports_stand_in_the_audit_log(sign_in: SignIn, database: Database) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    number = planner.post("/api/plots", json=feature()).json()["id"]
    planner.post(f"/api/plots/{number}/submit")
    inspector.post(f"/api/plots/{number}/return", json={"reason": "再看"})
    planner.post(f"/api/plots/{number}/submit")
    inspector.post(f"/api/plots/{number}/approve")
    inspector.get("/api/exports/plots?format=geojson")
    actions = [entry["action"] for entry in reversed(said(database))]
    assert actions == ["submit", "return", "submit", "approve", "export"]


@pytest.mark.parametrize("form", ["shp", "geojson", "gpkg"])
def test_a_viewer_is_handed_no_file_of_plots(
    sign_in: SignIn, database: Database, form: str
) -> None:
    answer = sign_in("viewer").get("/api/exports/plots", params={"format": form})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert "export" not in [entry["action"] for entry in said(database)]


@pytest.mark.parametrize("role", ["planner", "inspector", "gis", "admin"])
def test_every_other_role_is_handed_files_of_plots(sign_in: SignIn, role: str) -> None:
    assert sign_in(role).get("/api/exports/plots?format=geojson").status_code == 200


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_the_audit_log_is_only_added_to(database: Database, statement: str) -> None:
    with database.service.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text(statement))


def test_a_disabled_account_is_out_at_once_and_its_token_stays_dead(
    server: Server, database: Database
) -> None:
    with server.client(database.account("li", "gis")) as client:
        assert client.get("/api/me").status_code == 200
        with database.service.begin() as connection:
            number = accounts.account_id(connection, "li")
            assert number is not None
            administration.disable(connection, number)
        assert client.get("/api/me").status_code == 401
        with database.service.begin() as connection:
            administration.enable(connection, number)
        assert client.get("/api/me").status_code == 401


def test_a_disabled_account_cannot_sign_in_by_its_password(
    anybody: httpx.Client, wang: int, database: Database
) -> None:
    with database.service.begin() as connection:
        administration.disable(connection, wang)
    assert tried(anybody, password=PASSWORD).status_code == 401


def test_another_role_and_another_scope_hold_from_the_next_request_on(
    server: Server, database: Database
) -> None:
    with server.client(database.account("li", "viewer", WEST)) as client:
        assert client.post("/api/plots", json=feature()).status_code == 403
        with database.service.begin() as connection:
            number = accounts.account_id(connection, "li")
            assert number is not None
            administration.set_role(connection, number, "planner")
            administration.set_scope(connection, number, [EAST])
        assert client.get("/api/me").json()["districts"] == [EAST]
        assert client.post("/api/plots", json=feature()).json()["code"] == "outside_district"


@contextmanager
def begun(server: Server, database: Database, number: int) -> Iterator[httpx.Client]:
    """A client with a session of the account's, begun by a one-time link."""
    hour = timedelta(hours=1)
    with database.service.begin() as connection:
        link = accounts.give_credential(connection, number, "link", hour)
    with server.client() as client:
        assert client.post("/api/session", json={"link": link}).status_code == 200
        yield client


def test_a_token_of_ones_own_is_listed_and_revoked_at_once(
    server: Server, database: Database
) -> None:
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "li", "gis")
        lost = accounts.give_credential(connection, number, "token", timedelta(days=2))
    with begun(server, database, number) as client, server.client(lost) as thief:
        listed = client.get("/api/me/tokens").json()["tokens"]
        assert [item["kind"] for item in listed] == ["session", "token"]
        assert lost not in str(listed)
        assert thief.get("/api/me").status_code == 200
        assert client.delete(f"/api/me/tokens/{listed[1]['id']}").status_code == 204
        assert thief.get("/api/me").status_code == 401
        assert client.delete(f"/api/me/tokens/{listed[1]['id']}").status_code == 404


def test_somebody_elses_token_is_not_there(server: Server, database: Database) -> None:
    foreign = database.account("zhao", "admin")
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "li", "admin")
    with begun(server, database, number) as client:
        assert client.delete("/api/me/tokens/1").status_code == 404
    with server.client(foreign) as client:
        assert client.get("/api/me").status_code == 200


def test_a_new_password_ends_every_other_session(
    server: Server, anybody: httpx.Client, wang: int
) -> None:
    with server.client() as elsewhere:
        tried(elsewhere, password=PASSWORD)
        tried(anybody, password=PASSWORD)
        words = {"old_password": PASSWORD, "password": PASSWORD + "!"}
        assert anybody.put("/api/me/password", json=words).status_code == 204
        assert (anybody.get("/api/me").status_code, elsewhere.get("/api/me").status_code) == (
            200,
            401,
        )


FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "file://"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1@evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_cookie_changes_nothing_for_another_sites_page(
    anybody: httpx.Client, wang: int, headers: dict[str, str]
) -> None:
    tried(anybody, password=PASSWORD)
    answers = [
        anybody.post("/api/plots", json=feature(), headers=headers),
        anybody.put("/api/me/password", json={"password": "x" * 12}, headers=headers),
        anybody.delete("/api/session", headers=headers),
        anybody.post("/api/session", json={"link": "x"}, headers=headers),
    ]
    assert [answer.json()["code"] for answer in answers] == ["foreign_origin"] * 4


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_basic_that_a_browser_keeps_changes_nothing_for_another_sites_page(
    server: Server, database: Database, headers: dict[str, str]
) -> None:
    token = database.account("typed", "planner")
    with httpx.Client(base_url=server.url, auth=("typed", token)) as browser:
        answer = browser.post("/api/plots", json=feature(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        # QGIS says neither header, and reading is free.
        assert browser.post("/api/plots", json=feature()).status_code == 201
        assert browser.get("/api/me", headers=headers).status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_page_may_change_things(anybody: httpx.Client, wang: int, site: str) -> None:
    tried(anybody, password=PASSWORD)
    headers = {"Origin": str(anybody.base_url).rstrip("/"), "Sec-Fetch-Site": site}
    assert anybody.post("/api/plots", json=feature(), headers=headers).status_code == 201


def test_a_token_needs_no_origin(sign_in: SignIn) -> None:
    headers = {"Origin": "http://gis.example", "Sec-Fetch-Site": "cross-site"}
    answer = sign_in("planner").post("/api/plots", json=feature(), headers=headers)
    assert answer.status_code == 201


def test_a_scope_below_the_counties_is_refused(database: Database) -> None:
    town = f"{WEST}001"
    with database.owner.connect() as connection:
        connection.execute(
            text("INSERT INTO district (code, name, level, parent) VALUES (:c, '镇', 'town', :p)"),
            {"c": town, "p": WEST},
        )
        with pytest.raises(accounts.AccountRefused) as refused:
            accounts.check_scope(connection, [town])
        connection.rollback()
    assert refused.value.code == "below_county"
