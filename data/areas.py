"""Reporting areas (开发区, 流域, 林带 …) from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.cell_values import BadValueError
from data.days import day, moved_days
from data.errors import FileRefused, sentence
from data.headings import meant_columns, unread_columns
from data.layers.layers import cell_text, valid_shapes
from data.no_value import NoValues
from data.reading.features import read_features
from data.reading.limits import Limits
from data.row_problems import (
    RowProblem,
    inexact_cells,
    long_cells,
    of_column,
    unreadable_cells,
)
from gis.messages import Message

__all__ = ["AreaTable", "read_areas"]

WORDS: Final = ("code", "name", "kind", "unit", "valid_from", "valid_to")
_DAYS: Final = ("valid_from", "valid_to")


@dataclass(frozen=True)
class AreaTable:
    """The areas of one file."""

    rows: list[dict[str, Any]]
    """code, name, kind and unit as text or None, valid_from and valid_to as dates or None."""
    shapes: NDArray[np.object_]
    """Valid MultiPolygons on the 1e-9° grid; None where the shape has a problem."""
    problems: list[RowProblem] = field(default_factory=list)
    """Each forbids to store the file."""
    notes: list[Message] = field(default_factory=list)


def read_areas(  # noqa: PLR0913
    path: Path,
    fields: Mapping[str, str] | None = None,
    *,
    kind: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> AreaTable:
    """Read reporting areas from any file of polygons.

    Parameters
    ----------
    path
        Any file that `data.reading.features.read_features` reads.
    fields
        Our word to their column: ``{"name": "MC"}``. Common headings are known.
    kind
        Kind of the rows that name none.
    layer, crs, encoding, limits
        As in `data.reading.features.read_features`.

    Raises
    ------
    FileRefused
        As `read_features`, and ``unknown_field``, ``no_such_column``; ``empty`` without features.
    """
    features = read_features(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    frame = features.frame
    theirs = [str(name) for name in frame.columns if name != frame.geometry.name]
    try:
        columns = meant_columns("area", theirs, dict(fields or {}), WORDS)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    if not len(frame):
        words = Message("文件中没有要素", "the file has no feature")
        remedy = Message("请另选文件或图层", "choose another file or layer")
        raise FileRefused("empty", words, remedy).about(path.name)
    shapes, problems = valid_shapes(np.asarray(frame.geometry.array, dtype=object))
    cells = {
        word: list(frame[columns[word]]) if word in columns else [None] * len(frame)
        for word in WORDS
    }
    texts = {word: column for word, column in columns.items() if word not in _DAYS}
    problems += [*unreadable_cells(frame, texts), *inexact_cells(frame, texts)]
    problems += long_cells(frame, texts)
    left = unread_columns(theirs, columns.values())
    notes = [*features.notes, *map(sentence, left)]
    for word in _DAYS:
        notes += moved_days(columns[word], cells[word]) if word in columns else []
    rows = []
    none = NoValues()
    for word in WORDS[2:]:
        if word in columns:
            cells[word] = [
                None if none.takes(columns[word], number, value) else value
                for number, value in enumerate(cells[word], 1)
            ]
    notes += map(sentence, none.notes())
    for number in range(1, len(frame) + 1):
        row: dict[str, Any] = {
            word: cell_text(cells[word][number - 1]) for word in WORDS if word not in _DAYS
        }
        row["kind"] = row["kind"] or kind
        for word in _DAYS:
            value = cells[word][number - 1]
            try:
                row[word] = None if cell_text(value) is None else day(value)
            except BadValueError as wrong:
                words = of_column(columns[word], wrong.message)
                problems.append(RowProblem(number, wrong.code, word, words, columns[word]))
        rows.append(row)
    return AreaTable(rows, shapes, sorted(problems, key=_row), notes)


def _row(problem: RowProblem) -> int:
    return problem.row or 0
