"""The memory that a piece of work takes at its worst moment, in this process and its children."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_EVERY_S: Final = 0.05
_DATABASE: Final = "postgres"
_MB: Final = 2**20
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Peak:
    """What was seen so far, MB: resident memory of all processes at one moment, and ours alone."""

    def __init__(self) -> None:
        self.all_mb = self.own_mb = 0.0

    def look(self) -> None:
        """Look once."""
        own = _resident_mb(os.getpid())
        self.own_mb = max(self.own_mb, own)
        self.all_mb = max(self.all_mb, own + sum(map(_resident_mb, _descendants(os.getpid()))))


@contextmanager
def watched() -> Iterator[Peak]:
    """Look twenty times a second, PostgreSQL left out; a child that forks is counted whole."""
    gc.collect()
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(_EVERY_S):
            peak.look()

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    try:
        yield peak
    finally:
        over.set()
        watching.join()
        peak.look()


def _resident_mb(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE / _MB
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0.0


def _descendants(parent: int) -> list[int]:
    """Ids below a process, PostgreSQL's left out; asked for each process by itself.

    To look at all processes of the machine takes seven milliseconds, twenty times a second.
    """
    found: list[int] = []
    todo = [parent]
    while todo:
        below = [child for child in _children(todo.pop()) if _DATABASE not in _name(child)]
        found += below
        todo += below
    return found


def _children(process: int) -> list[int]:
    below: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            below += map(int, children.read_text().split())
        except (FileNotFoundError, ProcessLookupError):  # the thread has ended
            continue
    return below


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
