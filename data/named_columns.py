"""Rows of a table whose columns are called by known headings, in Chinese or English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from data.cell_values import BadValueError
from data.code_tables import RowProblem
from data.days import day
from data.errors import FileRefused, sentence
from data.headings import Table, headings, plain_heading
from data.no_value import NoValues
from data.table_rows import table_rows
from gis.messages import Message

__all__ = ["NamedRows", "named_rows"]


class NamedRows(NamedTuple):
    """Rows by the names of the interface, what is wrong with them, and what is told of the file."""

    rows: list[dict[str, Any]]
    problems: list[RowProblem]
    notes: list[Message]


def named_rows(
    path: Path,
    table: Table,
    *,
    needed: Collection[str],
    days: Collection[str],
    words: Collection[str],
) -> NamedRows:
    """Read the rows of a CSV file, or of an Excel workbook.

    Parameters
    ----------
    path
        The file.
    table
        Whose headings are known; other columns are left out.
    needed
        Properties that must have a column.
    days
        Properties that are days.
    words
        Properties whose texts are taken as they are; others may say that they have no value.

    Returns
    -------
    NamedRows
        Rows have the properties of the file's columns, None for what is empty, days as dates.
        Problems name the row, counted from 1 below the heading.

    Raises
    ------
    FileRefused
        As `data.table_rows.table_rows`, ``no_such_column``, ``column_twice``.
    """
    found, lines, told = table_rows(path)
    known = headings(table)
    names = {
        heading: known[plain_heading(heading)]
        for heading in found
        if plain_heading(heading) in known
    }
    for name, count in Counter(names.values()).items():
        if count > 1:
            both = [heading for heading, meant in names.items() if meant == name]
            raise FileRefused(
                "column_twice",
                Message(f"{'、'.join(both)} 都是 {name}", f"{', '.join(both)} all mean {name}"),
                Message("请只留一列", "leave one of them"),
            ).about(path.name)
    missing = [name for name in needed if name not in names.values()]
    if missing:
        chinese = "、".join(heading for heading in known if not heading.isascii())
        raise FileRefused(
            "no_such_column",
            Message(f"缺少列 {'、'.join(missing)}", f"it lacks the columns {', '.join(missing)}"),
            Message(
                f"可用列名：{chinese}",
                f"headings that are known: {', '.join(dict.fromkeys(known.values()))}",
            ),
        ).about(path.name)
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    none = NoValues([heading for heading, name in names.items() if name in words])
    for number, line in enumerate(lines, start=1):
        cells: dict[str, Any] = {
            name: _cell(line.get(heading, ""), heading, number, none)
            for heading, name in names.items()
        }
        for name in days:
            try:
                cells[name] = day(cells[name]) if cells.get(name) else None
            except BadValueError as wrong:
                words = Message(f"{name}：{wrong.message.zh}", f"{name}: {wrong.message.en}")
                problems.append(RowProblem(number, name, wrong.code, words))
        rows.append(cells)
    return NamedRows(rows, problems, [sentence(note) for note in (*told, *none.notes())])


def _cell(written: str, heading: str, row: int, none: NoValues) -> str | None:
    text = written.strip()
    return None if not text or none.takes(heading, row, text) else text
