"""Tables for spreadsheet programs: texts stay texts, never formulas."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import xlsxwriter

from data.writing.cells import cell

__all__ = ["Sheet", "as_book", "as_xlsx"]

_WIDEST = 40


class Sheet(NamedTuple):
    """A table of a workbook."""

    title: str
    """At most 31 letters."""
    heads: Mapping[str, str]
    """Name of each column to its words, in their order."""
    rows: Sequence[Mapping[str, Any]]
    """Values by name; texts are written as texts whatever they begin with."""


def as_xlsx(
    title: str, heads: Mapping[str, str], rows: Sequence[Mapping[str, Any]], notes: Sequence[str]
) -> bytes:
    """One table as an Excel workbook: `as_book` of one sheet.

    Examples
    --------
    >>> as_xlsx("履职", {"name": "名称"}, [{"name": "=1+1"}], ["时段 2026-Q3"])[:2]
    b'PK'
    """
    return as_book([Sheet(title, heads, rows)], notes)


def as_book(sheets: Sequence[Sheet], notes: Sequence[str]) -> bytes:
    """Tables as an Excel workbook: one sheet each, and a last one with the notes.

    Parameters
    ----------
    sheets
        With titles that differ.
    notes
        Lines of the last sheet.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.title), sheet, bold)
        about = book.add_worksheet("说明")
        about.set_column(0, 0, 100)
        for line, words in enumerate(notes):
            about.write_string(line, 0, words)
    return buffer.getvalue()


def _fill(sheet: Any, table: Sheet, bold: Any) -> None:
    sheet.freeze_panes(1, 0)
    for column, (name, words) in enumerate(table.heads.items()):
        sheet.write_string(0, column, words, bold)
        widest = max([len(str(row[name] or "")) for row in table.rows] + [len(name)])
        sheet.set_column(column, column, min(widest + 2, _WIDEST))
        for line, row in enumerate(table.rows, start=1):
            _write(sheet, line, column, row[name])
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.heads) - 1)


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
