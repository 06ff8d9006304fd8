"""Rows of tables without places: CSV in any encoding, or a sheet of Excel."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

from data.errors import FileRefused
from data.reading.csv_tables import read_csv
from data.reading.limits import Limits
from data.reading.sandbox import open_in_sandbox
from gis.messages import Message

__all__ = ["TableRows", "table_rows"]

# A zip, as workbooks are, and what is an Excel file of before 2007 or a locked one.
_BINARY: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class TableRows(NamedTuple):
    """A heading, and below it rows of texts by column; an empty cell is an empty text."""

    heading: list[str]
    rows: list[dict[str, str]]
    notes: list[Message]
    """Titles, sums and hidden rows, and the encoding: clauses without a full stop."""


def table_rows(path: Path, limits: Limits = Limits()) -> TableRows:  # noqa: B008 - frozen
    """Read a table; a workbook is opened in the restricted process, and has one sheet with rows.

    Titles before the heading and sums after the rows are left out, which is told. Numbers of a
    workbook keep their digits, days are ``YYYY-MM-DD``, TRUE is ``true``.

    Raises
    ------
    FileRefused
        As `data.reading.csv_tables.read_csv`; ``table_damaged``: two columns have one name, or a
        row has more cells than the heading; of a workbook as
        `data.reading.xlsx_tables.read_xlsx`, and ``cell_error``.
    """
    with path.open("rb") as file:
        head = file.read(4)
    return _workbook(path, limits) if head in _BINARY else _csv(path, limits)


def _csv(path: Path, limits: Limits) -> TableRows:
    try:
        grid = read_csv(path, None, limits)
    except FileRefused as refused:
        raise refused.about(path.name) from None
    twice = [name for name, count in Counter(grid.heading).items() if count > 1]
    if twice:
        raise _damaged(
            path,
            Message(f"表头有两列名为 {twice[0]!r}", f"two columns are named {twice[0]!r}"),
            Message("请改名或删去其中一列", "rename or take out one of them"),
        )
    rows = [
        {name: _shown(cell) for name, cell in zip(grid.heading, cells, strict=True)}
        for cells in grid.rows
        if any(cell is not None for cell in cells)
    ]
    return TableRows(grid.heading, rows, grid.notes)


def _damaged(path: Path, what: Message, remedy: Message) -> FileRefused:
    return FileRefused("table_damaged", what, remedy).about(path.name)


def _workbook(path: Path, limits: Limits) -> TableRows:
    try:
        sheet = open_in_sandbox(
            path, layer=None, encoding=None, crs_is_said=False, limits=limits, table=True
        )
    except FileRefused as refused:
        raise refused.about(path.name) from None
    for column in sheet.columns:
        for row, why in column.unreadable.items():
            raise FileRefused(
                "cell_error",
                Message(f"“{column.name}”：{why.zh}", f"{column.name}: {why.en}"),
                Message("请改正单元格后重试", "mend the cell and try again"),
                feature=row + 1,
            ).about(path.name)
    names = [column.name for column in sheet.columns]
    cells = zip(*(column.values for column in sheet.columns), strict=True)
    rows = [
        dict(zip(names, map(_shown, row), strict=True))
        for row in cells
        if any(cell is not None for cell in row)
    ]
    return TableRows(names, rows, sheet.notes)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
