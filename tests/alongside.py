"""Threads that work while a test does something else."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def alongside(threads: Sequence[threading.Thread], over: threading.Event) -> Iterator[None]:
    """Run threads while the block runs; ``over`` tells them its end, and they are waited for."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
