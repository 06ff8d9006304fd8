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
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = entry.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if _DATABASE not in name:
            children.setdefault(int(rest.split()[1]), []).append(int(entry.parent.name))
    found: list[int] = []
    todo = [parent]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found
