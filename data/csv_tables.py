"""Tables without shapes for a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import pandas as pd

from data.attributes import property_values
from data.export_report import ExportReport
from data.whole_files import in_place

__all__ = ["write_csv"]

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(frame: pd.DataFrame, path: Path) -> ExportReport:
    """Write the columns of a frame, but for its geometry, as CSV.

    UTF-8 with a BOM, without which a Chinese spreadsheet shows other characters. A text that a
    spreadsheet would run as a formula gets an apostrophe before it, and the report says so.

    Raises
    ------
    data.export_report.ExportRefused
        ``cannot_write``.
    """
    names = [name for name in frame.columns if name != "geometry"]
    columns = [property_values(frame, name) for name in names]
    guarded = sum(_is_formula(value) for column in columns for value in column)
    with (
        in_place(path) as (_folder, target),
        target.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        rows = csv.writer(file)
        rows.writerow(names)
        rows.writerows(map(_cell, row) for row in zip(*columns, strict=True))
    notes = (
        f"{guarded} 处文字以公式符号开头，前面加了单引号。 "
        f"{guarded} texts begin like a formula and got an apostrophe before them.",
    )
    return ExportReport(
        path, "csv", len(frame), "—", encoding="UTF-8", notes=notes if guarded else ()
    )


def _is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA)


def _cell(value: object) -> object:
    return f"'{value}" if _is_formula(value) else value
