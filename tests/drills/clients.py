"""``make drill-clients``: two hundred people at once, and people whose lines are slow."""

import http.client
import socket
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context

import numpy as np

from tests.drills.running import Service, plot, service, tell

PLOTS = 200
SLOW = 50
PATHS = (
    "/api/plots?limit=50",
    "/api/coverage?level=county",
    "/api/districts?level=county",
    "/tiles/plots/WebMercatorQuad/12/1500/3471",
    "/api/me",
)
HEALTH = ("/healthz", "/readyz", "/metrics")


def main(clients: int, seconds: float) -> None:
    """So many clients for so long, half a second of thought between requests; then slow ones."""
    with service() as one:
        for number in range(PLOTS):
            one.ask("POST", "/api/plots", plot(number))
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            monitor = apart.submit(_monitor, one.port, one.token, seconds)
            statuses, took = _crowd(one, clients, seconds)
            healthy, waits = monitor.result()
        tell(
            "drill-clients",
            f"{clients} clients for {seconds:.0f} s: {len(took)} requests, {dict(statuses)}, "
            f"p50 {np.percentile(took, 50):.2f} s, p99 {np.percentile(took, 99):.2f} s",
        )
        for path, waited in waits.items():
            tell(
                "drill-clients",
                f"{path} meanwhile: {len(waited)} times, p50 {np.median(waited):.2f} s, "
                f"p99 {np.percentile(waited, 99):.2f} s, the slowest after {max(waited):.2f} s",
            )
        memory = _memory(one)
        with _slow(one):
            time.sleep(1)
            beside, quick = _crowd(one, 10, 10)
        tell(
            "drill-clients",
            f"beside {SLOW} slow lines: {dict(beside)}, p99 {np.percentile(quick, 99):.2f} s; "
            f"the service has {memory / 1e6:.0f} MB",
        )
        if (statuses + beside + healthy).keys() - {200, 204, 503}:
            raise SystemExit(1)


def _crowd(one: Service, clients: int, seconds: float) -> tuple[Counter[int], list[float]]:
    statuses: Counter[int] = Counter()
    took: list[float] = []
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def ask(first: int) -> None:
        n = first
        while time.monotonic() < end:
            answer = one.ask("GET", PATHS[n % len(PATHS)])
            n += 1
            with lock:
                statuses[answer.status] += 1
                took.append(answer.seconds)
            time.sleep(0.5)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses, took


def _monitor(port: int, token: str, seconds: float) -> tuple[Counter[int], dict[str, list[float]]]:
    """What a monitor asks, ten times a second; in a process that waits for none of the clients."""
    statuses: Counter[int] = Counter()
    took: dict[str, list[float]] = {path: [] for path in HEALTH}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in HEALTH:
            began = time.monotonic()
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = line.getresponse()
            answer.read()
            line.close()
            statuses[answer.status] += 1
            took[path].append(time.monotonic() - began)
        time.sleep(0.1)
    return statuses, took


class _slow:  # noqa: N801 - used as a block
    """Lines that send a byte of their request a second."""

    def __init__(self, one: Service) -> None:
        self._lines = [socket.create_connection(("127.0.0.1", one.port)) for _ in range(SLOW)]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._drip)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for line in self._lines:
            line.close()

    def _drip(self) -> None:
        text = (
            b"POST /api/plots HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"{" * 1000
        )
        for n in range(len(text)):
            for line in self._lines:
                with suppress(OSError):
                    line.send(text[n : n + 1])
            if self._ended.wait(0.2):
                return


def _memory(one: Service) -> float:
    assert one.process is not None
    with open(f"/proc/{one.process.pid}/status", encoding="ascii") as file:  # noqa: PTH123
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024.0


if __name__ == "__main__":
    arguments = [float(one) for one in sys.argv[1:]]
    main(int(arguments[0]) if arguments else 200, arguments[1] if len(arguments) > 1 else 30.0)
