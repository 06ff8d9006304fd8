"""The sheets of a workbook from outside, opened in the restricted child process."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from data.errors import FileRefused
from data.reading.cells import SheetCells
from data.reading.csv_tables import csv_cells
from data.reading.limits import Limits
from data.reading.sandbox import cells_in_sandbox
from gis.messages import Message

__all__ = ["read_sheets"]

_TEXTS: Final = (".csv", ".tsv", ".txt")


def read_sheets(path: Path, limits: Limits) -> list[SheetCells]:
    """The sheets of a workbook from outside (.xlsx), or the one table of a CSV.

    Raises
    ------
    FileRefused
        Of a CSV as `data.reading.csv_tables.csv_cells`; ``not_a_workbook``, ``zip_too_big`` …,
        ``too_many_cells``, ``file_damaged``, ``too_slow``, ``too_big``.
    TemporaryDiskFull
        There is no room for what is read.
    """
    if path.suffix.lower() in _TEXTS and not zipfile.is_zipfile(path):
        try:
            return [SheetCells(path.stem, csv_cells(path, limits).rows, [])]
        except FileRefused as refused:
            raise refused.about(path.name) from refused.__cause__
    if not zipfile.is_zipfile(path):
        raise FileRefused(
            "not_a_workbook",
            Message("不是 Excel 工作簿（.xlsx）", "it is no workbook of Excel (.xlsx)"),
            Message("请另存为 .xlsx", "save it as .xlsx"),
        ).about(path.name)
    _refuse_bomb(path, limits)
    try:
        answer = cells_in_sandbox(path, replace(limits, seconds=min(limits.seconds, 60)))
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    return [
        SheetCells(
            sheet["name"],
            sheet["rows"],
            [((first[0], first[1]), (last[0], last[1])) for first, last in sheet["merged"]],
            sheet["is_hidden"],
            frozenset(sheet["hidden_rows"]),
            frozenset(sheet["hidden_columns"]),
        )
        for sheet in answer
    ]


def _refuse_bomb(path: Path, limits: Limits) -> None:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        inflated = sum(info.file_size for info in infos)
    packed = path.stat().st_size
    too_many = len(infos) > limits.entries
    if too_many or inflated > limits.ratio_from_bytes or inflated > max(packed, 1) * limits.ratio:
        raise FileRefused(
            "zip_too_big",
            Message(
                f"工作簿解开后有 {inflated} 字节、{len(infos)} 个部分，太大",
                f"the workbook inflates to {inflated} bytes in {len(infos)} parts: too large",
            ),
            Message("请只保留任务表另存", "save the task table alone"),
        ).about(path.name)
