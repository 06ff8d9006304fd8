"""Signing in: tokens, links, passwords, cookies."""

import base64
import re
from datetime import timedelta

import pytest

from service.accounts.db import accounts
from service.accounts.sign_in import Session, begin_session
from service.errors import Problem
from tests.service.conftest import CITY, Database, Server, SignIn, feature


def link_of(database: Database, name: str = "wang", role: str = "planner") -> str:
    """Secret of a one-time link for a new account."""
    with database.service.begin() as connection:
        number = accounts.add_account(connection, name, role, [CITY])
        return accounts.give_credential(connection, number, "link", timedelta(hours=1))


def test_a_one_time_link_signs_in(server: Server, database: Database) -> None:
    with server.client() as client:
        answer = client.post("/api/session", json={"link": link_of(database)})
        assert answer.status_code == 200
        assert client.get("/api/me").json() == {
            "name": "wang",
            "role": "planner",
            "roles": ["viewer", "planner"],
            "districts": [CITY],
            "all_counties": False,
            "units": [],
            "needs_old_password": False,
        }


def test_a_one_time_link_serves_once(server: Server, database: Database) -> None:
    secret = link_of(database)
    with server.client() as client:
        client.post("/api/session", json={"link": secret})
    with server.client() as second:
        answer = second.post("/api/session", json={"link": secret})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    server: Server, database: Database
) -> None:
    with server.client() as client:
        answer = client.post("/api/session", json={"link": link_of(database)})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_password_of_ones_own_signs_in_afterwards(server: Server, database: Database) -> None:
    with server.client() as client:
        client.post("/api/session", json={"link": link_of(database)})
        assert client.put("/api/me/password", json={"password": "柳树-2026"}).status_code == 422
        assert (
            client.put("/api/me/password", json={"password": "柳树-2026-春天来了"}).status_code
            == 204
        )
    with server.client() as again:
        given = {"username": "wang", "password": "柳树-2026-春天来了"}
        assert again.post("/api/session", json=given).status_code == 200
        wrong = {"username": "wang", "password": "柳树-2026-冬天来了"}
        assert again.post("/api/session", json=wrong).status_code == 401


def test_signing_out_ends_the_session_everywhere(server: Server, database: Database) -> None:
    with server.client() as client:
        client.post("/api/session", json={"link": link_of(database)})
        cookie = client.cookies["luotu_session"]
        assert client.delete("/api/session").status_code == 204
        stolen = client.get("/api/me", headers={"Cookie": f"luotu_session={cookie}"})
    assert stolen.status_code == 401


def test_a_token_serves_as_the_password_of_http_basic(server: Server, database: Database) -> None:
    token = database.account("qgis", "gis")
    basic = base64.b64encode(f"anything:{token}".encode()).decode()
    with server.client() as client:
        answer = client.get("/api/me", headers={"Authorization": f"Basic {basic}"})
    assert answer.json()["name"] == "qgis"


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Basic !!!", "Basic d3Jvbmc=", "Digest x", "Bearer", "Bearer \xff"]
)
def test_a_bad_authorization_is_401(server: Server, header: str) -> None:
    with server.client() as client:
        answer = client.get("/api/me", headers=[(b"authorization", header.encode("latin-1"))])
    assert answer.status_code == 401


def test_the_database_keeps_no_secret_as_it_is(server: Server, database: Database) -> None:
    secret = link_of(database)
    stored_hash = database.scalar("SELECT string_agg(encode(hash, 'escape'), ',') FROM credential")
    assert secret not in stored_hash


@pytest.mark.parametrize("column", ["expires_at = now()", "ended_at = now()"])
def test_a_token_that_ended_is_401(server: Server, database: Database, column: str) -> None:
    token = database.account("li", "viewer")
    with database.owner.begin() as connection:
        connection.exec_driver_sql(f"UPDATE credential SET {column}")
    with server.client(token) as client:
        assert client.get("/api/me").status_code == 401


def test_a_request_forged_by_another_site_is_refused(server: Server, database: Database) -> None:
    with server.client() as client:
        client.post("/api/session", json={"link": link_of(database)})
        forged = client.post(
            "/api/plots", json=feature(), headers={"Origin": "http://evil.example"}
        )
        own = client.post("/api/plots", json=feature(), headers={"Origin": server.url})
    assert (forged.status_code, own.status_code) == (403, 201)


def filled(path: str) -> str:
    """An address of the form that the route has."""
    return re.sub(r"{\w+}", "1", path.replace("{grid}", "WebMercatorQuad"))


def test_every_api_and_map_route_wants_sign_in(server: Server) -> None:
    open_to_all = {"/api/session", "/healthz", "/readyz"}
    with server.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
        answers = {
            (method, path): client.request(method, filled(path)).status_code
            for path, methods in paths.items()
            if path not in open_to_all
            for method in methods
        }
    assert len(answers) > 10
    assert {asked: status for asked, status in answers.items() if status != 401} == {}


def test_health_needs_no_sign_in(server: Server) -> None:
    with server.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ready"}


def test_an_unknown_address_is_a_problem_in_words(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_a_wrong_method_is_a_problem_in_words(server: Server) -> None:
    with server.client() as client:
        answer = client.put("/api/districts")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_body_that_is_too_large_is_refused_whether_declared_or_streamed(
    sign_in: SignIn,
) -> None:
    client = sign_in("planner")
    declared = client.post("/api/plots", content=b" " * 10_000_001)
    streamed = client.post("/api/plots", content=(b" " * 1_000_000 for _ in range(11)))
    assert [declared.status_code, streamed.status_code] == [413, 413]


def test_the_api_page_asks_no_other_host(server: Server) -> None:
    with server.client() as client:
        page = client.get("/docs")
        assert "http" not in page.text.replace("charset", "")
        assert client.get("/docs/swagger-ui-bundle.js").status_code == 200
        assert client.get("/docs/package.json").status_code == 404


def recognised(database: Database, name: str, role: str) -> Session | Problem:
    """What a way of signing in that is not ours comes to, once it knows whose account it is."""
    with database.service.begin() as connection:
        number = accounts.account_id(connection, name) or accounts.add_account(
            connection, name, role, [CITY]
        )
        hour = timedelta(hours=1)
        return begin_session(connection, number, hour, how="oidc", address="203.0.113.9")


def test_whoever_is_recognised_elsewhere_gets_a_session_like_any_other(
    server: Server, database: Database
) -> None:
    session = recognised(database, "wang", "planner")
    assert isinstance(session, Session)
    with server.client() as client:
        cookie = {"Cookie": f"luotu_session={session.secret}"}
        me = client.get("/api/me", headers=cookie).json()
    assert (me["name"], me["role"], me["districts"]) == ("wang", "planner", [CITY])
    how = database.scalar("SELECT detail->>'how' FROM audit WHERE action = 'sign_in'")
    assert how == "oidc"


def test_whoever_is_recognised_elsewhere_but_disabled_here_stays_out(database: Database) -> None:
    recognised(database, "wang", "planner")
    with database.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET disabled_at = now()")
    refused = recognised(database, "wang", "planner")
    assert isinstance(refused, Problem)
    assert (refused.status, refused.code) == (403, "account_disabled")
    assert database.scalar("SELECT count(*) FROM audit WHERE action = 'sign_in_failed'") == 1
