"""Vector tiles over HTTP beside tipg, in the same run and on the same database.

Ours are asked with a token, a scope and a filter; tipg knows neither and reads as the owner, whom
no row security holds up. Both hand out the same features with the same attributes: that is checked.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Final, NamedTuple

import httptools
import morecantile
import pyogrio

from service.accounts.db.accounts import account_id, add_account, give_credential
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.tiles.tiles import GRIDS, GridName
from tests.bench.figures import Figure
from tests.bench.province import PROVINCE
from tests.bench.seed import SIZES, seeded
from tests.bench.serve import PORT

TILES: Final = ("tile_z0_to_z12", "tile_z14_vs_tipg", "tile_z12_vs_tipg")
TIPG_PORT: Final = PORT + 1
CONNECTIONS: Final = 8
ROUNDS: Final = 3
SECONDS: Final = 4.0
SAMPLE: Final = 40
WINDOW: Final = (122.4, 41.4, 127.2, 45.6)
FILTER: Final = (
    "version=approved&stage=planned&stage=planted&stage=accepted&stage=existing&stage=cancelled"
)
PROPERTIES: Final = "plot_id,stage,kind,year,review,district,plot_no,area_m2,version"
WEB: Final[GridName] = "WebMercatorQuad"


class Door(NamedTuple):
    """A server and how it is spoken to."""

    name: str
    port: int
    headers: dict[str, str]

    def path(self, grid: GridName, tile: morecantile.Tile) -> str:
        if self.name == "tipg":
            return (
                f"/collections/public.plot_version/tiles/{grid}/{tile.z}/{tile.x}/{tile.y}"
                f"?slot=approved&properties={PROPERTIES}"
            )
        return f"/tiles/plots/{grid}/{tile.z}/{tile.y}/{tile.x}?{FILTER}"


def tiles_of(grid: GridName, z: int, count: int) -> list[morecantile.Tile]:
    """Tiles spread evenly over the province, the same in each run."""
    every = list(GRIDS[grid].tiles(*WINDOW, zooms=[z]))
    step = max(1, len(every) // count)
    return every[::step][:count]


def get(line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> bytes:
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    if answer.status not in (200, 204):
        raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
    return body


class Line:
    """A connection that asks for tiles and takes next to nothing of the machine itself."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        said = {"Host": f"127.0.0.1:{port}", **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self._parser = httptools.HttpResponseParser(self)
        self._whole = False

    def on_message_complete(self) -> None:
        self._whole = True

    def get(self, path: str) -> None:
        self._whole = False
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())
        while not self._whole:
            if not (data := self._socket.recv(1 << 18)):
                raise RuntimeError(f"{path}: the server hung up")
            self._parser.feed_data(data)
        if (status := self._parser.get_status_code()) not in (200, 204):
            raise RuntimeError(f"{path}: {status}")

    def close(self) -> None:
        self._socket.close()


