"""The sheets of a workbook as cells, with their places and merged ranges; shapes are not read.

The workbook is opened by python-calamine, in the restricted child process that opens all uploads.
"""

from __future__ import annotations

import json
import re
import zipfile
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from data.errors import FileRefused
from data.reading.reasons import in_chinese
from data.reading.sheet_marks import SheetMarks, sheet_marks
from gis.messages import Message

__all__ = ["NO_RESULT", "SheetCells", "cell_name", "sheet_of_text", "write_cells"]

CELLS: Final = "cells.json"
_PASTED: Final = re.compile(r'(?:"((?:[^"]|"")*)"(?=[\t\n]|\Z)|([^\t\n]*))(\t|\n|\Z)')
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL: Final = re.compile(rb"<(?:\w+:)?c(\s[^<>]*)>")
_PLACE: Final = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
NO_RESULT: Final = "="
"""What stands for the value of a formula of which none was saved."""
MAX_CELLS: Final = 1_000_000
"""Cells that a workbook may have; a task table of a province has about ten thousand."""
Place = tuple[int, int]


@dataclass(frozen=True)
class SheetCells:
    """A sheet: rows of values (text, number, ISO day, None), rows and columns counted from 0."""

    name: str
    rows: list[list[object]]
    merged: list[tuple[Place, Place]]
    """First and last cell of each merged range."""
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def at(self, row: int, column: int) -> object:
        """The value of a cell; None outside."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    def merged_into(self, row: int, column: int) -> Place | None:
        """The first cell of the merged range that a cell lies in.

        None for that first cell itself, and for a cell outside all merged ranges.

        Raises
        ------
        FileRefused
            ``file_damaged``: merged ranges reach over each other.
        """
        spans = self._spans.get(row, [])
        n = bisect(spans, column, key=lambda span: span[0]) - 1
        if n < 0 or column > spans[n][1] or spans[n][2] == (row, column):
            return None
        return spans[n][2]

    @cached_property
    def _spans(self) -> dict[int, list[tuple[int, int, Place]]]:
        """First and last column of the merged ranges by row, from left to right."""
        height = len(self.rows)
        spans: dict[int, list[tuple[int, int, Place]]] = {}
        left = MAX_CELLS
        for first, last in self.merged:
            reached = range(first[0], min(last[0] + 1, height))
            left -= len(reached)
            if left < 0:
                raise _overlapping(self.name)
            for row in reached:
                spans.setdefault(row, []).append((first[1], last[1], first))
        for of_row in spans.values():
            of_row.sort()
            if any(one[1] >= other[0] for one, other in pairwise(of_row)):
                raise _overlapping(self.name)
        return spans


def _overlapping(name: str) -> FileRefused:
    return FileRefused(
        "file_damaged",
        Message(
            f"工作表“{name}”的合并单元格相互重叠",
            f"merged ranges of the sheet {name!r} reach over each other",
        ),
        Message("请用 Excel 打开后另存", "open it in Excel and save it again"),
    )


def cell_name(sheet: str, row: int, column: int) -> str:
    """The name of a cell, counted from 0.

    Examples
    --------
    >>> cell_name("Sheet1", 6, 3), cell_name("甲", 0, 26)
    ('Sheet1!D7', '甲!AA1')
    """
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row + 1}"


def sheet_of_text(text: str, name: str = "Sheet1") -> SheetCells:
    """What is copied out of a spreadsheet: lines of cells that tabs part.

    A cell with line breaks or tabs in it stands in quotation marks, as spreadsheets copy it.

    Examples
    --------
    >>> sheet_of_text("指标\\t长春市\\n造林\\t50万亩").at(1, 1)
    '50万亩'
    >>> sheet_of_text('"造林\\n（万亩）"\\t50').rows
    [['造林\\n（万亩）', '50']]
    """
    rows: list[list[object]] = [[]]
    # An empty last line is no row.
    for cell in _PASTED.finditer(text.replace("\r\n", "\n").replace("\r", "\n")):
        quoted, bare, end = cell.groups()
        value = bare if quoted is None else quoted.replace('""', '"')
        rows[-1].append(value.strip() or None)
        if end == "\n":
            rows.append([])
        elif not end:
            break
    return SheetCells(name, rows, [])


def write_cells(path: Path, folder: Path) -> None:
    """Read a workbook and write its cells into a folder: the work of the restricted child.

    Raises
    ------
    FileRefused
        ``file_damaged``, and what the sheets are refused for.
    """
    import python_calamine  # noqa: PLC0415 - the parent never opens an upload

    try:
        _refuse_far_cells(path)
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = list(_sheets(book, sheet_marks(path)))
    except FileRefused:
        raise
    except (python_calamine.CalamineError, ValueError, zipfile.BadZipFile) as error:
        raise FileRefused(
            "file_damaged",
            Message(
                f"工作簿已损坏（{in_chinese(error)}）", f"the workbook is damaged: {error}"[:200]
            ),
            Message("请用 Excel 打开后另存", "open it in Excel and save it again"),
        ) from None
    (folder / CELLS).write_text(json.dumps(sheets), encoding="ascii")


def _refuse_far_cells(path: Path) -> None:
    """Refuse sheets whose last cell lies so far away that the cells before it are too many.

    They are all made, empty or not: one cell at the end of a sheet costs gigabytes.
    """
    count = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not _SHEET.fullmatch(name):
                continue
            height = width = 0
            for tag in _CELL.finditer(archive.read(name)):
                place = _PLACE.search(tag[1])
                # The reader skips `<c r="A1"/>`, a cell without a value.
                if place is not None and not tag[1].endswith(b"/"):
                    height = max(height, int(place[2]))
                    width = max(width, _column(place[1]))
            count += height * width
    if count > MAX_CELLS:
        raise _too_many_cells()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _too_many_cells() -> FileRefused:
    return FileRefused(
        "too_many_cells",
        Message(
            f"工作簿超过 {MAX_CELLS} 个单元格",
            f"the workbook has more than {MAX_CELLS} cells",
        ),
        Message("请只保留任务表另存", "save the task table alone"),
    )


def _sheets(book: object, marks: dict[str, SheetMarks]) -> Iterator[dict[str, object]]:
    count = 0
    for entry in book.sheets_metadata:  # type: ignore[attr-defined]
        name = entry.name
        sheet = book.get_sheet_by_name(name)  # type: ignore[attr-defined]
        count += sheet.total_height * sheet.total_width
        if count > MAX_CELLS:
            raise _too_many_cells()
        rows = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        of_sheet = marks.get(name, SheetMarks())
        _take_marks(rows, of_sheet)
        yield {
            "name": name,
            "rows": rows,
            "merged": sheet.merged_cell_ranges or [],
            "is_hidden": str(entry.visible).rpartition(".")[2] != "Visible",
            "hidden_rows": of_sheet.hidden_rows,
            "hidden_columns": of_sheet.hidden_columns,
        }


def _take_marks(rows: list[list[object]], marks: SheetMarks) -> None:
    """Shares as they are shown; errors, and formulas without a result, as such: none is empty."""
    for row, column in marks.per_cent:
        if row < len(rows) and column < len(rows[row]):
            value = rows[row][column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                rows[row][column] = f"{(Decimal(f'{value:.15g}') * 100).normalize():f}%"
    for (row, column), value in {
        **dict.fromkeys(marks.no_result, NO_RESULT),
        **marks.errors,
    }.items():
        while len(rows) <= row:
            rows.append([])
        rows[row] += [None] * (column + 1 - len(rows[row]))
        if rows[row][column] is None:
            rows[row][column] = value


def _plain(value: object) -> object:
    """A value as JSON holds it: whole numbers as such, days by their ISO name."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        whole = value.hour == value.minute == value.second == 0
        return value.date().isoformat() if whole else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, bool | int | float):
        return value
    return str(value).strip() or None
