"""Work spread over the processors; shapely and the kernels release the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Answer = TypeVar("Answer", bound=np.generic)

THREADS: Final = max(1, min(8, os.cpu_count() or 1))
_ROWS: Final = 2_000  # a thread costs more than fewer rows
_alone: ContextVar[bool] = ContextVar("_alone", default=False)


@contextmanager
def alone() -> Iterator[None]:
    """Let work within it stay in its thread, where others already keep the processors busy.

    Examples
    --------
    >>> with alone():
    ...     len(spread(lambda rows: np.arange(rows.stop - rows.start), 5_000, np.empty(0)))
    5000
    """
    before = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(before)


def spread(
    work: Callable[[slice], NDArray[Answer]], rows: int, empty: NDArray[Answer]
) -> NDArray[Answer]:
    """Answers for all rows, each thread doing some slices; `empty` when there are no rows.

    There are more slices than threads, to balance the load. Threads must not share a prepared
    geometry: GEOS builds its index on first use.

    Examples
    --------
    >>> spread(lambda rows: np.arange(rows.start, rows.stop) * 2, 3, np.empty(0, dtype=np.int64))
    array([0, 2, 4])
    """
    if rows == 0:
        return empty
    count = 1 if rows < _ROWS or _alone.get() else 4 * THREADS
    edges = np.linspace(0, rows, count + 1).astype(int)
    slices = [slice(a, b) for a, b in pairwise(edges)]
    if count == 1:
        return work(slices[0])
    with ThreadPoolExecutor(THREADS) as pool:
        return np.concatenate(list(pool.map(work, slices)))
