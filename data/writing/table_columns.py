"""The columns of an official table, filled from plots; imported official values take precedence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import pandas as pd

from data.schemas import Encoding, Field, Misfit, Schema, field_mapping, unencodable
from data.writing.attributes import FREE_TEXT, fitted, property_values
from data.writing.export_report import Replaced, Shortened

__all__ = ["Columns", "FilledTable", "fill", "numbered", "stale_areas", "unknown_fields"]

AREA_FIELDS: Final = ("xbmj", "tbmj")
AREA_TOLD: Final = 0.01
GETA: Final = "〓"  # what Chinese and Japanese printers put for a letter they lack; GBK has it
# A changed letter in these would name another thing.
NUMBERS: Final = frozenset({"id", "identifier", "plot_no", "plans_text", "code", "zone"})

Columns: TypeAlias = dict[str, list[object]]


class FilledTable(NamedTuple):
    """Values by field name, in the order of the schema, and the texts that were changed."""

    columns: Columns
    shortened: list[Shortened]
    replaced: list[Replaced]


def fill(
    frame: pd.DataFrame, table: Schema, encoding: Encoding, *, replace: bool = False
) -> FilledTable:
    """Fill the fields of a schema from the properties of a frame.

    Parameters
    ----------
    frame
        Columns named as the interface names them; `extra` holds official values by schema.
    encoding
        Decides how long a text is.
    replace
        Whether characters that the encoding lacks become 〓, but in numbers and codes, where that
        would name something else.

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
    replaced: list[Replaced] = []
    for field in table.fields:
        name = mapping.get(field.name, "")
        values = _fitted_column(property_values(frame, name), field)
        for row, of_row in official.items():
            if field.name in of_row:
                values[row] = _as_it_came(of_row[field.name], field)
        if replace and field.type == "C" and name not in NUMBERS:
            values = _encodable_column(values, field, encoding, replaced)
        if name in FREE_TEXT:
            values = [
                value
                if row - 1 in official and field.name in official[row - 1]
                else _cut_to_fit(value, field, encoding, row, shortened)
                for row, value in enumerate(values, start=1)
            ]
        columns[field.name] = values
    return FilledTable(columns, shortened, replaced)


def _fitted_column(values: list[object], field: Field) -> list[object]:
    if field.type == "C":  # most values are texts, which need no conversion
        return [
            value if value is None or type(value) is str else fitted(value, field)
            for value in values
        ]
    return [None if value is None else fitted(value, field) for value in values]


def _official_values(frame: pd.DataFrame, name: str) -> dict[int, Mapping[str, object]]:
    rows = enumerate(property_values(frame, "extra"))
    return {
        row: values[name] for row, values in rows if isinstance(values, dict) and values.get(name)
    }


def _as_it_came(value: object, field: Field) -> object:
    # JSON keeps a date as text.
    return fitted(value, field) if field.type == "D" else value


def _encodable_column(
    values: list[object], field: Field, encoding: Encoding, replaced: list[Replaced]
) -> list[object]:
    out = list(values)
    for row, value in enumerate(values):
        if isinstance(value, str) and (strange := unencodable(value, encoding)):
            replaced.append(Replaced(row + 1, field.name, strange))
            out[row] = "".join(GETA if letter in strange else letter for letter in value)
    return out


def _cut_to_fit(
    value: object, field: Field, encoding: Encoding, row: int, cuts: list[Shortened]
) -> object:
    # A character that the encoding lacks counts as one byte here; it is refused later, by its row.
    if not isinstance(value, str) or len(value.encode(encoding, "replace")) <= field.width:
        return value
    cut = _whole_characters(value, field.width, encoding)
    needed, left = (len(text.encode(encoding, "replace")) for text in (value, cut))
    cuts.append(Shortened(row, field.name, needed, left))
    return cut


def _whole_characters(text: str, width: int, encoding: Encoding) -> str:
    used = 0
    for i, character in enumerate(text):
        used += len(character.encode(encoding, "replace"))
        if used > width:
            return text[:i]
    return text


def unknown_fields(frame: pd.DataFrame, table: Schema) -> list[Misfit]:
    """Official values under a name that the schema lacks: they would be lost silently."""
    known = set(table.names)
    return [
        misfit._replace(row=row + 1)
        for row, values in _official_values(frame, table.name).items()
        for misfit in table.check({name: values[name] for name in values if name not in known})
    ]


def stale_areas(frame: pd.DataFrame, name: str) -> list[int]:
    """Rows, from 1, whose official area is more than 1 % off the area of their shape."""
    areas = property_values(frame, "area_m2")
    given = {
        row: next((values[field] for field in AREA_FIELDS if field in values), None)
        for row, values in _official_values(frame, name).items()
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
