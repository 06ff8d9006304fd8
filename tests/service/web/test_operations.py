"""Logs, metrics, headers and bounds."""

import re
import socket
import time
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import LogCapture

from service.database.engine import make_engine
from service.settings import Settings
from tests.service.conftest import Database, Server, SignIn, feature


@pytest.fixture
def said() -> Any:
    """What is logged while a test runs."""
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.configure(processors=before)


def requests(said: list[Any], wanted: int = 1) -> list[dict[str, Any]]:
    """The lines about requests; each is said after its answer has gone out."""
    for _ in range(3_000):
        lines = [dict(event) for event in said if event["event"] == "request"]
        if len(lines) >= wanted:
            break
        time.sleep(0.01)
    return lines


def test_every_request_is_told_with_route_status_duration_and_account(
    sign_in: SignIn, said: list[Any]
) -> None:
    answer = sign_in("viewer", name="wang").get("/api/plots/7")
    (event,) = requests(said)
    assert event.pop("duration_ms") > 0
    assert event == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "route": "/api/plots/{plot_id}",
        "status": 404,
        "account": "wang",
        "request_id": answer.headers["x-request-id"],
    }


def test_a_request_id_comes_back_and_stands_in_the_log(sign_in: SignIn, said: list[Any]) -> None:
    answer = sign_in("viewer").get("/api/me", headers={"X-Request-ID": "proxy-7.1"})
    assert answer.headers["x-request-id"] == "proxy-7.1"
    assert requests(said)[0]["request_id"] == "proxy-7.1"


@pytest.mark.parametrize("given", ['a" b', "a" * 65, "-a", "a\tb", "é"])
def test_a_request_id_that_could_forge_a_log_is_replaced(sign_in: SignIn, given: str) -> None:
    raw = [(b"x-request-id", given.encode("latin-1"))]
    answer = sign_in("viewer").get("/api/me", headers=raw)
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_no_secret_and_nothing_that_people_search_for_is_logged(
    server: Server, database: Database, said: list[Any]
) -> None:
    token = database.account("wang", "planner")
    with server.client(token) as client:
        client.get("/api/plots?kind=geheim")
        client.post("/api/plots", json=feature(name="geheim", kind="geheim"))
        client.post("/api/session", json={"username": "wang", "password": "geheim-geheim"})
        client.put("/api/me/password", json={"password": "geheim-geheim"})
        client.get("/api/me", headers={"Cookie": "luotu_session=geheim"})
    assert len(requests(said, 5)) == 5
    assert "geheim" not in str(said)
    assert token not in str(said)


def test_an_error_of_the_database_shows_no_parameters(database: Database) -> None:
    with database.service.connect() as connection:
        with pytest.raises(Exception, match="hide_parameters") as caught:
            connection.exec_driver_sql("SELECT %s::integer", ("geheim-text",))
        assert "geheim-text" not in str(caught.value).split("[SQL", 1)[1]


def test_metrics_count_requests_by_route(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.get("/api/plots/7")
    lines = client.get("/metrics").text.splitlines()
    counted = [line for line in lines if 'handler="/api/plots/{plot_id}"' in line]
    assert any('status="4xx"' in line for line in counted)


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector", "gis"])
def test_metrics_are_for_administrators(sign_in: SignIn, role: str) -> None:
    answer = sign_in(role).get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert "http_requests" not in answer.text


def test_metrics_need_a_token(server: Server) -> None:
    with server.client() as client:
        assert client.get("/metrics").status_code == 401


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/healthz", "/nothing", "/api/me"])
def test_every_answer_has_a_strict_policy(server: Server, path: str) -> None:
    with server.client() as client:
        headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_a_map_runs_no_script_that_its_policy_does_not_name(sign_in: SignIn) -> None:
    policy = sign_in("viewer").get("/maps/coverage").headers["content-security-policy"]
    script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "sha256-" in script
    assert "unsafe" not in script


def hung_up(server: Server, sent: bytes, patience: float) -> tuple[bool, bytes]:
    """Whether the service ends the connection in time, and what it said before."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=patience) as line:
        line.sendall(sent)
        heard = b""
        try:
            while part := line.recv(65_536):
                heard += part
        except TimeoutError:
            return False, heard
        return True, heard


@pytest.fixture(scope="module")
def impatient(settings: Settings, shared: Database) -> Any:
    """A service that waits half a second for its clients."""
    with Server(settings.model_copy(update={"client_timeout_s": 0.5}), shared) as running:
        yield running


def test_who_never_finishes_a_head_is_hung_up_on(impatient: Server) -> None:
    assert hung_up(impatient, b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", 60) == (True, b"")


def test_who_says_nothing_is_hung_up_on(impatient: Server) -> None:
    assert hung_up(impatient, b"", 60) == (True, b"")


def test_who_never_finishes_a_body_is_told_so(impatient: Server) -> None:
    head = b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    ended, heard = hung_up(impatient, head + b"Content-Length: 100\r\n\r\n{", 60)
    assert ended
    assert heard.startswith(b"HTTP/1.1 408")
    assert '"body_too_slow"' in heard.decode()


def test_a_route_may_take_longer_than_a_client(impatient: Server, database: Database) -> None:
    with impatient.client(database.account("wang", "viewer")) as client:
        client.get("/api/me")
        time.sleep(0.1)
        assert client.get("/api/me").status_code == 200


def test_a_head_beyond_any_use_is_refused(server: Server) -> None:
    ended, heard = hung_up(server, b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 40_000, 60)
    assert ended
    assert heard.startswith(b"HTTP/1.1 400")


def test_a_head_is_counted_over_all_its_pieces_and_when_it_comes_whole(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        for number in range(5):
            time.sleep(0.02)
            line.sendall(b"X-%d: %s\r\n" % (number, b"x" * 8_000))
        assert line.recv(1_000).startswith(b"HTTP/1.1 400")
    many = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 900) for number in range(40))
    ended, heard = hung_up(server, b"GET / HTTP/1.1\r\nHost: a\r\n" + many + b"\r\n", 60)
    assert (ended, heard[:12]) == (True, b"HTTP/1.1 400")


def test_a_body_that_is_longer_than_a_head_may_be_is_no_head(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    body = b'{"username": "a", "password": "' + b"x" * 40_000 + b'"}'
    head = b"POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with socket.create_connection((host, int(port)), timeout=60) as line:
        for _ in range(2):
            line.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body))
            time.sleep(0.02)
            line.sendall(body)
            assert line.recv(10_000).startswith(b"HTTP/1.1 422")


def test_a_connection_that_the_database_ended_is_replaced_before_it_is_used(
    sign_in: SignIn, database: Database
) -> None:
    client = sign_in("viewer")
    admin = make_engine(database.endpoint.url("admin", database.name))
    for _ in range(3):
        assert client.get("/api/me").status_code == 200
        with admin.connect() as connection:
            ended = connection.scalar(
                text(
                    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE"
                    " datname = current_database() AND state = 'idle' AND pid <> pg_backend_pid()"
                )
            )
        assert ended
    admin.dispose()


def test_files_below_a_mount_are_counted_as_one_route(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.get("/static/nothing.css")
    client.get("/nothing/at/all")
    lines = client.get("/metrics").text.splitlines()
    counted = {line.partition("}")[0] for line in lines if line.startswith("http_requests_total{")}
    assert 'http_requests_total{handler="/static",method="GET",status="4xx"' in counted
    assert 'http_requests_total{handler="none",method="GET",status="4xx"' in counted
    assert not any("nothing" in line for line in counted)
