"""Keeps coverage current: a thread that computes the cells that writers have marked.

When nothing is marked it merges the rows that bulk loads left in the squares of plots.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Engine

from gis.kernels import AVAILABLE
from service.coverage.db.queue import drain, waiting
from service.coverage.db.rebuild_process import rebuild_all
from service.run.background import in_background
from service.tiles.db.compact_squares import tidy
from service.web.timestamps import now

log = structlog.get_logger()

# Cells per transaction: enough to be worth one, so few that a shutdown waits for a second.
CELLS_AT_ONCE = 100
# Reads are exact without the drainer, so there is no hurry.
IDLE_S = 0.25
GAUGES_S = 2.0
AWAY_S = 2.0
TIDY_S = 10.0
AT_ONCE = 2
BULK_CELLS = 2_000
# For fewer cells, loading or compiling the kernels of `gis` takes longer than computing.
KERNEL_CELLS = 10_000
FAILED_S = 60.0


@dataclass(frozen=True)
class Bulk:
    """A command that computes the marked cells when they are many.

    A process of its own: it needs memory, both processors and the owner's rights.
    """

    command: Sequence[str] = ()
    cells: int = BULK_CELLS


class Gauges:
    """The gauges of the drainer in `/metrics`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.cells = Gauge(
            "luotu_coverage_dirty_cells",
            "Cells that writers have marked and nobody has computed.",
            registry=registry,
        )
        self.lag = Gauge(
            "luotu_coverage_lag_seconds",
            "Age of the oldest mark.",
            registry=registry,
        )

    def show(self, cells: int, since: datetime | None) -> None:
        """Set both gauges."""
        self.cells.set(cells)
        self.lag.set(0 if since is None else (now() - since).total_seconds())


@contextmanager
def draining(engine: Engine, gauges: Gauges, bulk: Bulk = Bulk()) -> Iterator[None]:
    """Drain in the background; outlives a database that goes away and comes back."""
    stop = threading.Event()
    gauges_updated_at = next_bulk_at = tidied_at = float("-inf")

    def update_gauges() -> int:
        cells, since = waiting(engine)
        gauges.show(cells, since)
        return cells

    def work() -> float:
        nonlocal gauges_updated_at, next_bulk_at, tidied_at
        if time.monotonic() - gauges_updated_at > GAUGES_S:
            many = update_gauges() >= bulk.cells
            if many and bulk.command and time.monotonic() > next_bulk_at:
                # Set before: a command that cannot be started raises, and waits as well.
                next_bulk_at = time.monotonic() + FAILED_S
                next_bulk_at = _run(bulk.command, stop, update_gauges)
            gauges_updated_at = time.monotonic()
        done = bool(drain(engine, max_cells=CELLS_AT_ONCE))
        if not done and time.monotonic() > tidied_at + TIDY_S:
            done = tidy(engine)
            tidied_at = tidied_at if done else time.monotonic()
        return 0.0 if done else IDLE_S

    with in_background(
        "drain-coverage", work, stop=stop, failed="coverage_not_drained", failed_pause_s=AWAY_S
    ):
        yield


def _run(command: Sequence[str], stop: threading.Event, update_gauges: Callable[[], int]) -> float:
    """Run the command; answers the monotonic time from which the next may start."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        try:
            while child.poll() is None and not stop.wait(GAUGES_S / 4):
                update_gauges()
        finally:
            child.terminate()
    if child.returncode == 0 or stop.is_set():
        return time.monotonic()
    log.warning("coverage_not_rebuilt", code=child.returncode)
    return time.monotonic() + FAILED_S


def settle(
    engine: Engine,
    *,
    owner: Engine | None = None,
    bulk_cells: int = BULK_CELLS,
    seconds: float | None = None,
) -> bool:
    """Compute marked cells now; whether none is left. For commands, which run no drainer.

    Two sessions work side by side. Cells that another process computes are waited for. With the
    ``owner``'s engine many cells are computed outside the database, by two processes.
    """
    end = None if seconds is None else time.monotonic() + seconds

    cells = waiting(engine)[0]
    if owner is not None and cells >= bulk_cells:
        rebuild_all(owner, fast=True if AVAILABLE and cells >= KERNEL_CELLS else None)

    def work(_n: int) -> None:
        while (end is None or time.monotonic() < end) and drain(engine, max_cells=CELLS_AT_ONCE):
            pass

    while waiting(engine)[0]:
        if end is not None and time.monotonic() >= end:
            return False
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(work, range(AT_ONCE)))
        if waiting(engine)[0]:
            time.sleep(0.05)
    return True
