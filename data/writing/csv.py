"""Tables for a spreadsheet: the one writer of CSV, with its guard."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.columns import Column
from data.writing.attributes import property_values
from data.writing.cells import cell, guarded, is_formula
from data.writing.export_report import ExportReport
from data.writing.rows import BatchWriter, Place, Rows
from gis.messages import Message

__all__ = ["WKT", "CSVWriter", "append_csv", "as_csv", "wkt_texts"]

WKT: Final = "wkt"
"""The column of a table that holds shapes."""


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
    _write_rows(text, heads, ([guarded(cell(row[name])) for name in heads] for row in rows))
    return "\ufeff" + text.getvalue()


def _write_rows(
    file: TextIO, heads: Sequence[str] | None, rows: Iterable[Sequence[object]]
) -> None:
    """Write rows of guarded cells."""
    table = csv.writer(file, lineterminator="\r\n")
    if heads is not None:
        table.writerow(map(guarded, heads))
    table.writerows(rows)


def append_csv(table: pd.DataFrame, path: Path) -> None:
    """Append the rows of a table to a CSV file, begun with the names of its columns."""
    is_new = not path.exists()
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
        columns = [property_values(table, name) for name in table.columns]
        lines = ([guarded(cell(value)) for value in row] for row in zip(*columns, strict=True))
        _write_rows(file, list(table.columns) if is_new else None, lines)


class CSVWriter(BatchWriter):
    """Columns as CSV: UTF-8 with a byte order mark, without which a Chinese spreadsheet shows other
    characters.

    Lists and objects are JSON in their cell, days and moments ISO 8601, see
    `data.writing.cells.cell`. Shapes of plots are WKT in a column `wkt`; other shapes are left out.
    """

    def __init__(self, place: Place) -> None:
        self._target = place.target
        self._with_shapes = place.layer == "plots"
        self._begun = False
        self._formulas = 0
        self._shapes_left_out = False

    def write(self, rows: Rows) -> None:
        """Append lines."""
        columns = {name: column.map(cell) for name, column in rows.columns.items()}
        if rows.shapes is not None and self._with_shapes:
            columns[WKT] = Column(wkt_texts(rows.shapes.drawn))
        self._shapes_left_out |= rows.shapes is not None and not self._with_shapes
        self._formulas += sum(map(_formulas, columns.values()))
        encoding = "utf-8" if self._begun else "utf-8-sig"
        with self._target.open("a", encoding=encoding, newline="") as file:
            values = (column.map(guarded).tolist() for column in columns.values())
            lines = zip(*values, strict=True)
            _write_rows(file, None if self._begun else list(columns), lines)
        self._begun = True

    def notes(self) -> tuple[Message, ...]:
        """Apostrophes before formulas, and shapes that were left out."""
        notes = []
        if self._formulas:
            notes.append(
                Message(
                    f"{self._formulas} 处文字以公式符号开头，前面加了单引号。",
                    f"{self._formulas} texts begin like a formula and got an apostrophe before "
                    "them.",
                )
            )
        if self._shapes_left_out:
            notes.append(
                Message(
                    "CSV 不含图形，需要图形请用 .zip、.gpkg 或 .geojson。",
                    "A CSV holds no shapes; write a .zip, .gpkg or .geojson for them.",
                )
            )
        return tuple(notes)

    def finish(self, report: ExportReport) -> None:
        """Every line is whole already."""


def _formulas(column: Column) -> int:
    places = [n for n, value in enumerate(column.values) if is_formula(value)]
    return len(column.rows_with(places))


def wkt_texts(shapes: NDArray[np.object_]) -> list[str | int | float | None]:
    """Shapes as WKT with nine decimals."""
    return list(shapely.to_wkt(shapes, rounding_precision=9))
