"""Work on imports in the background: files are read and checked, staged ones are committed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from service.imports.db.imports import forget
from service.imports.queue import ImportQueue, take_up
from service.run.background import in_background

IDLE_S = 0.25
AWAY_S = 2.0
FORGET_S = 3_600.0


@contextmanager
def importing(engine: Engine, works: ImportQueue, days: int) -> Iterator[None]:
    """Work until the block ends; outlives a database that goes away and comes back.

    Imports that an earlier service left unfinished are taken up, and old ones taken out.
    """
    stop = threading.Event()
    begun, forgotten_at = False, float("-inf")

    def work() -> float:
        nonlocal begun, forgotten_at
        if not begun:
            take_up(engine, works)
            begun = True
        if time.monotonic() - forgotten_at > FORGET_S:
            with engine.begin() as connection:
                forget(connection, days)
            forgotten_at = time.monotonic()
        while not stop.is_set() and works.work(engine, IDLE_S):
            pass
        return 0.0

    with in_background(
        "import-files", work, stop=stop, failed="import_not_done", failed_pause_s=AWAY_S
    ):
        yield
