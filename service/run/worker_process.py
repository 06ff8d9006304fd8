"""The worker of ``luotu run``: a child process, started again when it dies.

It ends with its parent, also with one that is killed: nothing is ever written into its standard
input, which closes then.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from service.run.background import in_background

log = structlog.get_logger()

COMMAND = (sys.executable, "-m", "service.cli", "worker", "--with-parent")
LOOK_S = 0.5
AGAIN_S = 2.0  # after a worker that died: its cause may pass
END_S = 10.0


@contextmanager
def working() -> Iterator[None]:
    """Keep a worker alive until the block ends."""
    stop = threading.Event()
    child: subprocess.Popen[bytes] | None = None

    def look() -> float:
        nonlocal child
        if child is not None and child.poll() is None:
            return LOOK_S
        if child is not None:
            log.warning("worker_died", code=child.returncode)
            child = None
            return AGAIN_S
        # A group of its own: signals of the terminal end the service, which ends its worker.
        child = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, start_new_session=True)
        return LOOK_S

    try:
        with in_background(
            "watch-worker", look, stop=stop, failed="worker_not_started", failed_pause_s=AGAIN_S
        ):
            yield
    finally:
        if child is not None:
            _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.stdin is not None:
        child.stdin.close()
