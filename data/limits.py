"""How much of an upload is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one upload; whatever passes one is refused in words.

    Examples
    --------
    >>> Limits(seconds=5).seconds, Limits().entries
    (5, 1000)
    """

    file_bytes: int = 1024 * MIB
    """Of the file as it was sent."""
    entries: int = 1_000
    """In a zip."""
    inflated_bytes: int = 2048 * MIB
    """Of everything taken out of a zip, counted while it is inflated."""
    ratio: int = 200
    """Inflated to packed; looked at only above `ratio_from_bytes`, for empty tables pack well."""
    ratio_from_bytes: int = 64 * MIB
    features: int = 500_000
    vertices: int = 20_000_000
    seconds: int = 120
    """Of the clock, and of the processor."""
    memory_bytes: int = 3072 * MIB
    """Address space of the child process that opens the file."""
