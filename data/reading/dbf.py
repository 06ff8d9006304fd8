"""A dBASE table byte by byte: each field as its bytes, numbers and days as they are written.

GDAL leaves a layer with one wrong day unread, an overflown number empty, and rounds whole numbers
of more than 15 digits; so none of these is left to it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.sandbox_result import Column
from gis.messages import Message

__all__ = ["DbfField", "DbfTable", "is_text", "read_dbf", "typed_column"]

_FIELD_BYTES: Final = 32
_END_OF_FIELDS: Final = 0x0D
_DELETED: Final = ord("*")
_FLOATS_EXACT: Final = 15
"""Digits that every number of 64 bits keeps."""
_INT64_DIGITS: Final = 18
_NUMBER: Final = re.compile(rb"[-+]?(\d+)(?:\.(\d*))?|[-+]?\.\d+|[-+]?\d+(?:\.\d*)?[eE][-+]?\d+")
_FOXPRO: Final = range(0x30, 0x33)
_JULIAN_OF_YEAR_1: Final = 1_721_425


class DbfField(NamedTuple):
    """One field of all records."""

    number: int
    """Counted from 0."""
    name: bytes
    kind: str
    """The letter of its type."""
    width: int
    block: NDArray[np.uint8]
    """``(rows, width)`` bytes as they stand."""


@dataclass(frozen=True)
class DbfTable:
    """A table whose length was checked against its header."""

    path: Path
    version: int
    fields: list[DbfField]
    deleted: NDArray[np.bool_]
    """Records that are marked as deleted."""


def read_dbf(dbf: Path) -> DbfTable:
    """Cut a table into its fields.

    Raises
    ------
    FileRefused
        ``dbf_damaged``: its fields do not fit into its records.
    """
    raw = dbf.read_bytes()
    rows, start, width = struct.unpack_from("<IHH", raw, 4)
    described = list(_described(raw, start))
    if 1 + sum(size for _, _, size in described) > width:
        what = Message(".dbf 表头损坏", "the header of the .dbf is damaged")
        raise FileRefused("dbf_damaged", what, Message("请重新导出", "export it again"))
    records = np.frombuffer(raw, np.uint8, rows * width, start).reshape(rows, width)
    fields = []
    at = 1  # the first byte of a record marks it as deleted
    for number, (name, kind, size) in enumerate(described):
        fields.append(DbfField(number, name, kind, size, records[:, at : at + size]))
        at += size
    deleted = records[:, 0] == _DELETED if width else np.zeros(rows, dtype=bool)
    return DbfTable(dbf, raw[0], fields, deleted)


def _described(raw: bytes, start: int) -> Iterator[tuple[bytes, str, int]]:
    for offset in range(32, min(start, len(raw)) - _FIELD_BYTES + 1, _FIELD_BYTES):
        if raw[offset] == _END_OF_FIELDS:
            return
        name = raw[offset : offset + 11].split(b"\x00", 1)[0]
        kind = chr(raw[offset + 11])
        # A text of Clipper and FoxPro may be longer than 255: the decimals are its high byte.
        wide = raw[offset + 17] << 8 if kind == "C" else 0
        yield name, kind, raw[offset + 16] + wide


def is_text(field: DbfField, version: int) -> bool:
    """Whether a field holds characters, and neither numbers, days nor references to a memo."""
    return field.kind not in _READERS and not is_memo(field, version) and field.width > 0


def is_memo(field: DbfField, version: int) -> bool:
    """Whether a field points into the memo file."""
    return field.kind in "MGP" or (field.kind == "B" and version not in _FOXPRO)


def typed_column(field: DbfField, name: str, records: NDArray[np.int64], version: int) -> Column:
    """The values of a field that is no text, of some records.

    A cell that cannot be read keeps its text, with the reason in `Column.unreadable`.
    """
    block = np.ascontiguousarray(field.block[records])
    read = _READERS.get(field.kind, _unknown)
    return read(name, block, version)


def _stripped(block: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    if not block.size:
        return np.zeros(len(block), dtype="S1")
    cells = block.view(f"S{block.shape[1]}").ravel()
    return np.char.strip(cells, b" \x00\t\r\n")


def _numbers(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    cells = _stripped(block)
    there = cells != b""
    column = Column(name, "number", [None] * len(cells))
    quick = _all_at_once(cells[there])
    if quick is not None:
        for row, value in zip(np.flatnonzero(there).tolist(), quick, strict=True):
            column.values[row] = value
        return column
    for row in np.flatnonzero(there).tolist():
        column.values[row] = _number(bytes(cells[row]), row, column)
    if any(isinstance(value, str) for value in column.values):
        _as_names(column)
    return column


def _all_at_once(cells: NDArray[np.bytes_]) -> list[object] | None:
    """All cells as numbers; None where one of them needs a closer look."""
    if not len(cells):
        return []
    longest = cells.dtype.itemsize
    letters = cells.view(np.uint8).reshape(len(cells), longest)
    allowed = np.isin(letters, np.frombuffer(b"0123456789.-\x00", np.uint8))
    if not allowed.all():
        return None
    try:
        if not (letters == ord(".")).any():
            return None if longest > _INT64_DIGITS else list(cells.astype(np.int64).tolist())
        figures = cells.astype(np.float64)
    except ValueError:
        return None
    return None if (np.abs(figures) >= 10.0**_FLOATS_EXACT).any() else list(figures.tolist())


def _number(written: bytes, row: int, column: Column) -> object:
    """A number, the exact digits of one that names something, or a text with why it is lost."""
    match = _NUMBER.fullmatch(written)
    if match is None:
        column.unreadable[row] = _overflow() if not written.strip(b"*") else _NO_NUMBER
        return _shown(written)
    whole, fraction = match[1], match[2]
    if whole is not None and not (fraction or b"").strip(b"0"):
        digits = int(written.split(b".")[0])
        return digits if len(whole) <= _INT64_DIGITS else str(digits)
    if whole is not None and len(whole.lstrip(b"0")) > _FLOATS_EXACT:
        return _shown(written)
    return float(written)


def _as_names(column: Column) -> None:
    """Make all values of a column texts where one is no number of 64 bits."""
    if any(
        isinstance(v, str) and row not in column.unreadable for row, v in enumerate(column.values)
    ):
        column.kind = "text"
        column.values = [None if value is None else _digits(value) for value in column.values]
    else:
        column.kind = "any"


def _digits(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _overflow() -> Message:
    return Message(
        "写满星号：数值溢出字段宽度而丢失，或本为空值（GDAL、QGIS 这样写空值）；"
        "应有值时请加宽字段后重新导出",
        "asterisks: the number overflowed its field and is lost, or there was none (GDAL and QGIS "
        "write it so); where there was one, widen the field and export the file again",
    )


_NO_NUMBER: Final = Message("数值字段里不是数", "this is no number, in a field of numbers")
_NO_DAY: Final = Message(
    "日期字段里不是 YYYYMMDD 的日期，请改正",
    "this is no day as YYYYMMDD, in a field of days; mend it",
)
_NO_TRUTH: Final = Message("逻辑字段里不是 T 或 F", "this is neither T nor F, in a field of truths")
_UNKNOWN: Final = Message(
    "字段类型不能读取，请导出为 .gpkg", "the type of this field is not read; export it as .gpkg"
)


def _shown(written: bytes) -> str:
    return written.decode("ascii", "backslashreplace")


def _cell_by_cell(
    name: str, block: NDArray[np.uint8], why: Message, parse: Callable[[bytes], object]
) -> Column:
    column = Column(name, "any", [])
    for row, cell in enumerate(map(bytes, block)):
        try:
            column.values.append(parse(cell))
        except (ValueError, OverflowError, struct.error):
            column.values.append(_shown(cell.strip(b" \x00")))
            column.unreadable[row] = why
    return column


def _days(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    # "2024/3/1" may be the beginning of 2024/3/12: what fills the field otherwise is no day.
    def parse(cell: bytes) -> object:
        written = cell.strip(b" \x00")
        if not written.strip(b"0"):
            return None
        if len(written) != 8 or not written.isdigit():
            raise ValueError
        return date(int(written[:4]), int(written[4:6]), int(written[6:])).isoformat()

    column = _cell_by_cell(name, block, _NO_DAY, parse)
    column.kind = "date"
    return column


def _truths(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    words = {b"T": True, b"Y": True, b"F": False, b"N": False, b"?": None, b"": None}

    def parse(cell: bytes) -> object:
        written = cell.strip(b" \x00").upper()
        if written not in words:
            raise ValueError
        return words[written]

    column = _cell_by_cell(name, block, _NO_TRUTH, parse)
    column.kind = "boolean"
    return column


def _integers(name: str, block: NDArray[np.uint8], version: int) -> Column:
    order = "<i" if version in _FOXPRO else ">i"
    return _cell_by_cell(name, block, _NO_NUMBER, lambda cell: struct.unpack(order, cell)[0])


def _doubles(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    def parse(cell: bytes) -> object:
        (value,) = struct.unpack("<d", cell)
        return None if value != value else float(value)  # noqa: PLR0124 - NaN

    return _cell_by_cell(name, block, _NO_NUMBER, parse)


def _currency(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    return _cell_by_cell(name, block, _NO_NUMBER, lambda cell: struct.unpack("<q", cell)[0] / 1e4)


def _moments(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    def parse(cell: bytes) -> object:
        if not cell.strip(b" \x00"):
            return None
        day, milliseconds = struct.unpack("<ii", cell)
        begin = datetime(1, 1, 1)  # noqa: DTZ001 - the format names no zone
        passed = timedelta(days=day - _JULIAN_OF_YEAR_1, milliseconds=milliseconds)
        return (begin + passed - timedelta(days=1)).isoformat()

    column = _cell_by_cell(name, block, _NO_DAY, parse)
    column.kind = "datetime"
    return column


def _unknown(name: str, block: NDArray[np.uint8], _version: int) -> Column:
    cells = list(map(bytes, block))
    column = Column(name, "any", [_shown(cell) if cell.strip(b" \x00") else None for cell in cells])
    column.unreadable = {row: _UNKNOWN for row, v in enumerate(column.values) if v is not None}
    return column


_READERS: Final[dict[str, Callable[[str, NDArray[np.uint8], int], Column]]] = {
    "N": _numbers,
    "F": _numbers,
    "D": _days,
    "L": _truths,
    "I": _integers,
    "+": _integers,
    "B": _doubles,
    "O": _doubles,
    "Y": _currency,
    "T": _moments,
    "@": _moments,
}
