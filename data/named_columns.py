"""Rows of a table whose columns are called by known headings, in Chinese or English."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from data.code_tables import RowProblem
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
        As `data.table_rows.table_rows`, and ``no_such_column``.
    """
    found, lines = table_rows(path)
    names = {
        heading: headings[heading.strip().casefold()]
        for heading in found
        if heading.strip().casefold() in headings
    }
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
                cells[name] = date.fromisoformat(cells[name]) if cells.get(name) else None
            except ValueError:
                words = Message(
                    f"{name} 应为日期，如 2026-12-31，写的是 {cells[name][:20]!r}。",
                    f"{name} is a day, as 2026-12-31, not {cells[name][:20]!r}.",
                )
                problems.append(RowProblem(number, name, "not_a_date", words))
        rows.append(cells)
    return rows, problems
