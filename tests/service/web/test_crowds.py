"""Crowds: nobody hangs, whoever cannot be served is told so, and the service answers at once after.

Time bounds are the behaviour itself here; they leave room for a machine that is busy otherwise.
"""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import text

from data.plots.plots import read_plots
from service.accounts.db.accounts import command_line_account
from service.plots.importing import import_plots
from service.settings import Settings
from tests.alongside import alongside
from tests.service.conftest import NO_TLS, WEST, Database, Server, feature, ring, run_sql
from tests.service.tiles.test_tiles import address

PROBES = ("/healthz", "/readyz", "/metrics")
# Half a second, and the rest for the machine of the suite, which may be busy otherwise.
AT_ONCE_S = 5.0
TRIES = 20
LOCK_TIMEOUT_S = 1.0


class Answer(NamedTuple):
    """What came of a request, and after how many seconds."""

    path: str
    status: int
    headers: httpx.Headers
    seconds: float
    body: bytes


def mixed(count: int) -> list[tuple[str, str, Any]]:
    """So many requests of a county's office: tiles, lists, figures, checks, a map, drawings."""
    requests: list[tuple[str, str, Any]] = []
    for n in range(count):
        drawn = feature(ring(125.001 + 0.0004 * (n % 200), 43.03, 0.0003, 0.0003))
        turn = (
            ("GET", address(14), None),
            ("GET", address(9), None),
            ("GET", "/api/plots", None),
            ("GET", address(13), None),
            ("GET", "/api/me/work", None),
            ("POST", "/api/plots/check", drawn),
            ("GET", "/api/coverage", None),
            ("POST", "/api/plots?acknowledge=too_small", drawn),
            ("GET", address(12), None),
            ("GET", "/maps/coverage" if n == 9 else "/api/me", None),
        )
        requests.append(turn[n % len(turn)])
    return requests


def at_one_moment(
    server: Server, token: str, requests: list[tuple[str, str, Any]], *, tries: int = 1
) -> list[Answer]:
    """Send all at once, each on a connection of its own; 503 is tried again as it says."""

    async def ask(client: httpx.AsyncClient, method: str, path: str, body: Any) -> list[Answer]:
        answers = []
        for left in reversed(range(tries)):
            began = time.monotonic()
            said = await client.request(method, path, json=body)
            answers.append(
                Answer(path, said.status_code, said.headers, time.monotonic() - began, said.content)
            )
            if said.status_code != 503 or not left:
                break
            await asyncio.sleep(float(said.headers["retry-after"]))
        return answers

    async def everybody() -> list[list[Answer]]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=server.url, headers=headers, timeout=60, limits=limits, verify=NO_TLS,
            trust_env=False,
        ) as client:  # fmt: skip
            return await asyncio.gather(*(ask(client, *request) for request in requests))

    return [answer for answers in asyncio.run(everybody()) for answer in answers]


@contextmanager
def nothing(_server: Server, _database: Database, _token: str, _folder: Path) -> Iterator[None]:
    """Nobody else is there."""
    yield


@contextmanager
def export_and_import(
    server: Server, database: Database, token: str, folder: Path
) -> Iterator[None]:
    """Somebody exports again and again, and a file of plots is stored, until the block ends."""
    over = threading.Event()
    file = folder / "plots.geojson"
    rows = [feature(ring(125.001 + 0.0004 * n, 43.06, 0.0003, 0.0003)) for n in range(200)]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))

    def export() -> None:
        with server.client(token) as client:
            while not over.is_set():
                assert client.get("/api/exports/plots").status_code in (200, 503)

    def store() -> None:
        with database.service.connect() as connection:
            account = command_line_account(connection, "crowd")
            connection.commit()
            while not over.is_set():
                import_plots(connection, account, read_plots(file), file.name, Settings())
                connection.rollback()

    threads = [threading.Thread(target=work) for work in (export, store)]
    with alongside(threads, over):
        yield


@pytest.mark.parametrize("beside", [nothing, export_and_import])
@pytest.mark.parametrize("count", [20, 60, 200])
def test_all_of_a_crowd_are_answered_and_the_service_is_there_at_once_afterwards(
    server: Server, database: Database, tmp_path: Path, count: int, beside: Any
) -> None:
    token = database.account("wang", "admin")
    with beside(server, database, token, tmp_path):
        answers = at_one_moment(server, token, mixed(count), tries=TRIES)
    served = [answer for answer in answers if answer.status != 503]
    assert len(served) == count
    assert {answer.status for answer in served} <= {200, 201, 204, 409}
    for answer in answers:
        if answer.status == 503:
            # An import holds the counter of the county's numbers until it is through.
            assert json.loads(answer.body)["code"] in ("busy", "locked", "ground_busy")
            assert int(answer.headers["retry-after"]) > 0
    if count == 20 and beside is nothing:
        assert len(answers) == count
    with server.client(token) as client:
        for path in ("/api/me", *PROBES):
            began = time.monotonic()
            assert client.get(path).status_code == 200
            assert time.monotonic() - began < AT_ONCE_S


