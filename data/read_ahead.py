"""Batches are made while those before them are written: database and file need not take turns."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar, cast

__all__ = ["read_ahead"]

Item = TypeVar("Item")
_END: Final = object()


def read_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """The items in their order; each is made in a thread while the one before is used.

    All of them are made in that one thread: a connection that they are read from must not be used
    elsewhere meanwhile. Close it before the iterator that it reads.

    Raises
    ------
    Exception
        Whatever making an item raises, in its turn.

    Examples
    --------
    >>> list(read_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    context = copy_context()

    def made() -> Item | object:
        return next(items, _END)

    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(context.run, made)
        while (item := coming.result()) is not _END:
            coming = thread.submit(context.run, made)
            yield cast("Item", item)
