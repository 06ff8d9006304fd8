"""The problems of a lake as a table for a spreadsheet, written as they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas as pd

from data.lake.checking import Found
from data.writing.atomic import in_place
from data.writing.csv import append_csv

_AT_ONCE: Final = 1_000
_HEADS: Final = (
    "county",
    "plot_id",
    "plot_no",
    "code",
    "severity",
    "message_zh",
    "message_en",
    "lon",
    "lat",
    "area_m2",
    "other_id",
    "other",
)


@contextmanager
def problem_table(path: Path | None) -> Iterator[Callable[[Found], None]]:
    """Takes problems one by one; the file has its name when the block ends. None keeps nothing.

    Raises
    ------
    ExportRefused
        ``cannot_write``.
    """
    if path is None:
        yield lambda _found: None
        return
    with in_place(path) as (_folder, target):
        waiting: list[Found] = []

        def write() -> None:
            rows = pd.DataFrame([_row(found) for found in waiting], columns=list(_HEADS))
            append_csv(rows, target)
            waiting.clear()

        def tell(found: Found) -> None:
            waiting.append(found)
            if len(waiting) >= _AT_ONCE:
                write()

        yield tell
        write()


def _row(found: Found) -> tuple[object, ...]:
    told = found.problem
    lon, lat = told.at or (None, None)
    return (
        found.county,
        found.plot,
        found.plot_no,
        told.code,
        told.severity,
        told.message.zh,
        told.message.en,
        lon,
        lat,
        told.area_m2,
        found.other,
        told.other,
    )
