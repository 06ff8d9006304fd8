"""Values for files that have no lists, objects or moments."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["cell", "guarded", "is_formula", "json_text", "json_value"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_value(value: object) -> Any:
    """A Python value as a JSON value.

    Moments and days become ISO 8601, exact decimals numbers; what is not a number or not finite
    becomes null, sets and arrays become lists.

    Examples
    --------
    >>> json_value({"share": Decimal("0.25"), "on": date(2026, 4, 5), "seen": float("nan")})
    {'share': 0.25, 'on': '2026-04-05', 'seen': None}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        return {str(name): json_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [json_value(part) for part in value]
    return _scalar(value)


def _scalar(value: object) -> str | int | float | None:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int):
        return value
    for kind, convert in _SCALARS.items():
        if isinstance(value, kind):
            return convert(value)
    raise TypeError(f"a cell cannot be a {type(value).__name__}")


def _number(value: Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


_SCALARS: Final[dict[type, Callable[[Any], str | int | float | None]]] = {
    Decimal: _number,
    date: lambda value: value.isoformat(),  # of a moment too, with its offset
    time: time.isoformat,
    timedelta: timedelta.total_seconds,
}


# `json.dumps` makes another one for each value.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=json_value)


def json_text(value: object) -> str:
    """A value as JSON text, Chinese as it is.

    Examples
    --------
    >>> json_text([{"code": "PINKOR", "share": 1.0}])
    '[{"code": "PINKOR", "share": 1.0}]'
    """
    if type(value) is list and not value:  # most lists of a table
        return "[]"
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError):  # a number that is not finite, or a name that is no text
        return json.dumps(json_value(value), ensure_ascii=False, allow_nan=False)


def cell(value: object) -> str | int | float | None:
    """A value in a cell of a table: lists and objects as JSON, ``true`` and ``false`` as JSON too.

    None is an empty cell, and so is an empty list or object. Days and moments are ISO 8601, a
    moment with its offset.

    Examples
    --------
    >>> cell([3, 15]), cell({}), cell(True), cell(date(2026, 4, 5)), cell(2.5)
    ('[3, 15]', None, 'true', '2026-04-05', 2.5)
    """
    if type(value) is str:  # most cells
        return value
    plain = json_value(value)
    if isinstance(plain, list | dict):
        return json_text(plain) if plain else None
    if isinstance(plain, bool):
        return json_text(plain)
    scalar: str | int | float | None = plain
    return scalar


def guarded(value: object) -> object:
    """A cell that a spreadsheet does not run: a text like a formula gets an apostrophe.

    Examples
    --------
    >>> guarded("=1+1"), guarded(-5)
    ("'=1+1", -5)
    """
    return f"'{value}" if is_formula(value) else value


def is_formula(value: object) -> bool:
    """Whether a spreadsheet would run this text."""
    return isinstance(value, str) and value.startswith(_FORMULA)
