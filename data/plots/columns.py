"""Which column of a file fills which property of a plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from data.errors import FileRefused
from data.headings import plain_heading, property_of, refuse_unknown_columns
from data.plots.parsers import PARSERS
from data.schemas import field_mapping, schema
from gis.measure import M2_PER_MU
from gis.messages import Message

PLOT_SCHEMAS: Final = ("zaolin", "lcxzgx", "ldbg", "dltb", "plain")
_OURS: Final = ("zaolin", "plain")

IN_UNITS: Final[dict[str, tuple[str, float, Message]]] = {
    "declared_mu": ("declared_m2", M2_PER_MU, Message("亩", "mu")),
    "declared_wan_mu": ("declared_m2", 10_000 * M2_PER_MU, Message("万亩", "10 000 mu")),
    "declared_ha": ("declared_m2", 10_000.0, Message("公顷", "hectares")),
    "density_per_mu": ("density_per_ha", 15.0, Message("株/亩", "stems a mu")),
}
"""Words for a property in another unit: property, factor, unit."""

READ_ONLY: Final = frozenset(
    [
        "id",
        "area_m2",
        "district",
        "review",
        "version",
        "changed_by",
        "changed_at",
        "geometry",
        "acceptance_date",
        "acceptance_outcome",
        "survival_rate",
        "preservation_rate",
        "verified_m2",
        "checked_by",
        "fulfilled_share",
        "town_name",
        "village_name",
    ]
)
_AS_TEXT: Final = {
    "species_text": "species",
    "evidence_text": "evidence",
    "plans_text": "plans",
    **{f"{name}_label": name for name in PARSERS},
}
"""Properties that are written as text in a table, or by their label."""


@dataclass
class Columns:
    """The use of each column of a table."""

    taken: dict[str, list[str]] = field(default_factory=dict)
    """Property (or a key of `IN_UNITS`) -> columns; the first one with a value is used."""
    extra: dict[tuple[str, str], str] = field(default_factory=dict)
    """Schema and official field -> column."""
    ignored: list[str] = field(default_factory=list)
    """Columns of values that only the system sets: area, review, labels …"""
    leftover: list[str] = field(default_factory=list)
    """Unknown columns."""


def assign(columns: Sequence[str], fields: Mapping[str, str]) -> Columns:
    """Decide the use of each column.

    Parameters
    ----------
    columns
        Of the file.
    fields
        What the sender says: our property, a word of `IN_UNITS`, or an official field, to the
        column. It takes precedence over known names.

    Returns
    -------
    Columns
        Looked for in this order: what the sender says, our own names, official names of the plot
        schemas, common Chinese headings; all in any letter case.

    Raises
    ------
    FileRefused
        ``unknown_field`` or ``no_such_column``.

    Examples
    --------
    >>> purpose = assign(["造林类型", "面积（亩）", "YU_BI_DU", "tel"], {"year": "tel"})
    >>> purpose.taken
    {'year': ['tel'], 'kind': ['造林类型'], 'declared_mu': ['面积（亩）']}
    >>> purpose.extra
    {('lcxzgx', 'yu_bi_du'): 'YU_BI_DU'}
    """
    refuse_unknown_columns(fields, columns)
    purpose = Columns()
    order = _schemas_by_fit(columns)
    for word, column in fields.items():
        _take_word(purpose, word, column, order)
    for column in columns:
        if column not in fields.values():
            _take_column(purpose, column, order)
    return purpose


def refuse_unknown_words(words: Iterable[str]) -> None:
    """Refuse what a sender says of columns where no plot has such a field.

    Raises
    ------
    FileRefused
        ``unknown_field``.

    Examples
    --------
    >>> refuse_unknown_words(["kind", "declared_mu", "YU_BI_DU"])
    """
    for word in words:
        _take_word(Columns(), word, "", list(PLOT_SCHEMAS))


def _schemas_by_fit(columns: Iterable[str]) -> list[str]:
    """The schema that most of the columns belong to comes first."""
    there = {column.casefold() for column in columns}
    return sorted(PLOT_SCHEMAS, key=lambda name: -len(there.intersection(_names_of(name))))


@cache
def _names_of(schema_name: str) -> Mapping[str, str]:
    """The fields of a schema by their names in small letters."""
    return {name.casefold(): name for name in schema(schema_name).names}


def _take_word(purpose: Columns, word: str, column: str, order: list[str]) -> None:
    if word in PARSERS or word in IN_UNITS:
        purpose.taken.setdefault(word, []).append(column)
    elif not _take_official(purpose, word.casefold(), column, order):
        known = "、".join([*PARSERS, *IN_UNITS])
        what = Message(f"图斑没有字段 {word!r}", f"a plot has no field {word!r}")
        remedy = Message(
            f"可用 {known}，或 {'、'.join(PLOT_SCHEMAS)} 的字段名",
            f"use {known}, or a field of {', '.join(PLOT_SCHEMAS)}",
        )
        raise FileRefused("unknown_field", what, remedy)


def _take_column(purpose: Columns, column: str, order: list[str]) -> None:
    own = plain_heading(column)
    if own in PARSERS or own in IN_UNITS:
        purpose.taken.setdefault(own, []).append(column)
    elif own in READ_ONLY:
        purpose.ignored.append(column)
    elif own in _AS_TEXT:
        purpose.taken.setdefault(_AS_TEXT[own], []).append(column)
    elif not _take_official(purpose, column.casefold(), column, order):
        word = property_of("plot", column)
        if word is None:
            purpose.leftover.append(column)
        else:
            purpose.taken.setdefault(word, []).append(column)


def _take_official(purpose: Columns, name: str, column: str, order: list[str]) -> bool:
    for schema_name in order:
        exact = _names_of(schema_name).get(name)
        if exact is None:
            continue
        meant = field_mapping(schema_name).get(exact, "")
        meant = _AS_TEXT.get(meant, meant)
        if meant in PARSERS:
            purpose.taken.setdefault(meant, []).append(column)
        elif schema_name in _OURS:
            purpose.ignored.append(
                column
            )  # a file that we exported: area, labels and review are set by the system
        else:
            purpose.extra[schema_name, exact] = column
        return True
    return False
