"""Planting times that name a month and no day: kept as words in the note, where that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from data.row_problems import RowProblem
from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["MONTHS_REMEDY", "months_noted"]

MONTHS_REMEDY: Final = Message(
    "只知道月份时，可用 --months note 把月份记入备注、造林时间留空。",
    "Where only the month is known, --months note puts it into the note and leaves the day empty.",
)
_LABEL: Final = "造林时间"


def months_noted(
    table: pd.DataFrame,
    sources: Sequence[str],
    values: Mapping[str, list[object]],
    problems: list[RowProblem],
) -> tuple[list[object], list[Message]]:
    """The notes of all rows with the months that were no days, which are no problems any more.

    No day is made of a month: such a row has no day of planting, and counts in no figure by days.

    Parameters
    ----------
    table
        Columns of the file.
    sources
        Those that give the day of planting.
    values
        Properties by name; those that no row says may lack.
    problems
        Of the rows; ``month_only`` of the day of planting is taken out.

    Returns
    -------
    tuple
        The note of each row, and what is told of them: nothing where there was no month.
    """
    months = [entry for entry in problems if _is_month(entry)]
    notes = list(values.get("note") or [None] * len(table))
    for entry in months:
        row = (entry.row or 0) - 1
        written = str(table[entry.column or sources[0]].iloc[row]).strip()
        said = f"{_LABEL}：{written}"
        notes[row] = said if notes[row] is None else f"{notes[row]}；{said}"
    if not months:
        return notes, []
    problems[:] = [entry for entry in problems if not _is_month(entry)]
    where = row_list([entry.row or 0 for entry in months])
    words = Message(
        f"{where.zh}的造林时间只到年月，已记入备注，造林时间留空",
        f"{where.en}: the day of planting is a month only, which was put into the note; there is "
        "no day",
    )
    return notes, [words]


def _is_month(problem: RowProblem) -> bool:
    return problem.field == "planted_on" and problem.code == "month_only"
