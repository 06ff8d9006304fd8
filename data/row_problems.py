"""What is wrong with the rows of a file: each problem with its row, its column and its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from data.cell_values import BadValueError, refuse_unreadable
from data.errors import Position, printable_message
from gis.messages import Message

__all__ = ["RowProblem", "bad_rows", "of_column", "unreadable_cells"]


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


def of_column(column: str, message: Message) -> Message:
    """A sentence about a cell that names its column.

    Examples
    --------
    >>> of_column("造林时间", Message("没有日。", "It names no day.")).zh
    '列 造林时间：没有日。'
    """
    return printable_message(
        Message(f"列 {column}：{message.zh}", f"Column {column}: {message.en}")
    )


def unreadable_cells(table: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[RowProblem]:
    """Cells that the reader could not read, in the columns (property to column) that are used."""
    for name, column in columns.items():
        for row, value in enumerate(table[column].tolist(), 1):
            try:
                refuse_unreadable(value)
            except BadValueError as refused:
                words = of_column(column, refused.message)
                yield RowProblem(row, refused.code, name, words, column)
