"""Uses of a cluster: file locks, which the kernel releases when their process dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """The lock under which the cluster of ``home`` is made, started or stopped; waits for it."""
    descriptor = _open(home / "cluster.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Lease:
    """One use of the cluster of ``home``; taken and released under :func:`alone`."""

    def __init__(self, home: Path) -> None:
        self._path = home / "cluster.users"
        self._descriptor = _open(self._path)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> bool:
        """Give it back; True when nobody else uses the cluster."""
        os.close(self._descriptor)
        descriptor = _open(self._path)
        try:
            return _try_lock(descriptor)
        finally:
            os.close(descriptor)


def users(home: Path) -> tuple[int, ...]:
    """Ids of the processes that use the cluster of ``home``, as far as the kernel tells."""
    try:
        seen = (home / "cluster.users").stat()
        table = Path("/proc/locks").read_text("ascii")
    except FileNotFoundError:
        return ()
    inode = f"{os.major(seen.st_dev):02x}:{os.minor(seen.st_dev):02x}:{seen.st_ino}"
    rows = [line.split() for line in table.splitlines()]
    return tuple(int(row[4]) for row in rows if row[1] == "FLOCK" and row[5] == inode)


@contextmanager
def life(home: Path, *, wait_s: float) -> Iterator[int | None]:
    """The lock that every process of the cluster inherits, and holds as long as it lives.

    Unlike a pid file it shows whether any process of the cluster is alive, even an orphan whose
    postmaster was killed. Yields the descriptor to hand down, or None when a process still lives
    after ``wait_s`` seconds.
    """
    descriptor = _open(home / "cluster.life")
    try:
        deadline = time.monotonic() + wait_s
        locked = _try_lock(descriptor)
        while not locked and time.monotonic() < deadline:
            time.sleep(0.02)
            locked = _try_lock(descriptor)
        yield descriptor if locked else None
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
