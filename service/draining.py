"""Keeps coverage current: a thread that computes the cells that writers have marked."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.db.live import drain, waiting

log = structlog.get_logger()

# Cells of one transaction: enough to pay for it, few enough that a shutdown waits for a second.
CELLS_AT_ONCE = 100
# Reads are exact without the drainer, so there is no hurry.
IDLE_S = 0.25
TELL_S = 2.0
AWAY_S = 2.0
AT_ONCE = 2


class Gauges:
    """What the drainer tells of its work in `/metrics`."""

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
        """Tell how much waits."""
        self.cells.set(cells)
        self.lag.set(0 if since is None else (datetime.now(UTC) - since).total_seconds())


@contextmanager
def draining(engine: Engine, gauges: Gauges) -> Iterator[None]:
    """Drain in the background; outlives a database that goes away and comes back."""
    over = threading.Event()

    def work() -> None:
        pause, told = 0.0, float("-inf")
        while not over.wait(pause):
            try:
                if time.monotonic() - told > TELL_S:
                    gauges.show(*waiting(engine))
                    told = time.monotonic()
                done = drain(engine, most=CELLS_AT_ONCE)
                pause = 0.0 if done else IDLE_S
            except SQLAlchemyError as error:
                # The requests tell of a database that is away; here only that nothing is drained.
                log.warning("coverage_not_drained", error=type(error).__name__)
                pause = AWAY_S

    thread = threading.Thread(target=work, name="drain-coverage", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def settle(engine: Engine, *, seconds: float | None = None) -> bool:
    """Compute what is marked, now; whether nothing is left. For commands, which nobody drains for.

    Two sessions work side by side. Cells that another process computes are waited for.
    """
    end = None if seconds is None else time.monotonic() + seconds

    def work(_n: int) -> None:
        while (end is None or time.monotonic() < end) and drain(engine, most=CELLS_AT_ONCE):
            pass

    while waiting(engine)[0]:
        if end is not None and time.monotonic() >= end:
            return False
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(work, range(AT_ONCE)))
        if waiting(engine)[0]:
            time.sleep(0.05)
    return True
