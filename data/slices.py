"""Rows of a large file some at a time, so that what is made of them is not there all at once."""

import ctypes
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeVar

__all__ = ["AT_ONCE", "batched", "give_back", "slices"]

Item = TypeVar("Item")

AT_ONCE: Final = 4_000
_GIVEN_BACK: Final = 20_000  # rows; the system takes a moment to take memory, and to give it again


def slices(rows: int) -> Iterator[slice]:
    """Slices of ``AT_ONCE`` rows; of several, freed memory goes back to the system now and then.

    Examples
    --------
    >>> list(slices(6_000))
    [slice(0, 4000, None), slice(4000, 6000, None)]
    """
    for start in range(0, rows, AT_ONCE):
        stop = min(rows, start + AT_ONCE)
        yield slice(start, stop)
        if stop == rows or stop % _GIVEN_BACK == 0:
            give_back(rows)


def batched(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Lists of ``AT_ONCE`` items.

    Examples
    --------
    >>> [len(some) for some in batched(range(6_000))]
    [4000, 2000]
    """
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def give_back(rows: int) -> None:
    """Give memory that many rows have freed back to the system, where the C library is glibc.

    Shapes are made in several threads, each of which has memory of its own in glibc, and what one
    has freed the others do not take: without this a file is in memory twice.
    """
    trim = _trim()
    if trim is not None and rows > AT_ONCE:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
