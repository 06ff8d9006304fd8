"""Work in the background: a thread that outlives every error."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger()


@contextmanager
def in_background(
    name: str,
    work: Callable[[], float],
    *,
    stop: threading.Event | None = None,
    failed: str,
    first_pause_s: float = 0.0,
    failed_pause_s: float,
) -> Iterator[None]:
    """Call ``work`` again and again in a thread until the block ends.

    ``work`` answers how many seconds to wait before it is called again. Whatever exception it
    raises is logged as ``failed`` with its traceback, and after ``failed_pause_s`` the work goes
    on. While the same kind of error repeats (a database that is away), it is logged without the
    traceback. ``stop`` is set when the block ends, so that long work can end with it.
    """
    ended = stop or threading.Event()

    def run() -> None:
        pause, before = first_pause_s, None
        while not ended.wait(pause):
            try:
                pause, before = work(), None
            except Exception as error:
                if type(error) is before:
                    log.warning(failed, error=type(error).__name__)
                else:
                    log.exception(failed, error=type(error).__name__)
                pause, before = failed_pause_s, type(error)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
