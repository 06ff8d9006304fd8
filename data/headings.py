"""Which column of a file holds which of our properties."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from data.errors import FileRefused
from data.text_cleaning import few, without_unseen
from gis.messages import Message

Table: TypeAlias = Literal[
    "district", "plot", "zone", "track", "layer", "area", "unit", "post", "code"
]

HEADINGS_FILE: Final = Path(__file__).with_name("headings.csv")
_BRACKETS: Final = str.maketrans("（）［］【】〔〕[]", "()()()()()")
_UNIT: Final = re.compile(
    r"(.+?)(?:[_/\-:：]|\()(亩|万亩|公顷|平方米|ha|hm2|hm²|m2|m²|㎡|株/亩|株/公顷)\)?"
)
_SAME_UNIT: Final = {
    **dict.fromkeys(("ha", "hm2", "hm²"), "公顷"),
    **dict.fromkeys(("m2", "m²", "㎡"), "平方米"),
}


@cache
def headings(table: Table) -> Mapping[str, str]:
    """Property by its usual headings; headings are compared after `plain_heading`.

    Examples
    --------
    >>> headings("district")["区县"], headings("plot")["林班号"]
    ('name', 'compartment_no')
    """
    with HEADINGS_FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == table]
    return MappingProxyType({plain_heading(row["heading"]): row["property"] for row in rows})


def plain_heading(heading: str) -> str:
    """A heading without blanks, unseen characters, case, and the wide brackets of Chinese text.

    Examples
    --------
    >>> plain_heading("面积（亩） "), plain_heading("造林\\n时间"), plain_heading("面积【亩】")
    ('面积(亩)', '造林时间', '面积(亩)')
    """
    return "".join(without_unseen(heading).translate(_BRACKETS).split()).casefold()


def property_of(table: Table, heading: str) -> str | None:
    """The property that a heading usually means, however its unit is joined to it.

    Examples
    --------
    >>> [property_of("plot", heading) for heading in ("面积_亩", "小班面积/hm2", "x")]
    ['declared_mu', 'declared_ha', None]
    """
    plain = plain_heading(heading)
    known = headings(table)
    if plain in known:
        return known[plain]
    match = _UNIT.fullmatch(plain)
    if match is None:
        return None
    return known.get(f"{match[1]}({_SAME_UNIT.get(match[2], match[2])})")


def refuse_unknown_columns(fields: Mapping[str, str], columns: Iterable[str]) -> None:
    """Refuse a mapping to a column that the file does not have (``no_such_column``)."""
    there = list(columns)
    for ours, theirs in fields.items():
        if theirs not in there:
            shown = few(there, 30)
            what = Message(
                f"没有列 {theirs!r}（{ours}）", f"there is no column {theirs!r} for {ours}"
            )
            remedy = Message(f"文件中的列为：{shown}", f"its columns are {shown}")
            raise FileRefused("no_such_column", what, remedy)


_OUR_EXPORTS: Final = (
    frozenset(["area_m2", "source", "complete"]),
    frozenset(["laiyuan", "wanzheng"]),
    frozenset(["area_m2", "demo"]),
    frozenset(["zrqbh", "mj"]),
    frozenset(["pqbh", "mj"]),
)
"""Columns that stand together in files of ours, and say what we measured and derived."""


def unread_columns(columns: Iterable[str], used: Collection[str]) -> list[Message]:
    """The note on columns that nothing was read of; none where all were used, or are our own.

    Examples
    --------
    >>> unread_columns(["编号", "tel"], ["编号"])[0].zh
    '未识别的列：tel；需要时用 --field 指定'
    >>> unread_columns(["code", "area_m2", "demo"], ["code"])
    []
    """
    there = list(columns)
    ours = {name for export in _OUR_EXPORTS if export <= set(there) for name in export}
    unread = [column for column in there if column not in used and column not in ours]
    if not unread:
        return []
    shown = few(unread)
    return [
        Message(
            f"未识别的列：{shown}；需要时用 --field 指定",
            f"columns that are not known: {shown}; name them by --field where they are wanted",
        )
    ]


def meant_columns(
    table: Table, columns: Iterable[str], fields: Mapping[str, str], words: Collection[str]
) -> dict[str, str]:
    """The column of each property.

    Parameters
    ----------
    table
        Whose headings are known.
    columns
        Of the file.
    fields
        Property to column, as the sender says; takes precedence over known headings.
    words
        Those that may be said.

    Raises
    ------
    FileRefused
        ``unknown_field`` or ``no_such_column``.

    Examples
    --------
    >>> meant_columns("zone", ["网格号", "林长", "x"], {"name": "x"}, ["code", "name", "chief"])
    {'name': 'x', 'code': '网格号', 'chief': '林长'}
    """
    theirs = list(columns)
    for word in fields:
        if word not in words:
            what = Message(f"没有字段 {word!r}", f"there is no field {word!r}")
            remedy = Message(f"可用：{'、'.join(words)}", f"there are {', '.join(words)}")
            raise FileRefused("unknown_field", what, remedy)
    refuse_unknown_columns(fields, theirs)
    known = headings(table)
    column_of = dict(fields)
    for column in theirs:
        own = plain_heading(column)
        meant = own if own in words else known.get(own)
        if meant in words and column not in fields.values():
            column_of.setdefault(str(meant), column)
    return column_of