@pytest.fixture(scope="module")
def patient(settings: Settings, shared: Database) -> Iterator[Server]:
    """A service that waits for locks for a second."""
    own = settings.model_copy(update={"lock_timeout_s": LOCK_TIMEOUT_S})
    with Server(own, shared) as running:
        yield running


@contextmanager
def locked(database: Database, *tables: str) -> Iterator[None]:
    """Somebody holds the tables so that nobody can even read them."""
    with database.owner.begin() as connection:
        names = ", ".join(tables)
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
        yield


def test_a_locked_table_ends_requests_in_time_and_health_is_told_at_once(
    patient: Server, database: Database
) -> None:
    token = database.account("wang", "admin")
    blocked = [
        ("GET", "/api/plots", None),
        ("GET", address(14), None),
        ("POST", "/api/plots", feature()),
        ("GET", "/api/exports/plots", None),
    ]
    with patient.client(token) as client, locked(database, "plot_version", "plot"):
        answers: list[Answer] = []
        crowd = threading.Thread(
            target=lambda: answers.extend(at_one_moment(patient, token, blocked * 10))
        )
        crowd.start()
        seen: set[tuple[str, int]] = set()
        while crowd.is_alive():
            for path in PROBES:
                began = time.monotonic()
                seen.add((path, client.get(path).status_code))
                assert time.monotonic() - began < AT_ONCE_S
            crowd.join(0.05)
        assert {(path, 200) for path in PROBES} <= seen
    assert len(answers) == len(blocked) * 10
    for answer in answers:
        assert answer.status == 503, answer
        assert json.loads(answer.body)["code"] in ("locked", "busy", "ground_busy")
        assert int(answer.headers["retry-after"]) > 0
        assert answer.seconds < 15
    assert {"locked", "busy"} <= {json.loads(answer.body)["code"] for answer in answers}
    with patient.client(token) as client:
        assert client.get("/api/plots").status_code == 200


def test_a_crowd_that_signs_in_holds_up_neither_liveness_nor_whoever_reads(
    server: Server, database: Database, costly_passwords: None
) -> None:
    token = database.account("wang", "admin")
    signing_in = [("POST", "/api/session", {"username": "n", "password": "wrong password"})] * 20
    with server.client(token) as client:
        answers: list[Answer] = []
        crowd = threading.Thread(
            target=lambda: answers.extend(at_one_moment(server, token, signing_in))
        )
        crowd.start()
        while crowd.is_alive():
            for path in ("/healthz", "/readyz", "/api/me"):
                began = time.monotonic()
                assert client.get(path).status_code == 200
                assert time.monotonic() - began < AT_ONCE_S
            crowd.join(0.05)
    assert len(answers) == len(signing_in)
    assert {answer.status for answer in answers} <= {401, 429, 503}


def test_ten_exports_leave_room_for_everybody_else(patient: Server, database: Database) -> None:
    token = database.account("wang", "planner", WEST)
    # The exports are held up; what reads no plots is not.
    with patient.client(token) as client, locked(database, "plot_version"):
        answers: list[Answer] = []
        exports = [("GET", "/api/exports/plots", None)] * 10
        crowd = threading.Thread(
            target=lambda: answers.extend(at_one_moment(patient, token, exports))
        )
        crowd.start()
        for path in ("/api/me", "/api/districts", "/api/codes/kind"):
            assert client.get(path).status_code == 200
        crowd.join()
    assert {answer.status for answer in answers} == {503}


def test_metrics_and_readiness_say_503_at_once_when_the_database_does_not_answer_them(
    patient: Server, database: Database
) -> None:
    token = database.account("wang", "admin")
    with patient.client(token) as client:
        assert client.get("/metrics").status_code == 200
        with locked(database, "account", "credential"):
            began = time.monotonic()
            answer = client.get("/metrics")
            assert time.monotonic() - began < AT_ONCE_S
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
            assert int(answer.headers["retry-after"]) > 0
            assert client.get("/readyz").status_code == 200
        assert client.get("/metrics").status_code == 200


def test_a_reserved_connection_that_the_database_ended_is_opened_again(
    server: Server, database: Database
) -> None:
    with server.client(database.account("wang", "admin")) as client:
        for _ in range(2):
            assert [client.get(path).status_code for path in PROBES] == [200, 200, 200]
            run_sql(
                database.endpoint,
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                f" WHERE datname = '{database.name}' AND state = 'idle'",
            )


def test_metrics_are_for_administrators(server: Server, database: Database) -> None:
    with server.client(database.account("wang", "inspector")) as client:
        answer = client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
