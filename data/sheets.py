"""Tables for people with a spreadsheet program: texts stay texts, never formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

__all__ = ["as_csv", "as_xlsx"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 40


def as_csv(heads: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows under the API's names; begins with a byte order mark, for Excel.

    Parameters
    ----------
    heads
        Names of the columns, in their order.
    rows
        Values by name. None is an empty cell; a text that a spreadsheet would run as a formula
        gets an apostrophe before it.

    Examples
    --------
    >>> as_csv(["name", "due"], [{"name": "=1+1", "due": None}])
    "\\ufeffname,due\\r\\n'=1+1,\\r\\n"
    """
    text = io.StringIO()
    table = csv.DictWriter(text, list(heads), lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: _inert(row[name]) for name in heads} for row in rows)
    return "\ufeff" + text.getvalue()


def _inert(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in _FORMULA else value


def as_xlsx(
    title: str, heads: Mapping[str, str], rows: Sequence[Mapping[str, Any]], notes: Sequence[str]
) -> bytes:
    """The same as an Excel workbook: a sheet of rows, and one that says what they are.

    Parameters
    ----------
    title
        Name of the sheet, at most 31 letters.
    heads
        Name of each column to its words, in their order.
    rows
        Values by name; texts are written as texts whatever they begin with.
    notes
        Lines of the second sheet.

    Examples
    --------
    >>> as_xlsx("履职", {"name": "名称"}, [{"name": "=1+1"}], ["时段 2026-Q3"])[:2]
    b'PK'
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
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for column, (name, words) in enumerate(heads.items()):
            sheet.write_string(0, column, words, bold)
            widest = max([len(str(row[name] or "")) for row in rows] + [len(name)])
            sheet.set_column(column, column, min(widest + 2, _WIDEST))
            for line, row in enumerate(rows, start=1):
                _write(sheet, line, column, row[name])
        sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
        about = book.add_worksheet("说明")
        about.set_column(0, 0, 100)
        for line, words in enumerate(notes):
            about.write_string(line, 0, words)
    return buffer.getvalue()


def _write(sheet: Any, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(line, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value)
    else:
        sheet.write(line, column, value)
