"""Merged cells of a sheet: their value belongs to every row that they reach over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from data.reading.heading_rows import heading_row
from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["Place", "unmerged"]

_MAX_FILLED: Final = 5_000_000
Place: TypeAlias = tuple[int, int]
"""Row and column, both from 0."""


def unmerged(
    cells: Sequence[Sequence[object]], merged: Sequence[tuple[Place, Place]]
) -> tuple[list[list[object]], list[Message]]:
    """Cells with the value of each merged range in all of its rows, and what is told of it.

    A heading of several rows becomes one in its last row: ``面积`` over ``亩`` and ``公顷`` becomes
    ``面积(亩)`` and ``面积(公顷)``. The rows above it are left empty.

    Parameters
    ----------
    cells
        Of a sheet; rows may be of unlike length.
    merged
        First and last cell of each range.

    Raises
    ------
    ValueError
        The ranges reach over more rows than any sheet of a person.

    Examples
    --------
    >>> unmerged([["name", "year"], ["a", "2024"], ["b"]], [((1, 1), (2, 1))])[0]
    [['name', 'year'], ['a', '2024'], ['b', '2024']]
    >>> merged = [((0, 0), (1, 0)), ((0, 1), (0, 2))]
    >>> unmerged([["name", "面积", None], [None, "亩", "公顷"]], merged)[0]
    [[], ['name', '面积(亩)', '面积(公顷)']]
    """
    rows = [list(row) for row in cells]
    head = heading_row(rows)
    if head is None or not merged:
        return rows, []
    last = max((end[0] for begin, end in merged if begin[0] == head), default=head)
    last = min(last, len(rows) - 1)
    if last > head:
        _join_heading(rows, [entry for entry in merged if entry[0][0] == head], head, last)
    if sum(bottom - top for (top, _), (bottom, _) in merged) > _MAX_FILLED:
        raise ValueError("merged cells reach over each other")
    filled = set()
    for (top, left), (bottom, _right) in merged:
        value = _at(rows, top, left)
        if top <= last or bottom == top or value is None:
            continue
        for row in range(top + 1, min(bottom + 1, len(rows))):
            rows[row].extend([None] * (left + 1 - len(rows[row])))
            if rows[row][left] is None:
                rows[row][left] = value
                filled.add(row - last)
    if not filled:
        return rows, []
    where = row_list(sorted(filled))
    return rows, [
        Message(
            f"{where.zh}按合并单元格补上了上方的值",
            f"{where.en}: values were taken from the merged cells above",
        )
    ]


def _join_heading(
    rows: list[list[object]], merged: Sequence[tuple[Place, Place]], head: int, last: int
) -> None:
    """One heading of several rows, in the last of them."""
    width = max(len(row) for row in rows[head : last + 1])
    above = [_at(rows, head, column) for column in range(width)]
    for (_, left), (_, right) in merged:
        above[left : right + 1] = [above[left]] * (min(right + 1, width) - left)
    joined: list[object] = []
    for column in range(width):
        below = [_at(rows, row, column) for row in range(head + 1, last + 1)]
        parts = [part for part in (above[column], *below) if part is not None]
        joined.append(f"{parts[0]}({parts[-1]})" if len(parts) > 1 else (parts or [None])[0])
    rows[last] = joined
    for row in range(head, last):
        rows[row] = []


def _at(rows: Sequence[Sequence[object]], row: int, column: int) -> object:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None
