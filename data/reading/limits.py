"""How much of an upload is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data.errors import FileRefused
from gis.messages import Message

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one upload; more is refused.

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
    """Inflated to packed size; checked above `ratio_from_bytes` only: empty tables pack well."""
    ratio_from_bytes: int = 64 * MIB
    features: int = 500_000
    vertices: int = 20_000_000
    """That are in memory together."""
    stored_vertices: int = 100_000_000
    """Of plots, whose shapes are on disk: a million of them have fifty million."""
    seconds: int = 120
    """Wall-clock time, and processor time."""
    memory_bytes: int = 3072 * MIB
    """Address space of the child process that opens the file."""


WHOLE_FILE_FEATURES: Final = 300_000
"""Features of files that are in memory whole (layers, zones, districts, areas): some 1.1 GB."""
_FREE_CELLS: Final = 1_000_000
_CELLS_PER_VALUE: Final = 50


def refuse_sparse(columns: int, rows: int, values: int) -> None:
    """Refuse a layer whose table would be far larger than its file.

    Where each feature names properties of its own, n features make n × n cells.

    Parameters
    ----------
    columns, rows
        Of the table that would be made.
    values
        How many cells the file really fills.

    Raises
    ------
    FileRefused
        ``too_many_columns``: more than a million cells, and less than one in fifty is filled.

    Examples
    --------
    >>> refuse_sparse(columns=20, rows=500_000, values=10_000_000)
    """
    cells = columns * rows
    if cells <= _FREE_CELLS or cells <= values * _CELLS_PER_VALUE:
        return
    what = Message(
        f"有 {columns} 个不同的属性名、{rows} 个要素，几乎全是空值",
        f"{rows} features have {columns} names of properties, and nearly every cell is empty",
    )
    remedy = Message("请统一属性名后提交", "give all features the same properties")
    raise FileRefused("too_many_columns", what, remedy)
