"""Few threads of low priority that hash passwords.

argon2 wants 64 MB, four threads of its own and a tenth of a second of a processor. A crowd that
signs in would leave the event loop no processor, and the loop answers whether the service is alive.
So few passwords are hashed at a time, by threads of a lower priority.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Hashed = TypeVar("Hashed")

THREADS: Final = max(1, (os.cpu_count() or 1) // 2)
"""Passwords that are hashed at a time: half of the processors."""

NICE: Final = 5
"""Added to the niceness of the service: the threads get a third of its share of a processor.

With much more they would get none while they hold Python's lock, and everybody would wait for it.
"""


def hashed(work: Callable[[], Hashed]) -> Hashed:
    """Run ``work`` in a hashing thread, and return or raise what it does.

    Threads that ``work`` starts have the same low priority.

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
