"""Waiting for what happens elsewhere, never for ever."""

import time
from collections.abc import Callable


def until(happens: Callable[[], object], *, within_s: float = 120) -> None:
    """Wait for it, or fail."""
    deadline = time.monotonic() + within_s
    while not happens():
        assert time.monotonic() < deadline, f"it did not happen within {within_s} s"
        time.sleep(0.01)
