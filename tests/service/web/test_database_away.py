"""The database dies under load: 503 meanwhile, and 200 again without a restart of the service."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.embedded import Cluster
from service.settings import Settings
from tests.service.conftest import Database, Server, feature, mortal_database


@pytest.fixture
def own(migrated_home: Path) -> Iterator[tuple[Cluster, Database]]:
    """A cluster that this test may kill."""
    with mortal_database(migrated_home) as both:
        yield both


# A thread waits for the list, the event loop itself for the tile.
TILE = "/tiles/plots/WebMercatorQuad/14/6011/13881"


class Load:
    """Threads that ask and draw until they are told to stop; every answer is kept."""

    def __init__(self, server: Server, token: str) -> None:
        self.answers: list[tuple[int, str | None]] = []
        self._over = threading.Event()
        self._server, self._token = server, token
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(4)]

    def _ask(self, n: int) -> None:
        with self._server.client(self._token) as client:
            while not self._over.is_set():
                if n > 1:
                    answer = client.post("/api/plots", json=feature())
                else:
                    answer = client.get((TILE, "/api/plots")[n])
                self.answers.append((answer.status_code, answer.headers.get("retry-after")))
                time.sleep(0.02)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def until(self, status: tuple[int, ...], seconds: float = 60) -> None:
        """Wait until an answer of these statuses comes, from now on."""
        seen, end = len(self.answers), time.monotonic() + seconds
        while not any(number in status for number, _ in self.answers[seen:]):
            assert time.monotonic() < end, Counter(self.answers[seen:])
            time.sleep(0.05)


FINE = (200, 201, 204, 409)


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_while_the_database_is_away_there_are_only_503_and_then_it_works_again(
    own: tuple[Cluster, Database], settings: Settings, how: str
) -> None:
    cluster, database = own
    token = database.account("wang", "planner")
    with Server(settings, database) as server, Load(server, token) as load:
        load.until((201, 409))
        if how == "stopped":
            cluster.down()
        else:
            pid = cluster.status().pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        load.until((503,))
        with server.client() as client:
            ready = client.get("/readyz")
            assert (ready.status_code, client.get("/healthz").status_code) == (503, 200)
            assert int(ready.headers["retry-after"]) > 0
        assert cluster.up().port == database.endpoint.port
        load.until((201, 409))
    counted = Counter(status for status, _ in load.answers)
    assert set(counted) <= {*FINE, 503}, counted
    assert all(int(after or 0) > 0 for status, after in load.answers if status == 503)
    # What was answered with 201 is there.
    count = database.scalar("SELECT count(*) FROM plot")
    assert count >= counted[201]
