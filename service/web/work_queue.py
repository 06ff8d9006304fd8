"""Work that waits for a thread in the background: bounded, first come first served."""

import queue
from typing import Final, Generic, TypeVar

from gis.messages import Message
from service.errors import Problem

Item = TypeVar("Item")

MAX_WAITING: Final = 20


class WorkQueue(Generic[Item]):
    """Pieces of work that wait."""

    def __init__(self, max_waiting: int = MAX_WAITING) -> None:
        self._items: queue.Queue[Item] = queue.Queue()
        self._max_waiting = max_waiting

    def refuse_when_full(self) -> None:
        """Refuse work while too much waits.

        Raises
        ------
        Problem
            503 ``busy`` with ``Retry-After``.
        """
        if self._items.qsize() >= self._max_waiting:
            words = Message(
                f"已有 {self._max_waiting} 个文件在等待导入，请稍后再试",
                f"{self._max_waiting} files wait to be imported: try again later",
            )
            raise Problem(503, "busy", words, headers={"Retry-After": "30"})

    def put(self, item: Item) -> None:
        """Let a piece of work wait; what it works on was committed before."""
        self._items.put(item)

    def take(self, wait_s: float) -> Item | None:
        """The next piece of work; None when none came within ``wait_s`` seconds."""
        try:
            return self._items.get(timeout=wait_s)
        except queue.Empty:
            return None
