"""The header of a dbf table: the requested fields, and the fields that GDAL wrote."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.schemas import Field, Schema

__all__ = ["Header", "blank_absent_numbers", "fiona_type", "read_header", "record_bytes"]

_AT_ONCE: Final = 2_000  # records, some megabytes
_FIELD: Final = 32  # bytes of one field description, and of the part before the first


class Header(NamedTuple):
    """Number of records, and of each field its name, type letter, width and decimals."""

    records: int
    fields: list[tuple[str, str, int, int]]


def fiona_type(field: Field) -> str:
    """A field's type as fiona wants it.

    Examples
    --------
    >>> from data.schemas import schema
    >>> [fiona_type(field) for field in schema("lcxzgx").fields if field.name in ("xian", "kcxs")]
    ['float:6.4', 'str:6']
    """
    if field.type == "D":
        return "date"
    if field.type == "C":
        return f"str:{field.width}"
    return f"float:{field.width}.{field.precision}" if field.precision else f"int:{field.width}"


def record_bytes(table: Schema) -> int:
    """Length of one record, its deletion mark included."""
    return 1 + sum(field.width for field in table.fields)


def blank_absent_numbers(path: Path) -> None:
    """Write blanks where GDAL wrote a numeric field full of asterisks for an absent value.

    dBASE, and whoever reads the file, takes asterisks for a number that did not fit its field.
    """
    header = read_header(path)
    with path.open("rb") as file:
        start, width = struct.unpack("<8xHH", file.read(12))
    if not header.records:
        return
    with path.open("r+b") as file:
        for first in range(0, header.records, _AT_ONCE):
            count = min(_AT_ONCE, header.records - first)
            file.seek(start + first * width)
            records = np.frombuffer(bytearray(file.read(count * width)), dtype=np.uint8)
            if _blank(records.reshape(count, width), header):
                file.seek(start + first * width)
                file.write(records.data)


def _blank(records: NDArray[np.uint8], header: Header) -> bool:
    """Whether any cell was full of asterisks; it is blank then."""
    at, found = 1, False  # the first byte of a record marks it as deleted
    for _name, kind, size, _decimals in header.fields:
        if kind == "N":
            cells = records[:, at : at + size]
            absent = (cells == ord("*")).all(axis=1)
            cells[absent] = ord(" ")
            found |= bool(absent.any())
        at += size
    return found


def read_header(path: Path) -> Header:
    """The header of a .dbf.

    Source: dBASE III file structure, as the ESRI Shapefile Technical Description (1998) names it.
    """
    with path.open("rb") as file:
        records, size = struct.unpack("<4xIH", file.read(10))
        file.seek(_FIELD)
        described = file.read(size - _FIELD - 1)
    return Header(
        records,
        [
            (
                described[at : at + 11].split(b"\x00")[0].decode("latin-1"),
                chr(described[at + 11]),
                described[at + 16],
                described[at + 17],
            )
            for at in range(0, len(described), _FIELD)
        ],
    )
