"""The records of a dbf table, made column by column: each different value is written out once.

GDAL writes a table cell by cell, which takes twice as long as the shapes beside it. What is written
here is what GDAL writes, to the byte, but for absent numbers, which it fills with asterisks.

Source: dBASE III file structure, as the ESRI Shapefile Technical Description (1998) names it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.columns import Column
from data.schemas import Encoding, Field, Schema
from data.writing.dbf import record_bytes
from data.writing.export_report import ExportRefused
from gis.messages import Message

__all__ = ["append_records", "end_records", "records"]

_BLANK: Final = ord(" ")
_END: Final = b"\x1a"
_NO_DAY: Final = b"00000000"  # as GDAL writes an absent one


def append_records(
    path: Path, table: Schema, columns: Mapping[str, Column], rows: int, encoding: Encoding
) -> None:
    """Add records to a table that has a header."""
    with path.open("ab") as file:
        file.write(records(table, columns, rows, encoding).tobytes())


def end_records(path: Path, rows: int) -> None:
    """Write the end of a table, and into its header how many records it has."""
    with path.open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", rows))
        file.seek(0, 2)
        file.write(_END)


def records(
    table: Schema, columns: Mapping[str, Column], rows: int, encoding: Encoding
) -> NDArray[np.uint8]:
    """Records as ``(rows, bytes)``; values fit their fields.

    Raises
    ------
    ExportRefused
        ``cannot_write``: one does not.

    Examples
    --------
    >>> from data.schemas import schema
    >>> table = schema("districts")
    >>> columns = {field.name: Column.absent(1) for field in table.fields}
    >>> columns["xzqdm"] = Column(["220102"])
    >>> records(table, columns, 1, "UTF-8").tobytes()[:8]
    b' 220102 '
    """
    whole = np.full((rows, record_bytes(table)), _BLANK, dtype=np.uint8)
    at = 1  # a blank before each record: it is not deleted
    for field in table.fields:
        column = columns[field.name]
        if field.type == "D" or any(value is not None for value in column.values):
            cells = _cells(field, column, encoding)
            whole[:, at : at + field.width] = cells if column.codes is None else cells[column.codes]
        at += field.width
    return whole


def _cells(field: Field, column: Column, encoding: Encoding) -> NDArray[np.uint8]:
    """A cell for each value of a column, ``(values, width)``."""
    cells = [_cell(field, value, encoding) for value in column.values]
    for cell in cells:
        if len(cell) != field.width:
            raise _too_wide(field, cell)
    together = np.frombuffer(b"".join(cells), dtype=np.uint8)
    return together.reshape(len(cells), field.width)


def _cell(field: Field, value: Any, encoding: Encoding) -> bytes:
    if field.type == "D":
        return _NO_DAY if value is None else f"{_day(value):%Y%m%d}".encode("ascii")
    if field.type == "C":
        text = "" if value is None else str(value)
        return text.encode(encoding).ljust(field.width)
    if value is None or not isfinite(value):
        return b" " * field.width
    # z: no sign before a zero, which would be a byte too wide.
    number = f"{float(value):z.{field.precision}f}" if field.precision else f"{int(value)}"
    return number.encode("ascii").rjust(field.width)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _too_wide(field: Field, cell: bytes) -> ExportRefused:
    return ExportRefused(
        Message(
            f"字段 {field.name} 宽 {field.width}，有一个值需要 {len(cell)}；"
            "文件已丢弃，请报告此问题。",
            f"The field {field.name} has {field.width} bytes, a value needs {len(cell)}; the file "
            "was thrown away, please report this.",
        ),
        code="cannot_write",
    )
