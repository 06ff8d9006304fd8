"""One writer at a time: the kernel holds the lock, and gives it back when the process dies."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from data.lake.errors import being_written

LOCK: Final = ".lake.lock"
_LONGEST: Final = 200


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the lake for writing.

    Raises
    ------
    FileRefused
        ``lake_being_written``: another process does, which is named.
    """
    descriptor = _held(folder)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{socket.gethostname()} pid {os.getpid()}".encode()[:_LONGEST])
        yield
    finally:
        os.close(descriptor)


def writer_of(folder: Path, *, refuse: bool = False) -> str | None:
    """Who writes the lake at this moment; None for nobody.

    With ``refuse`` that is an error, ``lake_being_written``.
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _who(descriptor)
            if refuse:
                raise being_written(folder, who) from None
            return who
        except OSError:  # a file system without locks
            return None
        return None
    finally:
        os.close(descriptor)


def _held(folder: Path) -> int:
    while True:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A writer that failed may have removed the file after it was opened here.
            if os.fstat(descriptor).st_ino == (folder / LOCK).stat().st_ino:
                return descriptor
        except FileNotFoundError:
            pass
        except BlockingIOError:
            who = _who(descriptor)
            os.close(descriptor)
            raise being_written(folder, who) from None
        os.close(descriptor)


def _who(descriptor: int) -> str:
    return os.pread(descriptor, _LONGEST, 0).decode("utf-8", "replace") or "?"
