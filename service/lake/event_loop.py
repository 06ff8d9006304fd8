"""The event loop of Dask's clients, in a thread that is waited for as long as its start takes.

Left to itself Dask gives its thread ten seconds to start, and fails without a word after them: a
machine that is busy with something else takes longer.
"""

import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tornado.ioloop import IOLoop


@cache
def event_loop() -> "IOLoop":
    """The running loop, which lasts as long as the process.

    Raises
    ------
    OSError
        The process may open no more files.

    Examples
    --------
    >>> event_loop().asyncio_loop.is_running()
    True
    >>> event_loop() is event_loop()
    True
    """
    # It comes with Dask, which is installed by an extra.
    from tornado.ioloop import IOLoop  # noqa: PLC0415

    loop: IOLoop = IOLoop(make_current=False)
    runs = threading.Event()
    loop.add_callback(runs.set)
    threading.Thread(target=loop.start, name="event-loop", daemon=True).start()
    runs.wait()
    return loop
