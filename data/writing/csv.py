"""Tables without shapes for a spreadsheet: the one writer of CSV, with its guard."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from data.writing.atomic import in_place
from data.writing.attributes import property_values
from data.writing.cells import cell, guarded, is_formula
from data.writing.export_report import ExportReport
from gis.messages import Message

__all__ = ["as_csv", "write_csv"]


def as_csv(heads: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows under the names of their columns; begins with a byte order mark, for Excel.

    Parameters
    ----------
    heads
        Names of the columns, in their order.
    rows
        Values by name, written as `data.writing.cells.cell` has them. None is an empty cell; a text
        that a spreadsheet would run as a formula gets an apostrophe before it.

    Examples
    --------
    >>> as_csv(["name", "due"], [{"name": "=1+1", "due": None}])
    "\\ufeffname,due\\r\\n'=1+1,\\r\\n"
    """
    text = io.StringIO()
    _write_rows(text, heads, ([cell(row[name]) for name in heads] for row in rows))
    return "\ufeff" + text.getvalue()


def _write_rows(file: TextIO, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(map(guarded, heads))
    table.writerows(map(guarded, row) for row in rows)


def write_csv(frame: pd.DataFrame, path: Path) -> ExportReport:
    """Write the columns of a frame, but for its geometry, as CSV.

    Lists and objects are JSON in their cell, days and moments ISO 8601, see
    `data.writing.cells.cell`.

    UTF-8 with a BOM, without which a Chinese spreadsheet shows other characters. A text that a
    spreadsheet would run as a formula gets an apostrophe before it, and the report says so.

    Raises
    ------
    data.writing.export_report.ExportRefused
        ``cannot_write``.
    """
    names = [name for name in frame.columns if name != "geometry"]
    columns = [[cell(value) for value in property_values(frame, name)] for name in names]
    formulas = sum(is_formula(value) for column in columns for value in column)
    with (
        in_place(path) as (_folder, target),
        target.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        _write_rows(file, names, zip(*columns, strict=True))
    notes = []
    if formulas:
        notes.append(
            Message(
                f"{formulas} 处文字以公式符号开头，前面加了单引号。",
                f"{formulas} texts begin like a formula and got an apostrophe before them.",
            )
        )
    if "geometry" in frame.columns:
        notes.append(
            Message(
                "CSV 不含图形，需要图形请用 .zip、.gpkg 或 .geojson。",
                "A CSV holds no shapes; write a .zip, .gpkg or .geojson for them.",
            )
        )
    return ExportReport(path, "csv", len(frame), "—", encoding="UTF-8", notes=tuple(notes))
