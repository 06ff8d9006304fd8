"""The embedded PostGIS, started while the web is imported: each takes its while, on a processor
of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from service.embedded import Cluster, ClusterError
from service.settings import Settings


@contextmanager
def database_ahead(settings: Settings) -> Iterator[Callable[[], None]]:
    """Use the embedded cluster of these settings from now on; yields what ends this use.

    It is called when the next user has the cluster, or at the end of the block at the latest. A
    cluster that is not there is not made, and one that cannot be started is left: whoever opens the
    database next makes it, or says why not. With a database of somebody else nothing happens.
    """
    enough = threading.Event()

    def use() -> None:
        # What is wrong meets the next user, too, who tells it.
        with suppress(ClusterError, OSError), Cluster(settings.home).running(make=False):
            enough.wait()

    thread = threading.Thread(target=use, name="start-database")
    if settings.database_url is None:
        thread.start()
    try:
        yield enough.set
    finally:
        enough.set()
        if thread.ident is not None:
            thread.join()
