"""What `/metrics` tells of the process and what it stands on: memory, connections, disks, jobs."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, Literal

from anyio import CapacityLimiter
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from sqlalchemy import Engine

from service.database.engine import connections_used, pool_size
from service.operations.db.database_state import database_state
from service.operations.folders import disk_of, folders
from service.run.background import in_background
from service.settings import Settings
from service.web.admission import Gate
from service.web.timestamps import now

EVERY_S: Final = 15.0


class HealthGauges:
    """Gauges of one process; those of the database are kept up by `telling`."""

    def __init__(self, registry: CollectorRegistry, settings: Settings) -> None:
        ProcessCollector(registry=registry)
        self._registry = registry
        self._up = self._gauge("luotu_database_up", "1 while the database answers.")
        self._bytes = self._gauge("luotu_database_size_bytes", "Size of the database.")
        self._sessions = self._gauge(
            "luotu_database_sessions", "Sessions on this database, of every process."
        )
        self._jobs = self._gauge("luotu_jobs", "Jobs by state.", "state")
        self._waits = self._gauge(
            "luotu_job_wait_seconds", "How long the oldest waiting job has waited."
        )
        free = self._gauge("luotu_disk_free_bytes", "Free bytes of the disk of a folder.", "folder")
        size = self._gauge("luotu_disk_size_bytes", "Bytes of the disk of a folder.", "folder")
        for name, folder in folders(settings).items():
            free.labels(name).set_function(_of_disk(folder, "free"))
            size.labels(name).set_function(_of_disk(folder, "size"))

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, registry=self._registry)

    def watch(self, engines: Mapping[str, Engine], gate: Gate, threads: CapacityLimiter) -> None:
        """Tell of these pools, of the slots of requests and of the threads that serve them."""
        used = self._gauge("luotu_pool_used", "Connections lent out, by pool.", "pool")
        most = self._gauge("luotu_pool_size", "Connections that a pool may have.", "pool")
        for name, engine in engines.items():
            used.labels(name).set_function(partial(connections_used, engine))
            most.labels(name).set(pool_size(engine))
        waiting = self._gauge("luotu_requests_waiting", "Requests waiting for a slot.")
        waiting.set_function(lambda: gate.waiting)
        free = self._gauge("luotu_slots_free", "Slots for requests that nobody has.")
        free.set_function(lambda: gate.free)
        busy = self._gauge("luotu_threads_busy", "Threads that serve a request.")
        busy.set_function(lambda: threads.borrowed_tokens)

    @contextmanager
    def telling(self, engine: Engine) -> Iterator[None]:
        """Ask the database again and again until the block ends, as ``engine``'s role."""

        def work() -> float:
            try:
                with engine.connect() as connection:
                    state = database_state(connection)
            except Exception:
                self._up.set(0)
                raise
            self._up.set(1)
            self._bytes.set(state.bytes)
            self._sessions.set(state.sessions)
            self._jobs.labels("queued").set(state.queued)
            self._jobs.labels("running").set(state.running)
            since = state.queued_since
            self._waits.set(0 if since is None else (now() - since).total_seconds())
            return EVERY_S

        with in_background(
            "tell-health", work, failed="health_not_told", failed_pause_s=EVERY_S / 3
        ):
            yield


def _of_disk(folder: Path, what: Literal["free", "size"]) -> Callable[[], float]:
    def ask() -> float:
        disk = disk_of(folder)
        return math.nan if disk is None else float(getattr(disk, what))

    return ask
