"""Units of a bureau, and their posts, from tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from data.named_columns import NamedRows, named_rows

__all__ = ["read_posts", "read_units"]

_KINDS: Final[Mapping[str, str]] = {
    "局": "bureau",
    "绿委成员单位": "committee_member",
    "成员单位": "committee_member",
    "乡镇办": "town_office",
    "第三方": "third_party",
    "其他": "other",
    "": "other",
}
_DAYS: Final = ("valid_from", "valid_to")


def read_units(path: Path) -> NamedRows:
    """Read units from a CSV file or a workbook.

    Returns
    -------
    NamedRows
        Rows have ``code name kind parent district valid_from valid_to``, None for what is empty,
        days as dates. Problems name the row, counted from 1 below the heading; whether parents
        and districts are known is not asked here.

    Raises
    ------
    FileRefused
        As `data.named_columns.named_rows`: the file is no table of units.
    """
    table = named_rows(path, "unit", needed=("code", "name"), days=_DAYS, words=("code", "name"))
    for row in table.rows:
        kind = row.get("kind") or ""
        row["kind"] = _KINDS.get(kind, kind)
    return table


def read_posts(path: Path) -> NamedRows:
    """Read posts from a CSV file or a workbook.

    Returns
    -------
    NamedRows
        Rows have ``unit zone function person phone valid_from valid_to``, as of `read_units`.

    Raises
    ------
    FileRefused
        As `data.named_columns.named_rows`: the file is no table of posts.
    """
    table = named_rows(path, "post", needed=("function",), days=_DAYS, words=("function",))
    names = ("unit", "zone", "function", "person", "phone", *_DAYS)
    rows = [{name: row.get(name) for name in names} for row in table.rows]
    return table._replace(rows=rows)
