"""Two hundred clients at once, beside a plain FastAPI service on the same database.

Both are asked for the same approved plots, sign each request in, keep to its scope and pack their
answers. What is refused with 503 is no answer: the figures count those who were served.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Final, NamedTuple

from service.database.location import DatabaseLocation
from tests.bench.figures import Figure
from tests.bench.seed import SIZES, seeded
from tests.bench.serve import PORT
from tests.bench.tiles import WEB, WINDOW, Door, serving, started, tiles_of

CROWDS: Final = ("burst_200", "mix_200_clients")
CLIENTS: Final = 200
SECONDS: Final = 8.0
ROUNDS: Final = 3
PLAIN_PORT: Final = PORT + 2


class Heard(NamedTuple):
    """How many were served and refused, and when the last was answered."""

    served: int
    refused: int
    seconds: float


def paths(door: Door) -> list[str]:
    """Of four requests three are tiles and one is a list."""
    west, south, east, north = WINDOW
    samples = []
    for n, tile in enumerate(tiles_of(WEB, 14, 300)):
        plain = f"/tiles/{tile.z}/{tile.y}/{tile.x}"
        samples.append(plain if door.name == "plain" else door.path(WEB, tile))
        if n % 3 == 0:
            x = west + (east - west) * (n % 60) / 60
            y = south + (north - south) * (n % 45) / 45
            box = f"bbox={x:.4f},{y:.4f},{x + 0.1:.4f},{y + 0.1:.4f}"
            samples.append(
                f"/plots?{box}" if door.name == "plain" else f"/api/plots?{box}&version=approved"
            )
    return samples


async def ask(
    door: Door, line: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str
) -> int:
    """The status of one answer, read to its end."""
    reader, writer = line
    said = "".join(f"{name}: {value}\r\n" for name, value in door.headers.items())
    writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{said}\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if status not in (200, 204, 503):
        raise RuntimeError(f"{door.name} {path}: {status}")
    if b"content-length:" in head:
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    return status


async def crowd(door: Door, addresses: Sequence[str], seconds: float) -> Heard:
    """All clients at one moment; each asks once, and again until the seconds are over."""
    numbers, begin = count(), asyncio.Event()
    served = refused = 0

    async def client() -> None:
        nonlocal served, refused
        line = await asyncio.open_connection("127.0.0.1", door.port)
        await begin.wait()
        while True:
            status = await ask(door, line, addresses[next(numbers) % len(addresses)])
            served, refused = served + (status != 503), refused + (status == 503)
            if time.perf_counter() >= until:
                break
            if status == 503:
                await asyncio.sleep(0.5)
        line[1].close()

    clients = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    await asyncio.sleep(0.5)
    start = time.perf_counter()
    until = start + seconds
    begin.set()
    await asyncio.gather(*clients)
    return Heard(served, refused, time.perf_counter() - start)


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted."""
    names = wanted & set(CROWDS)
    if not names:
        return
    n = SIZES[size]
    with seeded(size) as place, serving(place) as ours, _plain(place, ours) as theirs:
        for door in (ours, theirs):
            asyncio.run(crowd(door, paths(door), 1.0))
        if "burst_200" in names:
            yield from _burst(ours, theirs, n)
        if "mix_200_clients" in names:
            yield _mix(ours, theirs, n)


def _rounds(ours: Door, theirs: Door, seconds: float) -> dict[str, list[Heard]]:
    heard_at: dict[str, list[Heard]] = {ours.name: [], theirs.name: []}
    for _ in range(ROUNDS):
        for door in (theirs, ours):
            heard_at[door.name].append(asyncio.run(crowd(door, paths(door), seconds)))
    return heard_at


def _burst(ours: Door, theirs: Door, n: int) -> Iterator[Figure]:
    heard = _rounds(ours, theirs, 0.0)
    mine, peer = (
        statistics.median(sample.seconds for sample in heard[door.name]) for door in (ours, theirs)
    )
    yield Figure("burst_200", mine, "s", n, "plain FastAPI", peer, peer / mine, runs=ROUNDS)
    refused = statistics.median(sample.refused for sample in heard[ours.name])
    yield Figure("burst_200_refused", refused, "503", n, runs=ROUNDS)


def _mix(ours: Door, theirs: Door, n: int) -> Figure:
    heard = _rounds(ours, theirs, SECONDS)
    mine, peer = (
        statistics.median(one.served / one.seconds for one in heard[door.name])
        for door in (ours, theirs)
    )
    return Figure(
        "mix_200_clients", mine, "req/s", n, "plain FastAPI", peer, mine / peer, runs=ROUNDS
    )


@contextmanager
def _plain(place: DatabaseLocation, ours: Door) -> Iterator[Door]:
    address = place.service.render_as_string(hide_password=False)
    options = ["--port", str(PLAIN_PORT), "--no-access-log", "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", "tests.bench.plain:app", *options]
    with started(command, {"BENCH_DATABASE_URL": address}, PLAIN_PORT):
        yield Door("plain", PLAIN_PORT, ours.headers)
