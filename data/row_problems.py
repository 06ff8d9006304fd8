"""What is wrong with the rows of a file: each problem with its row, its column and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import pandas as pd

from data.cell_values import BadValueError, refuse_lost_digits, refuse_unreadable
from data.errors import Position, printable_message
from gis.messages import Message

__all__ = [
    "MAX_LETTERS",
    "RowProblem",
    "bad_rows",
    "inexact_cells",
    "long_cells",
    "of_column",
    "unreadable_cells",
]

MAX_LETTERS: Final = 200
"""Letters of a text when nothing else is said."""


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
    return _refused_cells(table, columns, refuse_unreadable)


def inexact_cells(table: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[RowProblem]:
    """Codes and names that a number was made of, so that their last digits are lost.

    Examples
    --------
    >>> table = pd.DataFrame({"编号": [2.2011200100100124e18]})
    >>> [problem[:3] for problem in inexact_cells(table, {"code": "编号"})]
    [(1, 'digits_lost', 'code')]
    """
    return _refused_cells(table, columns, refuse_lost_digits)


def _refused_cells(
    table: pd.DataFrame, columns: Mapping[str, str], refuse: Callable[[object], None]
) -> Iterator[RowProblem]:
    for name, column in columns.items():
        for row, value in enumerate(table[column].tolist(), 1):
            try:
                refuse(value)
            except BadValueError as refused:
                words = of_column(column, refused.message)
                yield RowProblem(row, refused.code, name, words, column)


def long_cells(
    table: pd.DataFrame, columns: Mapping[str, str], most: Mapping[str, int] | None = None
) -> Iterator[RowProblem]:
    """Texts that are too long to be stored whole, in the columns (property to column) given.

    Parameters
    ----------
    most
        Letters of properties that have another limit than `MAX_LETTERS`.

    Examples
    --------
    >>> table = pd.DataFrame({"名称": ["东站", "站" * 201]})
    >>> [problem[:3] for problem in long_cells(table, {"name": "名称"})]
    [(2, 'too_long', 'name')]
    """
    for name, column in columns.items():
        limit = (most or {}).get(name, MAX_LETTERS)
        for row, value in enumerate(table[column].tolist(), 1):
            if isinstance(value, str) and len(value.strip()) > limit:
                words = Message(
                    f"有 {len(value.strip())} 个字，上限 {limit}，请缩短",
                    f"it has {len(value.strip())} letters, {limit} are allowed: shorten it",
                )
                yield RowProblem(row, "too_long", name, of_column(column, words), column)
