"""Work on layers in the background: files are read, then plots are compared with new versions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine

from service.layers.db.affected import recheck
from service.layers.queue import LayerQueue, give_up_unfinished
from service.run.background import in_background

log = structlog.get_logger()

# Versions of plots per transaction: about a second of work, so that a shutdown need not wait.
PLOTS_AT_ONCE = 5_000
IDLE_S = 0.25
AWAY_S = 2.0


@contextmanager
def importing_layers(engine: Engine, files: LayerQueue) -> Iterator[None]:
    """Work until the block ends; outlives a database that goes away and comes back.

    Imports that an earlier service left unfinished are told of as failed.
    """
    stop = threading.Event()
    begun = False

    def work() -> float:
        nonlocal begun
        if not begun:
            give_up_unfinished(engine)
            begun = True
        while not stop.is_set() and recheck(engine, PLOTS_AT_ONCE):
            pass
        while not stop.is_set() and files.work(engine, IDLE_S):
            pass
        return 0.0

    with in_background(
        "import-layers", work, stop=stop, failed="layer_not_imported", failed_pause_s=AWAY_S
    ):
        yield
