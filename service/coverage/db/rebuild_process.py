"""Marked cells computed by two processes, as Python runs one thread of a process at a time.

The second process begins with the last district, ignores the terminal's signals and ends with its
parent: what it has not committed stays marked.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from sqlalchemy import Engine

from service.coverage.db.rebuild import rebuild
from service.database.engine import make_engine

log = structlog.get_logger()

_KERNELS = "kernels"


def rebuild_all(owner: Engine, *, fast: bool | None = None) -> None:
    """Compute the cells of every boundary that has many marked ones, with a process beside.

    ``fast`` as in `gis.coverage.coverage`.
    """
    with _helped(owner, fast):
        while rebuild(owner, fast=fast):
            pass


@contextmanager
def _helped(owner: Engine, fast: bool | None) -> Iterator[None]:
    command = [sys.executable, "-P", "-m", __name__, *([_KERNELS] if fast else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0) as child:
        assert child.stdin is not None
        try:
            # Through a pipe, since any user may read the arguments of a process.
            address = owner.url.render_as_string(hide_password=False)
            with suppress(BrokenPipeError):
                child.stdin.write(f"{address}\n".encode())
            yield
        except BaseException:
            child.terminate()
            raise
        code = child.wait()
    if code:
        # Its cells are still marked, and will be drained.
        log.warning("coverage_not_rebuilt", code=code)


def _end_with_parent() -> None:
    # Nothing more is written: this returns when the parent closes the pipe.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def main() -> None:
    """Rebuild from the last district; the owner's address stands on the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = make_engine(sys.stdin.readline().strip())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while rebuild(owner, from_last=True, fast=_KERNELS in sys.argv or None):
            pass
    finally:
        owner.dispose()


if __name__ == "__main__":
    main()
