"""A scheduler and workers of Dask as separate processes, as on an existing cluster."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

BIN = Path(sys.executable).parent
_STARTS_S = 120


class Processes:
    """A scheduler on a free port of this machine, and its workers."""

    def __init__(self, folder: Path, failures: int | None = None) -> None:
        self._folder = folder
        # How many workers a task may take down before the scheduler gives it up; Dask's own is 3.
        self._environment = dict(os.environ)
        if failures is not None:
            self._environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = f"{failures}"
        self._stack = ExitStack()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._started(
            "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"
        )
        deadline = time.monotonic() + _STARTS_S
        while not _listens(port):
            assert self.scheduler.poll() is None, "the scheduler ended"
            assert time.monotonic() < deadline, "the scheduler does not listen"
            time.sleep(0.1)
        self.workers: list[subprocess.Popen[bytes]] = []

    def worker(self, memory: str = "2GB") -> subprocess.Popen[bytes]:
        """One more worker, which nobody starts again when it dies."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", memory)
        folder = ("--local-directory", str(self._folder))
        worker = self._started("worker", self.address, *options, *folder)
        self.workers.append(worker)
        deadline = time.monotonic() + _STARTS_S
        log = self._folder / "worker.log"
        while log.read_bytes().count(b"Registered to") < len(self.workers):
            assert worker.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, "the worker does not come"
            time.sleep(0.1)
        return worker

    def _started(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = self._stack.enter_context((self._folder / f"{arguments[0]}.log").open("ab"))
        command = [str(BIN / "dask"), *arguments]
        process = subprocess.Popen(
            command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
        )
        self._stack.callback(_end, process)
        return process

    def end(self) -> None:
        """End what is left of them."""
        self._stack.close()


@contextmanager
def processes(folder: Path, workers: int, failures: int | None = None) -> Iterator[Processes]:
    """A scheduler with so many workers, until the block ends."""
    made = Processes(folder, failures)
    try:
        for _ in range(workers):
            made.worker()
        yield made
    finally:
        made.end()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
