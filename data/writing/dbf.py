"""The header of a dbf table: the requested fields, and the fields that were written."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final, NamedTuple

from data.schemas import Field, Schema

__all__ = ["Header", "fiona_type", "read_header", "record_bytes"]

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
