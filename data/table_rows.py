"""Rows of tables without places: CSV in UTF-8 or GBK, or a sheet of Excel."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

from data.errors import FileRefused
from data.reading.limits import Limits
from data.reading.sandbox import open_in_sandbox
from gis.messages import Message

__all__ = ["TableRows", "table_rows"]

# A zip, as workbooks are, and what is an Excel file of before 2007 or a locked one.
_BINARY: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_REMEDY: Final = Message("请另存为 CSV UTF-8 或 .xlsx", "save it as CSV UTF-8 or as .xlsx")


class TableRows(NamedTuple):
    """A heading, and below it rows of texts by column; an empty cell is an empty text."""

    heading: list[str]
    rows: list[dict[str, str]]


def table_rows(path: Path, limits: Limits = Limits()) -> TableRows:  # noqa: B008 - frozen
    """Read a table; a workbook is opened in the restricted process, and has one sheet with rows.

    Numbers of a workbook keep their digits, days are ``YYYY-MM-DD``, TRUE is ``true``.

    Raises
    ------
    FileRefused
        ``not_text``; ``table_damaged``: two columns have one name, or a row has more cells than
        the heading; of a workbook as `data.reading.xlsx_tables.read_xlsx`, and ``cell_error``.
    """
    with path.open("rb") as file:
        head = file.read(4)
    return _workbook(path, limits) if head in _BINARY else _csv(path)


def _csv(path: Path) -> TableRows:
    try:
        reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
        heading = [(column or "").strip() for column in reader.fieldnames or ()]
        lines = list(reader)
    except csv.Error as error:
        raise _not_text(path, str(error)) from None
    twice = [name for name, count in Counter(filter(None, heading)).items() if count > 1]
    if twice:
        raise _damaged(
            path,
            Message(f"表头有两列名为 {twice[0]!r}", f"two columns are named {twice[0]!r}"),
            Message("请改名或删去其中一列", "rename or take out one of them"),
        )
    # Cells beyond the heading stand under None, as a list; missing ones are None.
    for number, line in enumerate(lines, 1):
        if any(cell.strip() for cell in line.get(None) or ()):
            raise _damaged(
                path,
                Message(
                    f"格数多于表头的 {len(heading)} 格",
                    f"it has more cells than the heading, which has {len(heading)}",
                ),
                Message(
                    "请把含逗号的内容加引号，或另存为 .xlsx",
                    "quote what holds a comma, or save the table as .xlsx",
                ),
                feature=number,
            )
    rows = [
        {column.strip(): cell or "" for column, cell in line.items() if column} for line in lines
    ]
    return TableRows(heading, rows)


def _damaged(
    path: Path, what: Message, remedy: Message, *, feature: int | None = None
) -> FileRefused:
    return FileRefused("table_damaged", what, remedy, feature=feature).about(path.name)


def _workbook(path: Path, limits: Limits) -> TableRows:
    try:
        sheet = open_in_sandbox(
            path, layer=None, encoding=None, crs_is_said=False, limits=limits, table=True
        )
    except FileRefused as refused:
        raise refused.about(path.name) from None
    for column in sheet.columns:
        for row, why in column.unreadable.items():
            raise FileRefused(
                "cell_error",
                Message(f"“{column.name}”：{why.zh}", f"{column.name}: {why.en}"),
                Message("请改正单元格后重试", "mend the cell and try again"),
                feature=row + 1,
            ).about(path.name)
    names = [column.name for column in sheet.columns]
    cells = zip(*(column.values for column in sheet.columns), strict=True)
    return TableRows(names, [dict(zip(names, map(_shown, row), strict=True)) for row in cells])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_text(path, "UTF-8, GBK")


def _not_text(path: Path, why: str) -> FileRefused:
    return FileRefused(
        "not_text",
        Message(f"不是 UTF-8 或 GBK 的 CSV：{why}", f"it is no CSV in UTF-8 or GBK: {why}"),
        _REMEDY,
    ).about(path.name)
