"""Rows of a table whose columns are called by known headings, in Chinese or English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from data.cell_values import BadValueError
from data.code_tables import RowProblem
from data.days import day
from data.errors import FileRefused
from data.table_rows import table_rows
from gis.messages import Message

__all__ = ["named_rows"]


def named_rows(
    path: Path, headings: Mapping[str, str], *, needed: Collection[str], days: Collection[str]
) -> tuple[list[dict[str, Any]], list[RowProblem]]:
    """Read the rows of a CSV file in UTF-8 or GBK, or of an Excel workbook.

    Parameters
    ----------
    path
        The file.
    headings
        Property by heading, in lower case; other columns are left out.
    needed
        Properties that must have a column.
    days
        Properties that are days.

    Returns
    -------
    rows, problems
        Rows have the properties of the file's columns, None for what is empty, days as dates.
        Problems name the row, counted from 1 below the heading.

    Raises
    ------
    FileRefused
        As `data.table_rows.table_rows`, ``no_such_column``, ``column_twice``.
    """
    found, lines = table_rows(path)
    names = {
        heading: headings[heading.strip().casefold()]
        for heading in found
        if heading.strip().casefold() in headings
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
        chinese = "、".join(heading for heading in headings if not heading.isascii())
        raise FileRefused(
            "no_such_column",
            Message(f"缺少列 {'、'.join(missing)}", f"it lacks the columns {', '.join(missing)}"),
            Message(
                f"可用列名：{chinese}",
                f"headings that are known: {', '.join(dict.fromkeys(headings.values()))}",
            ),
        ).about(path.name)
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    for number, line in enumerate(lines, start=1):
        cells: dict[str, Any] = {
            name: line.get(heading, "").strip() or None for heading, name in names.items()
        }
        for name in days:
            try:
                cells[name] = day(cells[name]) if cells.get(name) else None
            except BadValueError as wrong:
                words = Message(f"{name}：{wrong.message.zh}", f"{name}: {wrong.message.en}")
                problems.append(RowProblem(number, name, wrong.code, words))
        rows.append(cells)
    return rows, problems
