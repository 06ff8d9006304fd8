"""The columns of an official table, filled from plots; imported official values take precedence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from data.columns import Column
from data.schemas import Encoding, Field, Misfit, Schema, field_mapping, unencodable
from data.writing.attributes import FREE_TEXT, fitted
from data.writing.export_report import Replaced, Shortened
from data.writing.tables import Table

__all__ = ["Columns", "FilledTable", "fill", "numbered", "stale_areas", "unknown_fields"]

AREA_FIELDS: Final = ("xbmj", "tbmj")
AREA_TOLD: Final = 0.01
GETA: Final = "〓"  # what Chinese and Japanese printers put for a letter they lack; GBK has it
# A changed letter in these would name another thing.
NUMBERS: Final = frozenset({"id", "identifier", "plot_no", "plans_text", "code", "zone"})

Columns: TypeAlias = dict[str, Column]


class FilledTable(NamedTuple):
    """Values by field name, in the order of the schema, and the texts that were changed."""

    columns: Columns
    shortened: list[Shortened]
    replaced: list[Replaced]


def fill(plots: Table, table: Schema, encoding: Encoding, *, replace: bool = False) -> FilledTable:
    """Fill the fields of a schema from the properties of plots.

    Parameters
    ----------
    plots
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
    >>> import pandas as pd
    >>> from data.schemas import schema
    >>> row = {"area_m2": 1234.5678, "extra": {"lcxzgx": {"dlbm": "0301"}}}
    >>> filled = fill(Table.of(pd.DataFrame([row])), schema("lcxzgx"), "UTF-8").columns
    >>> [filled[name].tolist() for name in ("xbmj", "dlbm", "dlmc")]
    [[1234.57], ['0301'], [None]]
    """
    mapping = field_mapping(table.name)
    official = _official_values(plots, table.name)
    columns: Columns = {}
    shortened: list[Shortened] = []
    replaced: list[Replaced] = []
    for field in table.fields:
        name = mapping.get(field.name, "")
        column = plots.column(name).map(partial(_fitted, field))
        ours = len(column.values)
        of_rows = {
            row: _as_it_came(values[field.name], field)
            for row, values in official.items()
            if field.name in values
        }
        column = column.with_rows(of_rows)
        if replace and field.type == "C" and name not in NUMBERS:
            column = _encodable_column(column, field, encoding, replaced)
        if name in FREE_TEXT:
            column = _cut_column(column, ours, field, encoding, shortened)
        columns[field.name] = column
    return FilledTable(columns, shortened, replaced)


def _fitted(field: Field, value: object) -> object:
    # Most values are texts, which need no conversion, or absent.
    if value is None or (type(value) is str and field.type == "C"):
        return value
    return fitted(value, field)


def _official_values(plots: Table, name: str) -> dict[int, Mapping[str, object]]:
    """What plots brought of a schema, by row from 0."""
    extra = plots.column("extra")
    there = {
        place: values[name]
        for place, values in enumerate(extra.values)
        if isinstance(values, dict) and values.get(name)
    }
    return {row: there[extra.place(row)] for row in extra.rows_with(there)}


def _as_it_came(value: object, field: Field) -> object:
    # JSON keeps a date as text.
    return fitted(value, field) if field.type == "D" else value


def _encodable_column(
    column: Column, field: Field, encoding: Encoding, replaced: list[Replaced]
) -> Column:
    strange = {
        place: lacking
        for place, value in enumerate(column.values)
        if isinstance(value, str) and (lacking := unencodable(value, encoding))
    }
    replaced += [
        Replaced(row + 1, field.name, strange[column.place(row)])
        for row in column.rows_with(strange)
    ]
    values = list(column.values)
    for place, lacking in strange.items():
        letters = str(values[place])
        values[place] = "".join(GETA if letter in lacking else letter for letter in letters)
    return Column(values, column.codes)


def _cut_column(
    column: Column, ours: int, field: Field, encoding: Encoding, cuts: list[Shortened]
) -> Column:
    """The first values, which are ours, cut at the end of a character; official ones stay."""
    values = list(column.values)
    lengths: dict[int, tuple[int, int]] = {}
    for place, value in enumerate(values[:ours]):
        # No character takes more than four bytes in any of the encodings.
        if not isinstance(value, str) or 4 * len(value) <= field.width:
            continue
        # A character that the encoding lacks counts as one byte; it is refused later, by its row.
        needed = len(value.encode(encoding, "replace"))
        if needed > field.width:
            cut = _whole_characters(value, field.width, encoding)
            lengths[place] = needed, len(cut.encode(encoding, "replace"))
            values[place] = cut
    cuts += [
        Shortened(row + 1, field.name, *lengths[column.place(row)])
        for row in column.rows_with(lengths)
    ]
    return Column(values, column.codes)


def _whole_characters(text: str, width: int, encoding: Encoding) -> str:
    used = 0
    for i, character in enumerate(text):
        used += len(character.encode(encoding, "replace"))
        if used > width:
            return text[:i]
    return text


def unknown_fields(plots: Table, table: Schema) -> list[Misfit]:
    """Official values under a name that the schema lacks: they would be lost silently."""
    known = set(table.names)
    return [
        misfit._replace(row=row + 1)
        for row, values in _official_values(plots, table.name).items()
        for misfit in table.check({name: values[name] for name in values if name not in known})
    ]


def stale_areas(plots: Table, name: str) -> list[int]:
    """Rows, from 1, whose official area is more than 1 % off the area of their shape."""
    areas = plots.column("area_m2")
    given = {
        row: next((values[field] for field in AREA_FIELDS if field in values), None)
        for row, values in _official_values(plots, name).items()
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
