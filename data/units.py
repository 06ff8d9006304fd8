"""Units of a bureau, and their posts, from tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from data.code_tables import RowProblem
from data.named_columns import named_rows

__all__ = ["read_posts", "read_units"]

_HEADINGS: Final[Mapping[str, str]] = {
    "code": "code",
    "代码": "code",
    "单位代码": "code",
    "name": "name",
    "名称": "name",
    "单位名称": "name",
    "kind": "kind",
    "类别": "kind",
    "parent": "parent",
    "上级": "parent",
    "上级单位": "parent",
    "district": "district",
    "行政区": "district",
    "行政区代码": "district",
    "valid_from": "valid_from",
    "启用日": "valid_from",
    "valid_to": "valid_to",
    "停用日": "valid_to",
}
_POST_HEADINGS: Final[Mapping[str, str]] = {
    "unit": "unit",
    "单位": "unit",
    "zone": "zone",
    "责任区": "zone",
    "责任区代码": "zone",
    "function": "function",
    "职务": "function",
    "岗位": "function",
    "person": "person",
    "姓名": "person",
    "phone": "phone",
    "电话": "phone",
    "联系电话": "phone",
    "valid_from": "valid_from",
    "任职日": "valid_from",
    "valid_to": "valid_to",
    "离任日": "valid_to",
}
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


def read_units(path: Path) -> tuple[list[dict[str, Any]], list[RowProblem]]:
    """Read units from a CSV file in UTF-8 or GBK, or a workbook.

    Returns
    -------
    rows, problems
        Rows have ``code name kind parent district valid_from valid_to``, None for what is empty,
        days as dates. Problems name the row, counted from 1 below the heading; whether parents
        and districts are known is not asked here.

    Raises
    ------
    FileRefused
        As `data.named_columns.named_rows`: the file is no table of units.
    """
    rows, problems = named_rows(path, _HEADINGS, needed=("code", "name"), days=_DAYS)
    for row in rows:
        kind = row.get("kind") or ""
        row["kind"] = _KINDS.get(kind, kind)
    return rows, problems


def read_posts(path: Path) -> tuple[list[dict[str, Any]], list[RowProblem]]:
    """Read posts from a CSV file in UTF-8 or GBK, or a workbook.

    Returns
    -------
    rows, problems
        Rows have ``unit zone function person phone valid_from valid_to``, as of `read_units`.

    Raises
    ------
    FileRefused
        As `data.named_columns.named_rows`: the file is no table of posts.
    """
    rows, problems = named_rows(path, _POST_HEADINGS, needed=("function",), days=_DAYS)
    names = ("unit", "zone", "function", "person", "phone", *_DAYS)
    return [{name: row.get(name) for name in names} for row in rows], problems
