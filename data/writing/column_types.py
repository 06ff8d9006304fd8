"""The type of a column of a file: from its values, or declared where all of them are absent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.schemas import Field
from data.writing.cells import json_text, json_value

__all__ = ["ColumnType", "as_array", "declared_type", "type_of"]

ColumnType: TypeAlias = Literal["text", "integer", "real", "boolean", "date"]

# Properties of plots that the first thousand rows may lack altogether.
_DECLARED: Final[dict[str, ColumnType]] = {
    "id": "integer",
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
_ABSENT: Final[dict[ColumnType, Any]] = {"boolean": False, "integer": 0, "real": np.nan}
_DTYPES: Final[dict[ColumnType, Any]] = {"boolean": bool, "integer": np.int64, "real": float}


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


def as_array(
    values: Sequence[object], kind: ColumnType
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Values of one type for GDAL, and where they are absent (None: absent ones say so)."""
    if kind in _DTYPES:
        absent = np.array([value is None for value in values], dtype=bool)
        filled = [
            _ABSENT[kind] if value is None else json_value(value) if kind == "real" else value
            for value in values
        ]
        return np.array(filled, dtype=_DTYPES[kind]), absent
    if kind == "date":
        return np.array(values, dtype="datetime64[D]"), None
    out = np.empty(len(values), dtype=object)
    out[:] = [value if value is None or type(value) is str else _text(value) for value in values]
    return out, None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    return json_text(value)


def _fits(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63
