"""Tables for spreadsheet programs: texts stay texts, never formulas."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from unicodedata import east_asian_width

import pandas as pd
import xlsxwriter

from data.columns import Column
from data.writing.attributes import property_values
from data.writing.cells import cell
from data.writing.csv import WKT, wkt_texts
from data.writing.dictionary import TABLES
from data.writing.export_report import ExportRefused, ExportReport
from data.writing.rows import BatchWriter, Place, Rows
from gis.messages import Message

__all__ = ["Sheet", "XLSXWriter", "as_book", "as_xlsx"]

_WIDEST = 40
_A4: Final = 9  # Excel's number of the paper
_PAGE_LETTERS: Final = 180  # of a row that can still be read on a page
# What is shown; the cell keeps every digit.
_DECIMAL: Final = "#,##0.00##"
_SHARE: Final = "0.0%"
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_MAX_ROWS: Final = 1_048_575  # of a sheet of Excel, without the head
_CELL_LETTERS: Final = 32_767
_TITLE_UNITS: Final = 31  # of UTF-16, by which Excel counts
_NOT_IN_TITLE: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_NOTES: Final = "说明"


class Sheet(NamedTuple):
    """A table of a workbook."""

    title: str
    """What Excel takes for the name of a sheet is made of it: `sheet_titles`."""
    heads: Mapping[str, str]
    """Name of each column to its words, in their order."""
    rows: Sequence[Mapping[str, Any]]
    """Values by name; texts are written as texts whatever they begin with."""
    nothing: str = ""
    """What stands below the heads where there are no rows."""
    shares: Collection[str] = ()
    """Columns of ratios: 0.75 is shown as 75.0 %, and stays 0.75."""


def as_xlsx(
    title: str,
    heads: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    notes: Sequence[str],
    *,
    nothing: str = "",
    shares: Collection[str] = (),
) -> bytes:
    """One table as an Excel workbook: `as_book` of one sheet.

    Examples
    --------
    >>> as_xlsx("履职", {"name": "名称"}, [{"name": "=1+1"}], ["时段 2026-Q3"])[:2]
    b'PK'
    """
    return as_book([Sheet(title, heads, rows, nothing, shares)], notes)


def as_book(sheets: Sequence[Sheet], notes: Sequence[str]) -> bytes:
    """Tables as an Excel workbook: one sheet each, and a last one with the notes.

    Parameters
    ----------
    notes
        Lines of the last sheet. A text that is longer than a cell holds is left out, which a line
        after them tells.
    """
    buffer = io.BytesIO()
    too_long: list[str] = []
    titles = sheet_titles([*(sheet.title for sheet in sheets), _NOTES])
    with xlsxwriter.Workbook(buffer, {**_OPTIONS, "in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        looks = [book.add_format({"num_format": form}) for form in (_DECIMAL, _SHARE)]
        for title, sheet in zip(titles, sheets, strict=False):
            for heading, line in _fill(book.add_worksheet(title), sheet, bold, looks):
                too_long.append(f"{title} {heading} {line}")
        _about(book, [*notes, *_left_out(too_long)], titles[-1])
    return buffer.getvalue()


def sheet_titles(words: Sequence[str]) -> list[str]:
    """Names that Excel takes for sheets: at most 31 letters, without ``[]:*?/\\``, all different.

    Examples
    --------
    >>> sheet_titles(["古树/名木", "古树:名木", "'甲'", "", "说明", "说明"])
    ['古树_名木', '古树_名木 2', '甲', '_', '说明', '说明 2']
    """
    titles: list[str] = []
    # Excel keeps History for itself.
    taken = {"history"}
    for text in words:
        plain = text.translate(_NOT_IN_TITLE)
        title, copy = _cut(plain, _TITLE_UNITS), 1
        while title.casefold() in taken:
            copy += 1
            end = f" {copy}"
            title = _cut(plain, _TITLE_UNITS - len(end)) + end
        taken.add(title.casefold())
        titles.append(title)
    return titles


def _cut(text: str, units: int) -> str:
    """The text as far as so many units of UTF-16 hold it."""
    whole = text.strip("' ").encode("utf-16-le", "replace")[: 2 * units]
    return whole.decode("utf-16-le", "ignore").strip("' ") or "_"


def _left_out(cells: Sequence[str]) -> list[str]:
    if not cells:
        return []
    shown = ", ".join(cells[:10]) + (" …" if len(cells) > 10 else "")
    return [
        f"{len(cells)} 个单元格的内容超过 Excel 的 {_CELL_LETTERS} 个字符，未写出，请另存为 csv："
        f"{shown}",
        f"{len(cells)} cells are longer than the {_CELL_LETTERS} letters of Excel and were left "
        f"out, which a csv holds: {shown}",
    ]


class XLSXWriter(BatchWriter):
    """A sheet of rows, a sheet that explains its columns and a sheet with the report.

    Shapes of plots are WKT in a column `wkt`, as far as a cell of Excel holds them.
    """

    def __init__(self, place: Place, labels: Mapping[str, str]) -> None:
        self._place = place
        self._labels = labels
        self._with_shapes = place.layer == "plots"
        options = {**_OPTIONS, "constant_memory": True, "tmpdir": str(place.folder)}
        self._book = xlsxwriter.Workbook(str(place.target), options)
        self._sheet = self._book.add_worksheet(place.layer)
        self._names: list[str] = []
        self._line = 0
        self._too_long: list[object] = []
        self._tables: dict[str, tuple[Any, int]] = {}

    def write(self, rows: Rows) -> None:
        """Append lines.

        Raises
        ------
        ExportRefused
            ``too_big``: more rows than a sheet of Excel has.
        """
        columns = {name: column.tolist() for name, column in rows.columns.items()}
        if rows.shapes is not None and self._with_shapes:
            columns[WKT] = list(self._cells_of(rows))
        if not self._names:
            self._begin(list(columns))
        if self._line + rows.count > _MAX_ROWS:
            raise ExportRefused(
                Message(
                    f"超过 Excel 一张表的 {_MAX_ROWS} 行，请用 .gpkg、.csv，或分县导出。",
                    f"More than the {_MAX_ROWS} rows of a sheet of Excel; write a .gpkg or .csv, "
                    "or county by county.",
                ),
                code="too_big",
            )
        for row in zip(*columns.values(), strict=True):
            self._line += 1
            _write_row(self._sheet, self._line, row)
        for name, table in rows.tables.items():
            self._write_table(name, table)

    def _write_table(self, name: str, table: pd.DataFrame) -> None:
        """Append to a sheet of its own."""
        if name not in self._tables:
            sheet = self._book.add_worksheet(TABLES.get(name, name))
            _write_row(sheet, 0, list(table.columns))
            self._tables[name] = (sheet, 0)
        sheet, line = self._tables[name]
        columns = [property_values(table, column) for column in table.columns]
        for row in zip(*columns, strict=True):
            line += 1
            _write_row(sheet, line, row)
        self._tables[name] = (sheet, line)

    def _begin(self, names: list[str]) -> None:
        self._names = names
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(names):
            self._sheet.set_column(column, column, max(len(name) + 2, 12))
            self._sheet.write_string(0, column, name, bold)

    def _cells_of(self, rows: Rows) -> Iterator[object]:
        none = Column.absent(rows.count)
        ids = rows.columns.get("id", rows.columns.get("bsm", none)).tolist()
        for text, number in zip(wkt_texts(rows.drawn.drawn), ids, strict=True):
            if len(str(text)) <= _CELL_LETTERS:
                yield text
            else:
                self._too_long.append(number)
                yield None

    def notes(self) -> tuple[Message, ...]:
        """Shapes that no cell can hold."""
        if not self._too_long:
            return ()
        count, shown = len(self._too_long), ", ".join(map(str, self._too_long[:10]))
        return (
            Message(
                f"{count} 个图形的 WKT 超过 Excel 单元格的 {_CELL_LETTERS} 个字符，未写出（编号 "
                f"{shown}{' …' if count > 10 else ''}）；需要时请用 .gpkg 或 .csv。",
                f"The WKT of {count} shapes is longer than the {_CELL_LETTERS} letters of a cell "
                f"of Excel and was left out (id {shown}{' …' if count > 10 else ''}); write a "
                ".gpkg or .csv for them.",
            ),
        )

    def finish(self, report: ExportReport) -> None:
        """Add the sheets that explain, and write the workbook."""
        dictionary = self._book.add_worksheet("字段说明")
        for line, (name, label) in enumerate(self._labels.items()):
            dictionary.write_string(line, 0, name)
            dictionary.write_string(line, 1, label)
        _about(self._book, report.text().splitlines(), _NOTES)
        self._book.close()


def _about(book: Any, notes: Sequence[str], title: str) -> None:
    about = book.add_worksheet(title)
    about.set_column(0, 0, 100)
    for line, words in enumerate(notes):
        about.write_string(line, 0, words)


def _fill(sheet: Any, table: Sheet, bold: Any, looks: Sequence[Any]) -> list[tuple[str, int]]:
    """Write a table; answers heading and line of each text that no cell holds.

    ``looks`` are the formats of decimals and of shares.
    """
    too_long: list[tuple[str, int]] = []
    sheet.freeze_panes(1, 0)
    letters = 0
    for column, (name, words) in enumerate(table.heads.items()):
        sheet.write_string(0, column, words, bold)
        widest = max([_letters(row[name]) for row in table.rows] + [_letters(words)])
        width = min(widest + 2, _WIDEST)
        sheet.set_column(column, column, width)
        letters += width
        look = looks[name in table.shares]
        for line, row in enumerate(table.rows, start=1):
            if isinstance(row[name], float) and math.isfinite(row[name]):
                sheet.write_number(line, column, row[name], look)
            elif isinstance(row[name], str) and len(row[name]) > _CELL_LETTERS:
                too_long.append((words, line + 1))
            else:
                _write(sheet, line, column, row[name])
    if not table.rows and table.nothing:
        sheet.write_string(1, 0, table.nothing)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.heads) - 1)
    # On paper: columns beside each other as long as they can be read, the heads on each page.
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(math.ceil(letters / _PAGE_LETTERS), 0)
    sheet.repeat_rows(0)
    return too_long


def _letters(value: object) -> int:
    """How many Latin letters wide a cell is; a Chinese one takes two."""
    words = f"{value:,.4f}" if isinstance(value, float) else str("" if value is None else value)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def _write_row(sheet: Any, line: int, row: Sequence[object]) -> None:
    for column, value in enumerate(row):
        _write(sheet, line, column, value)


def _write(sheet: Any, line: int, column: int, value: Any) -> None:
    # A date of Excel has no time zone: a moment that has one is told whole, as text.
    if isinstance(value, date) and getattr(value, "tzinfo", None) is None:
        sheet.write_datetime(line, column, value)
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
        return
    plain = cell(value)
    if isinstance(plain, str):
        sheet.write_string(line, column, plain)
    elif plain is not None:
        sheet.write_number(line, column, plain)
