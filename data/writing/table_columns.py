"""The columns of an official table, filled from plots; what an official file brought goes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import pandas as pd

from data.schemas import Encoding, Field, Misfit, Schema, field_mapping
from data.writing.attributes import FREE_TEXT, fitted, property_values
from data.writing.export_report import Shortened

__all__ = ["Columns", "FilledTable", "fill", "numbered", "stale_areas", "unknown_fields"]

AREA_FIELDS: Final = ("xbmj", "tbmj")
AREA_TOLD: Final = 0.01

Columns: TypeAlias = dict[str, list[object]]


class FilledTable(NamedTuple):
    """Values by field name, in the order of the schema, and the texts that were shortened."""

    columns: Columns
    shortened: list[Shortened]


def fill(frame: pd.DataFrame, table: Schema, encoding: Encoding) -> FilledTable:
    """Fill the fields of a schema from the properties of a frame.

    Parameters
    ----------
    frame
        Columns named as the interface names them; `extra` holds official values by schema.
    encoding
        Decides how long a text is.

    Returns
    -------
    FilledTable
        Numbers that we measured are rounded to the decimals of their field and free texts cut at
        the end of a character. Codes and official values stay as they are, whether they fit or
        not: `data.schemas.Schema.check_columns` tells.

    Examples
    --------
    >>> from data.schemas import schema
    >>> row = {"area_m2": 1234.5678, "extra": {"lcxzgx": {"dlbm": "0301"}}}
    >>> filled = fill(pd.DataFrame([row]), schema("lcxzgx"), "UTF-8").columns
    >>> filled["xbmj"], filled["dlbm"], filled["dlmc"]
    ([1234.57], ['0301'], [None])
    """
    mapping = field_mapping(table.name)
    official = _official_values(frame, table.name)
    columns: Columns = {}
    shortened: list[Shortened] = []
    for field in table.fields:
        name = mapping.get(field.name, "")
        values = _fitted_column(property_values(frame, name), field)
        if name in FREE_TEXT:
            values = [
                _cut_to_fit(value, field, encoding, row, shortened)
                for row, value in enumerate(values, start=1)
            ]
        for row, kept in official.items():
            if field.name in kept:
                values[row] = _as_it_came(kept[field.name], field)
        columns[field.name] = values
    return FilledTable(columns, shortened)


def _fitted_column(values: list[object], field: Field) -> list[object]:
    if field.type == "C":  # texts need nothing, and most values are texts
        return [one if one is None or type(one) is str else fitted(one, field) for one in values]
    return [None if one is None else fitted(one, field) for one in values]


def _official_values(frame: pd.DataFrame, name: str) -> dict[int, Mapping[str, object]]:
    rows = enumerate(property_values(frame, "extra"))
    return {row: kept[name] for row, kept in rows if isinstance(kept, dict) and kept.get(name)}


def _as_it_came(value: object, field: Field) -> object:
    # JSON keeps a date as text.
    return fitted(value, field) if field.type == "D" else value


def _cut_to_fit(
    value: object, field: Field, encoding: Encoding, row: int, cuts: list[Shortened]
) -> object:
    # A character that the encoding lacks counts as one byte here; it is refused later, by its row.
    if not isinstance(value, str) or len(value.encode(encoding, "replace")) <= field.width:
        return value
    kept = _whole_characters(value, field.width, encoding)
    needed, left = (len(text.encode(encoding, "replace")) for text in (value, kept))
    cuts.append(Shortened(row, field.name, needed, left))
    return kept


def _whole_characters(text: str, width: int, encoding: Encoding) -> str:
    used = 0
    for i, character in enumerate(text):
        used += len(character.encode(encoding, "replace"))
        if used > width:
            return text[:i]
    return text


def unknown_fields(frame: pd.DataFrame, table: Schema) -> list[Misfit]:
    """Official values under a name that the schema lacks: they would be lost without a word."""
    known = set(table.names)
    return [
        misfit._replace(row=row + 1)
        for row, kept in _official_values(frame, table.name).items()
        for misfit in table.check({name: kept[name] for name in kept if name not in known})
    ]


def stale_areas(frame: pd.DataFrame, name: str) -> list[int]:
    """Rows, from 1, whose official area is more than 1 % off the area of their shape."""
    areas = property_values(frame, "area_m2")
    given = {
        row: next((kept[field] for field in AREA_FIELDS if field in kept), None)
        for row, kept in _official_values(frame, name).items()
    }
    return [row + 1 for row, official in given.items() if _disagree(official, areas[row])]


def _disagree(official: object, measured: object) -> bool:
    return (
        isinstance(official, int | float)
        and isinstance(measured, int | float)
        and abs(official - measured) > AREA_TOLD * measured
    )


def numbered(rows: Sequence[int], most: int = 5) -> str:
    """Some row numbers, for a sentence.

    Examples
    --------
    >>> numbered([1, 4]), numbered([1, 2, 3, 4, 5, 6])
    ('1, 4', '1, 2, 3, 4, 5 …')
    """
    return ", ".join(map(str, rows[:most])) + (" …" if len(rows) > most else "")
