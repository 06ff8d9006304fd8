"""Tables without shapes for a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from data.writing.atomic import in_place
from data.writing.attributes import property_values
from data.writing.cells import cell, guarded, is_formula
from data.writing.export_report import ExportReport
from gis.messages import Message

__all__ = ["write_csv"]


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
        rows = csv.writer(file)
        rows.writerow(names)
        rows.writerows(map(guarded, row) for row in zip(*columns, strict=True))
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
