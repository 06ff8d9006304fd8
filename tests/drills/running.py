"""A service of its own in an empty folder, writers at work on it, and a count of what was lost."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from service.embedded import Cluster
from tests.trials.stranger import free_port

LUOTU: Final = Path(sys.executable).with_name("luotu")
WEST, SOUTH, SIDE = 125.0, 43.0, 0.5
_STEP: Final = 0.002
_READY_S: Final = 600.0
_DISTRICTS: Final = (("220000", "吉林省"), ("220100", "长春市"), ("220112", "双阳区"))


class Answer(NamedTuple):
    """Status (0: no answer at all), body and seconds of a request."""

    status: int
    body: Any
    seconds: float


class Service:
    """``luotu run`` in a folder of its own; killed and started again as a drill likes."""

    def __init__(self, folder: Path, extra: Mapping[str, str]) -> None:
        self.folder = folder
        self.home = Path(extra.get("LUOTU_HOME", folder / "home"))
        self.log = folder / "run.log"
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LUOTU_")},
            "LANG": "en_US.UTF-8",
            "LUOTU_HOME": str(self.home),
            "LUOTU_OUT": str(folder / "out"),
            **extra,
        }
        self.token = ""
        self.process: subprocess.Popen[bytes] | None = None

    def luotu(self, *arguments: str, status: int | None = 0) -> str:
        """Run a command on the same database; ``status`` None takes any but a traceback."""
        done = subprocess.run(
            [LUOTU, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=1800,
        )
        if "Traceback" in done.stdout or (status is not None and done.returncode != status):
            raise AssertionError(f"luotu {' '.join(arguments)}: {done.returncode}\n{done.stdout}")
        return done.stdout.strip()

    def start(self) -> float:
        """Start it; answers the seconds until it was ready."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [LUOTU, "run", "--no-demo", "--port", str(self.port)],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()
        return time.monotonic() - began

    def wait_until_ready(self) -> float:
        """Wait until ``/readyz`` says so; answers the seconds."""
        began = time.monotonic()
        while self.ask("GET", "/readyz").status != 200:
            if self.process is None or self.process.poll() is not None:
                raise AssertionError(f"luotu run ended:\n{self.log.read_text()[-3000:]}")
            if time.monotonic() - began > _READY_S:
                raise AssertionError(f"not ready:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.02)
        return time.monotonic() - began

    def stop(self) -> None:
        """End it as an administrator does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=120)
            self.process = None

    def kill(self) -> None:
        """End it as a power cut does, its database left alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> Answer:
        """One request on a connection of its own."""
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        sent = {"Accept-Language": "en", **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            text = None if body is None else json.dumps(body)
            line.request(method, path, text, {**sent, "Content-Type": "application/json"})
            answer = line.getresponse()
            said = answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            status, said = 0, b""
        finally:
            line.close()
        try:
            value = json.loads(said) if said[:1] in (b"{", b"[") else said
        except ValueError:
            status, value = 0, said  # cut off in the middle
        return Answer(status, value, time.monotonic() - began)


@contextmanager
def service(extra: Mapping[str, str] | None = None) -> Iterator[Service]:
    """A running service with three districts and a token of an administrator; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="luotu-drill-"))
    folder.chmod(0o755)
    one = Service(folder, extra or {})
    try:
        one.start()
        one.token = one.luotu("token", "admin").splitlines()[-1]
        settle(one)
        yield one
    finally:
        with suppress(Exception):
            one.stop()
        with suppress(Exception):
            Cluster(one.home).erase()
        shutil.rmtree(folder, ignore_errors=True)


def settle(one: Service) -> None:
    """Bring the districts in that plots lie in."""
    east, north = WEST + SIDE, SOUTH + SIDE
    ring = [[WEST, SOUTH], [east, SOUTH], [east, north], [WEST, north], [WEST, SOUTH]]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"code": code, "name": name},
        }
        for code, name in _DISTRICTS
    ]
    file = one.folder / "districts.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    one.luotu("import", "districts", str(file))


def plot(number: int) -> dict[str, Any]:
    """The plot of a number: a square of its own in a grid of the county."""
    row, column = divmod(number, 240)
    west, south = WEST + 0.005 + column * _STEP, SOUTH + 0.005 + row * _STEP
    east, north = west + _STEP * 0.8, south + _STEP * 0.8
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"stage": "planted", "kind": "人工造林", "year": 2026, "name": f"n{number}"},
    }


class Writers:
    """Threads that draw plots one after the other, each sent again until it is answered.

    ``answered`` maps what was drawn to the id that it was answered with; ``statuses`` counts every
    answer, 0 for none.
    """

    def __init__(self, one: Service, threads: int = 2) -> None:
        self._service = one
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._next = 0
        self.answered: dict[str, int] = {}
        self.statuses: Counter[int] = Counter()
        self._threads = [threading.Thread(target=self._write) for _ in range(threads)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            drawn, key = plot(number), {"Idempotency-Key": str(uuid.uuid4())}
            while not self._ended.is_set():
                answer = self._service.ask("POST", "/api/plots", drawn, key)
                with self._lock:
                    self.statuses[answer.status] += 1
                if answer.status == 201:
                    self.answered[drawn["properties"]["name"]] = answer.body["id"]
                    break
                if answer.status not in {0, 503}:
                    raise AssertionError(f"{answer.status}: {answer.body}")
                time.sleep(0.05)


def stored(one: Service) -> Counter[str]:
    """Names of the plots that are there, with how often."""
    names: Counter[str] = Counter()
    path: str | None = "/api/plots?limit=1000&version=working"
    while path:
        page = one.ask("GET", path).body
        names.update(feature["properties"]["name"] for feature in page["features"])
        cursor = page.get("next")
        path = None if cursor is None else _next(cursor)
    return names


def _next(cursor: str) -> str:
    return (
        cursor
        if cursor.startswith("/")
        else f"/api/plots?limit=1000&version=working&cursor={cursor}"
    )


def losses(one: Service, writers: Writers) -> tuple[int, int]:
    """Plots that were answered and are not there, and plots that are there twice."""
    there = stored(one)
    lost = sum(name not in there for name in writers.answered)
    twice = sum(count > 1 for count in there.values())
    return lost, twice


def tell(what: str, how: str) -> None:
    """Print a line of the report, at once."""
    print(f"{what}: {how}", flush=True)


def verdict(drill: str, one: Service, writers: Writers, tried: str) -> None:
    """Print what was tried and lost, verify every kept figure, and end with 1 if anything was."""
    lost, twice = losses(one, writers)
    verified = one.luotu("db", "verify").splitlines()[-1]
    tell(drill, f"{tried}; answers {dict(sorted(writers.statuses.items()))}")
    tell(drill, f"{len(writers.answered)} plots answered, {lost} lost, {twice} twice; {verified}")
    if lost or twice or not writers.answered:
        raise SystemExit(1)