def per_second(door: Door, paths: Sequence[str]) -> float:
    """Answers a second over some connections at once."""
    done = [0] * CONNECTIONS
    until = time.perf_counter() + SECONDS

    def ask(number: int) -> None:
        with closing(Line(door.port, door.headers)) as line:
            while time.perf_counter() < until:
                line.get(paths[(number + done[number] * CONNECTIONS) % len(paths)])
                done[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def features(door: Door, tiles: Sequence[morecantile.Tile]) -> int:
    """How many plots some tiles show."""
    line = http.client.HTTPConnection("127.0.0.1", door.port)
    plain = {name: value for name, value in door.headers.items() if name != "Accept-Encoding"}
    features = 0
    for tile in tiles:
        data = get(line, door.path(WEB, tile), plain)
        for name, *_ in pyogrio.list_layers(data) if data else ():
            if name in ("plots", "default"):
                features += len(pyogrio.read_dataframe(data, layer=name, read_geometry=False))
    return features


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """Figures of the tiles that are wanted."""
    names = {name for name in wanted if name.startswith("tile_")}
    if not names:
        return
    count = SIZES[size]
    with seeded(size) as place, serving(place) as ours:
        if "tile_z0_to_z12" in names:
            yield from _far_out(ours, count)
        with _tipg(place) as theirs:
            for z in (14, 12):
                if f"tile_z{z}_vs_tipg" in names:
                    yield _against(ours, theirs, z, count)


def _against(ours: Door, theirs: Door, z: int, count: int) -> Figure:
    tiles = tiles_of(WEB, z, 400)
    some = tiles[:: max(1, len(tiles) // 20)]
    if features(ours, some) != features(theirs, some):
        raise RuntimeError(f"at z {z} both must show the same plots")
    speeds: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    for _ in range(ROUNDS):
        for door in (theirs, ours):
            speeds[door.name].append(per_second(door, [door.path(WEB, square) for square in tiles]))
    mine, peer = (statistics.median(speeds[door.name]) for door in (ours, theirs))
    return Figure(
        f"tile_z{z}_vs_tipg", mine, "req/s", count, "tipg", peer, mine / peer, runs=ROUNDS
    )


def _far_out(ours: Door, count: int) -> Iterator[Figure]:
    line = http.client.HTTPConnection("127.0.0.1", ours.port)
    plain = {name: value for name, value in ours.headers.items() if name != "Accept-Encoding"}
    for grid in GRIDS:
        for z in range(13):
            seconds, largest = [], 0
            for tile in tiles_of(grid, z, SAMPLE):
                for _ in range(3):
                    begin = time.perf_counter()
                    get(line, ours.path(grid, tile), ours.headers)
                    seconds.append(time.perf_counter() - begin)
                largest = max(largest, len(get(line, ours.path(grid, tile), plain)))
            yield Figure(
                f"tile_ms_{grid}_z{z}", statistics.median(seconds) * 1e3, "ms", count,
                runs=len(seconds),
            )  # fmt: skip
            yield Figure(f"tile_kb_{grid}_z{z}", largest / 1e3, "kB", count)


@contextmanager
def serving(place: DatabaseLocation) -> Iterator[Door]:
    """The service in a process of its own, and the token of an account of the province."""
    engine = make_engine(place.owner)
    with engine.begin() as connection:
        number = account_id(connection, "bench")
        number = number or add_account(connection, "bench", "gis", [PROVINCE])
        token = give_credential(connection, number, "token", timedelta(days=1))
    engine.dispose()
    address = place.service.render_as_string(hide_password=False)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    command = [sys.executable, "-m", "tests.bench.serve"]
    with started(command, {"BENCH_DATABASE_URL": address}, PORT):
        yield Door("luotu", PORT, headers)


@contextmanager
def _tipg(place: DatabaseLocation) -> Iterator[Door]:
    # It takes no socket in its address, so it comes over the loopback port.
    port = int(str(place.owner.query["port"]))
    address = place.owner.set(drivername="postgresql", host="127.0.0.1", port=port, query={})
    env = {
        "DATABASE_URL": address.render_as_string(hide_password=False),
        "TIPG_DB_SCHEMAS": '["public"]',
    }
    options = ["--port", str(TIPG_PORT), "--no-access-log", "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", "tipg.main:app", *options]
    with started(command, env, TIPG_PORT):
        yield Door("tipg", TIPG_PORT, {"Accept-Encoding": "gzip"})


@contextmanager
def started(command: list[str], env: dict[str, str], port: int) -> Iterator[None]:
    """A server in a process of its own, ended with the block."""
    with subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until and process.poll() is None:
                line = http.client.HTTPConnection("127.0.0.1", port)
                try:
                    line.request("GET", "/healthz")
                    line.getresponse().read()
                    break
                except OSError:
                    time.sleep(0.2)
                finally:
                    line.close()
            else:
                raise RuntimeError(f"{' '.join(command)} did not start")
            yield
        finally:
            process.terminate()
