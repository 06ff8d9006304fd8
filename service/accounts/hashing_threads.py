"""Threads that hash passwords: few, and behind everything else when processors are scarce.

argon2 wants 64 MB, four threads of its own and a tenth of a second of a processor. A crowd that
signs in would take the processors from the event loop, which answers who asks whether the service
is alive; so hashes wait for each other here, and yield to it.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Hashed = TypeVar("Hashed")

THREADS: Final = max(1, (os.cpu_count() or 1) // 2)
"""Half of the processors: what is hashed at once."""

NICE: Final = 5
"""Added to that of the service: a third of its share. Much later, it would keep Python's lock."""


def hashed(work: Callable[[], Hashed]) -> Hashed:
    """What ``work`` answers or raises, done in its turn; threads that it starts yield, too.

    Examples
    --------
    >>> hashed(lambda: 6 * 7)
    42
    """
    return _threads.submit(work).result()


def _yield_to_others() -> None:
    # Linux keeps a niceness for each thread, and only an administrator may take it back.
    me = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, me, os.getpriority(os.PRIO_PROCESS, me) + NICE)


_threads: Final = ThreadPoolExecutor(THREADS, "hashing", initializer=_yield_to_others)
