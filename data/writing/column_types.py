"""The type of a column of a file: from its values, or declared where all of them are absent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Final, Literal, TypeAlias

import pyarrow as pa

from data.columns import Column
from data.schemas import Field
from data.writing.cells import json_text, json_value

__all__ = ["ColumnType", "arrow_type", "as_arrow", "declared_type", "type_of"]

ColumnType: TypeAlias = Literal["text", "integer", "real", "boolean", "date"]

# Properties of plots that the first thousand rows may lack altogether.
_DECLARED: Final[dict[str, ColumnType]] = {
    "id": "integer",
    "plot_id": "integer",
    "year": "integer",
    "version": "integer",
    "area_m2": "real",
    "declared_m2": "real",
    "density_per_ha": "real",
    "fulfilled_share": "real",
    "survival_rate": "real",
    "preservation_rate": "real",
    "verified_m2": "real",
    "planted_on": "date",
    "acceptance_date": "date",
    "demo": "boolean",
}
_ARROW: Final[dict[ColumnType, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def declared_type(field: Field) -> ColumnType:
    """The type of a field of an official table.

    Examples
    --------
    >>> from data.schemas import schema
    >>> [declared_type(field) for field in schema("zaolin").fields[:4]]
    ['text', 'text', 'text', 'integer']
    """
    if field.type == "N":
        return "real" if field.precision else "integer"
    return "date" if field.type == "D" else "text"


def type_of(name: str, values: Sequence[object]) -> ColumnType:
    """The narrowest type that holds all values; lists, objects and moments are texts.

    Examples
    --------
    >>> type_of("share", [1, 0.5, None]), type_of("year", [None]), type_of("plan_ids", [[1]])
    ('real', 'integer', 'text')
    """
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return _DECLARED.get(name, "text")
    if kinds <= {Decimal, float, int} and kinds != {int}:
        return "real" if all(_fits(value) for value in values) else "text"
    if kinds == {int}:
        wide = all(_fits(value) for value in values)
        return ("real" if _DECLARED.get(name) == "real" else "integer") if wide else "text"
    if kinds == {bool}:
        return "boolean"
    return "date" if kinds == {date} else "text"


def as_arrow(column: Column, kind: ColumnType) -> pa.Array:
    """Values of one type for GDAL and Parquet; absent ones are null."""
    values = pa.array(_plain(column.values, kind), arrow_type(kind))
    return values if column.codes is None else values.take(pa.array(column.codes))


def arrow_type(kind: ColumnType) -> pa.DataType:
    """A column's type as Arrow calls it."""
    return _ARROW[kind]


def _plain(values: Sequence[object], kind: ColumnType) -> Sequence[object]:
    if kind == "text":
        return [v if v is None or type(v) is str else _text(v) for v in values]
    if kind == "real":  # what is not finite is absent
        return [
            v if v is None or (type(v) is float and isfinite(v)) else json_value(v) for v in values
        ]
    return values


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    return json_text(value)


def _fits(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63
