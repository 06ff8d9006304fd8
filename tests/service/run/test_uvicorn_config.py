"""Of a crowd that comes at one moment few wait where nothing can go before them."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from service.web.turns import BeginByTurns
from tests.waiting import until

CROWD = 150


class Answered:
    """An application that keeps the loop busy with each request, and notes their order."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] != "/healthz":
            time.sleep(0.01)
        self.paths.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def answered() -> Answered:
    """What was answered, in its order."""
    return Answered()


@pytest.fixture
def port(answered: Answered, tmp_path: Path) -> Iterator[int]:
    """Where the application is served."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await by_turns(scope, receive, send)

    by_turns = BeginByTurns(answered)
    server = QuickServer(server_config(app, Settings(home=tmp_path, out=tmp_path)))
    with socket.create_server(("127.0.0.1", 0), backlog=2 * CROWD) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        until(lambda: server.started or not thread.is_alive())
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def asking(port: int, path: str) -> http.client.HTTPConnection:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path)
    return line


def test_health_on_a_new_connection_is_answered_before_most_of_a_crowd(
    answered: Answered, port: int
) -> None:
    crowd = [asking(port, f"/{number}") for number in range(CROWD)]
    last = asking(port, "/healthz")
    for line in [*crowd, last]:
        assert line.getresponse().status == 204
        line.close()
    assert len(answered.paths) == CROWD + 1
    assert answered.paths.index("/healthz") < CROWD // 2
