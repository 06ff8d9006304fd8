"""What is wrong with the rows of a file: each problem with its row, its column and its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from data.errors import Position
from gis.messages import Message

__all__ = ["RowProblem", "bad_rows"]


class RowProblem(NamedTuple):
    """Why a row cannot be stored as it is."""

    row: int | None
    """Of the file, counted from 1; None where all rows share the problem."""
    code: str
    """``missing``, ``unknown_code``, ``not_a_number`` …, or a code of `gis.polygons`."""
    field: str
    """Property, or ``geometry``."""
    message: Message
    column: str | None = None
    """As the file calls it."""
    at: Position | None = None
    """``(longitude, latitude)`` in degrees."""


def bad_rows(problems: Iterable[RowProblem], count: int) -> set[int]:
    """Rows (from 1) with a problem; all `count` of them when one concerns the whole file."""
    rows = {problem.row for problem in problems}
    return set(range(1, count + 1)) if None in rows else {row for row in rows if row is not None}
