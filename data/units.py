"""Units of a bureau from a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from data.code_tables import RowProblem, csv_text
from data.errors import FileRefused
from gis.messages import Message

__all__ = ["read_units"]

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
    """Read units from a CSV file in UTF-8 or GBK.

    Returns
    -------
    rows, problems
        Rows have ``code name kind parent district valid_from valid_to``, None for what is empty,
        days as dates. Problems name the row, counted from 1 below the heading; whether parents
        and districts are known is not asked here.

    Raises
    ------
    FileRefused
        ``not_text`` or ``no_such_column``: the file is no table of units.
    """
    reader = csv.DictReader(io.StringIO(csv_text(path), newline=""))
    names = {
        heading: _HEADINGS[heading.strip().casefold()]
        for heading in reader.fieldnames or ()
        if heading and heading.strip().casefold() in _HEADINGS
    }
    missing = [name for name in ("code", "name") if name not in names.values()]
    if missing:
        raise FileRefused(
            "no_such_column",
            Message(f"缺少列 {'、'.join(missing)}", f"it lacks the columns {', '.join(missing)}"),
            Message(
                "列名：代码、名称、类别、上级、行政区、启用日、停用日",
                "columns: code, name, kind, parent, district, valid_from, valid_to",
            ),
        ).about(path.name)
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    for number, line in enumerate(reader, start=1):
        cells: dict[str, Any] = {
            name: (line[heading] or "").strip() or None for heading, name in names.items()
        }
        kind = cells.get("kind") or ""
        cells["kind"] = _KINDS.get(kind, kind)
        for name in _DAYS:
            try:
                cells[name] = date.fromisoformat(cells[name]) if cells.get(name) else None
            except ValueError:
                problems.append(
                    RowProblem(
                        number,
                        name,
                        "not_a_date",
                        Message(
                            f"{name} 应为日期，如 2026-12-31，写的是 {cells[name][:20]!r}。",
                            f"{name} is a day, as 2026-12-31, not {cells[name][:20]!r}.",
                        ),
                    )
                )
        rows.append(cells)
    return rows, problems
