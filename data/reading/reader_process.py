"""Processes that read uploads: each forks a child for a file, so that none imports anything anew.

A process imports what every reader needs and then waits for folders, one a line; for each it forks
a child, which restricts itself (`data.reading.sandbox_worker`), and answers with the exit status.
So a file costs a fork, and no child has seen what another one read.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final, cast

_NOWHERE: Final = "http://127.0.0.1:1"
_KEPT: Final = 2  # of those that have nothing to do; a minute later they end by themselves
_TOO_SLOW: Final = -signal.SIGXCPU

_free: list[_Reader] = []
_turn = threading.Lock()


def read_in_child(folder: Path, seconds: float) -> int:
    """Let a child do the task that lies in a folder, and wait for its end.

    Parameters
    ----------
    folder
        Holds ``task.json``; it gets the result and a ``log``.
    seconds
        When the child and all that it started are killed.

    Returns
    -------
    int
        Exit status; minus the signal that killed it, ``-SIGXCPU`` for the clock.
    """
    while True:
        reader = _taken()
        try:
            status = reader.read(folder, seconds)
        finally:
            _put_back(reader)
        if status is not None:
            return status


class _Reader:
    """One process that forks."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-m", "data.reading.sandbox_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
        self.asked = cast("IO[bytes]", self.process.stdin)
        self.answers = cast("IO[bytes]", self.process.stdout)

    def read(self, folder: Path, seconds: float) -> int | None:
        """Exit status of the child; None where this process had ended before it was asked."""
        answer = b""
        try:
            self.asked.write(os.fsencode(folder) + b"\n")
            waiting = select.poll()
            waiting.register(self.answers, select.POLLIN)
            if not waiting.poll(seconds * 1000):
                return _TOO_SLOW
            answer = self.answers.read(64)
        except BrokenPipeError:
            pass
        finally:
            if not answer:
                self.kill()
        if answer:
            return int(answer)
        return self.process.returncode or None

    def kill(self) -> None:
        """End it with its child, whatever they do; one that had ended keeps its status."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        """Let go of it, which it notices, and wait for its end."""
        self.asked.close()
        self.answers.close()
        self.process.wait()


def _taken() -> _Reader:
    with _turn:
        while _free:
            reader = _free.pop()
            if reader.owner != os.getpid():  # this process was forked: it is the other one's
                continue
            if reader.process.poll() is None:
                return reader
            reader.end()
    return _Reader()


def _put_back(reader: _Reader) -> None:
    if reader.process.returncode is not None:
        return
    with _turn:
        if len(_free) < _KEPT:
            _free.append(reader)
            return
    reader.end()


@atexit.register
def _end_all() -> None:
    for reader in _free:
        if reader.owner == os.getpid():
            reader.end()
    _free.clear()


def _environment() -> dict[str, str]:
    """Environment of readers: no passwords, no settings, no network."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "GDAL_HTTP_PROXY": _NOWHERE,
        "GDAL_HTTPS_PROXY": _NOWHERE,
        "http_proxy": _NOWHERE,
        "https_proxy": _NOWHERE,
        "PROJ_NETWORK": "OFF",
        "SHAPE_RESTORE_SHX": "NO",
        "OGR_ARC_STEPSIZE": "0.5",  # degrees of arc; `data.reading.geopackages.curved_note` says it
        "OGR_GPKG_OPEN_UNRECOGNIZED_VERSION": "NO",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "OPENBLAS_NUM_THREADS": "1",  # a thread would not outlive the fork, and claims memory
        "GDAL_NUM_THREADS": "1",
    }
