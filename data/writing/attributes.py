"""Plot properties as the flat values of a table: a text for a mix of species, labels for codes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from data.codes import code_list
from data.columns import Column
from data.schemas import Field

__all__ = [
    "DERIVED",
    "FREE_TEXT",
    "fitted",
    "frame_values",
    "plain",
    "property_column",
    "property_values",
]


def _label(name: str, code: str) -> str | None:
    return code_list(name).label(code)


def _green_class(kind: str) -> str | None:
    kinds = code_list("kind")
    return kinds[kind].more["green_class"] if kind in kinds else None


def _species_text(mix: Sequence[Mapping[str, Any]]) -> str:
    known = code_list("species")
    return "+".join(f"{known.label(share['code'])}{_percent(share['share'])}%" for share in mix)


def _percent(share: float) -> str:
    return f"{share * 100:.4f}".rstrip("0").rstrip(".")


def _main_species(mix: Sequence[Mapping[str, Any]]) -> str | None:
    return max(mix, key=lambda share: float(share["share"]))["code"] if mix else None


def _evidence_text(evidence: Sequence[Mapping[str, Any]]) -> str:
    return "；".join(str(document["name"]) for document in evidence)


def _province(district: str) -> str:
    return district[:2]


def _city(district: str) -> str:
    return district[:4]


def _identifier(district: str, number: int) -> str:
    """标识码 of 18 digits: the county's code, and the plot's number in twelve."""
    return f"{district[:6]}{number:012d}"


DERIVED: Final[Mapping[str, tuple[tuple[str, ...], Callable[..., object]]]] = {
    "stage_label": (("stage",), partial(_label, "stage")),
    "kind_label": (("kind",), partial(_label, "kind")),
    "category_label": (("category",), partial(_label, "category")),
    "programme_label": (("programme",), partial(_label, "programme")),
    "theme_label": (("theme",), partial(_label, "theme")),
    "work_type_label": (("work_type",), partial(_label, "work_type")),
    "method_label": (("method",), partial(_label, "method")),
    "acceptance_outcome_label": (
        ("acceptance_outcome",),
        partial(_label, "acceptance_outcome"),
    ),
    "green_class": (("kind",), _green_class),
    "species_text": (("species",), _species_text),
    "species_main": (("species",), _main_species),
    "evidence_text": (("evidence",), _evidence_text),
    "plans_text": (("plans",), ",".join),
    "province": (("district",), _province),
    "city": (("district",), _city),
    "identifier": (("district", "id"), _identifier),
}
"""A derived column: its source properties and how to compute it."""

# What `plain` leaves as it is.
_PLAIN: Final = frozenset({str, int, bool, list, dict, date, type(None)})

FREE_TEXT: Final = frozenset(
    {"name", "note", "species_text", "evidence_text", "source", "office", "board", "photo"}
    | {"town_name", "village_name"}
    | {name for name in DERIVED if name.endswith("_label")}
)
"""Texts for people, which may be shortened with a note; a shortened code would be another code."""


def property_values(frame: pd.DataFrame, name: str) -> list[object]:
    """The values of a property, derived ones too, as plain Python values.

    Parameters
    ----------
    frame
        Columns named as the interface names them.
    name
        A column, or a key of `DERIVED`.

    Returns
    -------
    list
        One a row; None for what is absent, and everywhere when the frame lacks the column.

    Examples
    --------
    >>> mix = [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}]
    >>> frame = pd.DataFrame({"species": [mix, None], "kind": ["G1", "RGZL"]})
    >>> property_values(frame, "species_text"), property_values(frame, "kind_label")
    (['红松60%+长白落叶松40%', None], ['公园绿地', '人工造林'])
    """
    needed = (name,) if name in frame.columns else DERIVED.get(name, ((name,),))[0]
    columns = {source: Column.of(frame_values(frame, source)) for source in needed}
    return property_column(columns, name, len(frame)).tolist()


def property_column(columns: Mapping[str, Column], name: str, rows: int) -> Column:
    """As `property_values`, of columns by the interface's names and a number of rows."""
    # A column of that very name comes first: a district's `province` is its own.
    if name in columns or name not in DERIVED:
        return columns[name] if name in columns else Column.absent(rows)
    sources, derive = DERIVED[name]
    found = [columns[source] if source in columns else Column.absent(rows) for source in sources]
    if len(found) > 1:
        of_rows = zip(*(column.tolist() for column in found), strict=True)
        return Column([None if None in row else derive(*row) for row in of_rows])
    return found[0].map(lambda value: None if value is None else derive(value))


def frame_values(frame: pd.DataFrame, name: str) -> list[object]:
    """The column of a frame as plain Python values; all None when it lacks the column."""
    if name not in frame.columns:
        return [None] * len(frame)
    column = frame[name]
    values: list[object] = column.tolist()
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else ""
    # Most columns need no conversion: a table has a million cells.
    if kind in ("i", "u", "b") or _PLAIN.issuperset(map(type, values)):
        return values
    if kind == "f":
        return [None if value != value else value for value in values]  # noqa: PLR0124 - NaN
    return [value if type(value) is str else plain(value) for value in values]


def plain(value: object) -> object:
    """A cell of a frame as a plain value: None for NaN, NaT and NA, a date for a midnight.

    A moment with a time zone stays a moment, at midnight too.

    Examples
    --------
    >>> plain(float("nan")), plain(pd.Timestamp("2026-04-05")), plain(pd.NA)
    (None, datetime.date(2026, 4, 5), None)
    """
    if value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date()
    return value


def fitted(value: object, field: Field) -> object:
    """A property's value in the type of its field; numbers are rounded to its decimals.

    What cannot be converted is returned unchanged: `data.schemas.Field.misfit` reports it.

    Examples
    --------
    >>> from data.schemas import schema
    >>> area = schema("zaolin").fields[schema("zaolin").names.index("tbmj")]
    >>> fitted(1234.5678, area), fitted(None, area)
    (1234.57, None)
    """
    if value is None:
        return None
    if field.type == "C":
        return value if isinstance(value, str) else _number_text(value)
    if field.type == "D":
        return _day(value)
    if isinstance(value, int | float) and math.isfinite(value):
        return round(float(value), field.precision) if field.precision else round(value)
    return value


def _number_text(value: object) -> str:
    # pandas turns whole numbers into floats as soon as one is absent.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value
