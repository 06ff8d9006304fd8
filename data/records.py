"""Records of a register from a file: what its columns mean, and what is wrong with its shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, NamedTuple

from shapely.geometry.base import BaseGeometry

from data.cell_values import BadValueError, Unreadable, without_thousands
from data.codes import UnknownCodeError, code_list
from data.days import day, moved_days
from data.errors import FileRefused, sentence
from data.headings import plain_heading, refuse_unknown_columns
from data.layers.layers import cell_text
from data.no_value import NoValues, is_no_value
from data.reading.features import read_rows
from data.reading.limits import Limits
from data.row_problems import (
    RowProblem,
    inexact_cells,
    long_cells,
    of_column,
    unreadable_cells,
)
from data.text_cleaning import few
from data.timestamps import moment
from gis.errors import GeometryError
from gis.messages import Message
from gis.shapes import Shape, ShapeKind, as_shape

__all__ = ["FieldWords", "RecordRow", "RecordTable", "read_records"]

# What every record says, and how files call it.
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("名称", "记录名称"),
    "number": ("编号",),
    "state": ("状态",),
    "on_day": ("办理日期", "登记日期"),
    "deadline": ("期限", "截止日期"),
    "district": ("行政区", "行政区代码", "县", "county", "区划代码"),
    "zone": ("责任区", "责任区代码"),
    "unit": ("责任单位", "单位"),
    "plan": ("计划",),
    "note": ("备注", "说明"),
}
_DAYS: Final = ("on_day", "deadline")
_WORDS: Final = ("name", "note")
_MONTH: Final = re.compile(r"(\d{4})(?:[-/年](\d{1,2})|\.(\d{2})|(\d{2}))月?份?")
_LETTERS: Final = {"number": 64, "note": 5_000}


class FieldWords(NamedTuple):
    """A field of a register: its name, its labels in both languages, and what it holds."""

    name: str
    label_zh: str
    label_en: str
    type: str = "text"
    """``text long integer number boolean date month moment code``."""
    list: str | None = None
    """Of a code."""


class RecordRow(NamedTuple):
    """A row of a file: what every record says, the values of the fields, and its shape."""

    said: dict[str, Any]
    values: dict[str, Any]
    kind: ShapeKind | None
    shape: Shape | None


@dataclass(frozen=True)
class RecordTable:
    """The records of one file."""

    rows: list[RecordRow]
    problems: list[RowProblem] = field(default_factory=list)
    """Each forbids to store the file."""
    notes: list[Message] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column of the file is which property."""


def read_records(  # noqa: PLR0913
    path: Path,
    register: list[FieldWords],
    fields: Mapping[str, str] | None = None,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> RecordTable:
    """Read records from any file of features, or from a table with or without places.

    Parameters
    ----------
    path
        Any file that `data.reading.features.read_rows` reads.
    register
        The fields of the register: columns are known by their names and labels.
    fields
        Our word to their column: ``{"name": "MC"}``.
    layer, crs, encoding, limits
        As in `data.reading.features.read_features`.

    Raises
    ------
    FileRefused
        As `read_features`, and ``unknown_field``, ``no_such_column``; ``empty`` without rows.
    """
    features = read_rows(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    frame = features.frame
    theirs = [str(name) for name in frame.columns if name != frame.geometry.name]
    try:
        columns = _columns(theirs, register, dict(fields or {}))
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    if not len(frame):
        words = Message("文件中没有记录", "the file has no record")
        remedy = Message("请另选文件或图层", "choose another file or layer")
        raise FileRefused("empty", words, remedy).about(path.name)
    problems = list(unreadable_cells(frame, columns))
    known = {one.name: one for one in register}
    problems += inexact_cells(frame, _of_texts(columns, known))
    said_in = {word: column for word, column in columns.items() if word in _HEADINGS}
    problems += long_cells(frame, said_in, _LETTERS)
    left_out = [name for name in theirs if name not in columns.values()]
    notes = list(features.notes)
    if left_out:
        listed = few(left_out)
        notes.append(Message(f"未使用的列：{listed}", f"columns that were not used: {listed}"))
    rows = []
    none = NoValues()
    cells = {
        word: [
            None
            if _says_none(known.get(word), word, value) and none.takes(column, row, value)
            else value
            for row, value in enumerate(frame[column], 1)
        ]
        for word, column in columns.items()
    }
    notes += map(sentence, none.notes())
    for index, drawn in enumerate(frame.geometry.array):
        said: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for word, column in cells.items():
            value = column[index]
            if word in _DAYS:
                said[word] = _day(value, index + 1, word, columns[word], problems)
            elif word in _HEADINGS:
                said[word] = cell_text(value)
            else:
                values[word] = _of_field(known[word], _plain(value))
        kind, shape = _shape(drawn, index + 1, problems)
        rows.append(RecordRow(said, values, kind, shape))
    for word in _DAYS:
        notes += moved_days(columns[word], cells[word]) if word in columns else []
    return RecordTable(rows, problems, notes, columns)


def _of_texts(columns: Mapping[str, str], register: Mapping[str, FieldWords]) -> dict[str, str]:
    """The columns (property to column) whose cells are texts, where a number may have come."""
    return {
        word: column
        for word, column in columns.items()
        if word not in _DAYS and (word not in register or register[word].type in ("text", "long"))
    }


def _says_none(of: FieldWords | None, word: str, value: object) -> bool:
    """Whether a cell says that it holds no value, where its field takes no such text."""
    if not is_no_value(value):
        return False
    if of is None:
        return word not in _WORDS
    if of.list is not None:
        return not _is_listed(of.list, str(value))
    return of.type not in ("text", "long", "boolean")


def _is_listed(name: str, word: str) -> bool:
    try:
        code_list(name).find(word.strip())
    except UnknownCodeError:
        return False
    return True


def _of_field(of: FieldWords, value: Any) -> Any:
    """A value as its field is written: what people write of a time, a month, a number."""
    if not isinstance(value, str):
        return value
    match of.type:
        case "integer" | "number":
            return without_thousands(value)
        case "month" if (found := _MONTH.fullmatch(value)) is not None:
            year, month = (part for part in found.groups() if part is not None)
            return f"{year}-{month:0>2}"
        case "moment":
            try:
                at = moment(value)
            except ValueError:  # refused with its row where the field is known
                return value
            return value if at is None else at.isoformat()
    return value


def _columns(
    theirs: list[str], register: list[FieldWords], fields: dict[str, str]
) -> dict[str, str]:
    known = {word: name for name, words in _HEADINGS.items() for word in (name, *words)}
    for one in register:
        for word in (one.label_en, one.label_zh, one.name):
            known[plain_heading(word)] = one.name
    names = {*_HEADINGS, *(one.name for one in register)}
    for word in fields:
        if word not in names:
            what = Message(f"没有字段 {word!r}", f"there is no field {word!r}")
            listed = sorted(names)
            remedy = Message(f"可用：{'、'.join(listed)}", f"there are {', '.join(listed)}")
            raise FileRefused("unknown_field", what, remedy)
    refuse_unknown_columns(fields, theirs)
    columns = dict(fields)
    for column in theirs:
        meant = known.get(plain_heading(column))
        if meant is not None and column not in fields.values():
            columns.setdefault(meant, column)
    return columns


def _day(
    value: object, row: int, word: str, column: str, problems: list[RowProblem]
) -> date | None:
    if isinstance(value, Unreadable) or cell_text(value) is None:
        return None  # an unreadable cell is told with the others
    try:
        return day(value)
    except BadValueError as refused:
        words = of_column(column, refused.message)
        problems.append(RowProblem(row, refused.code, word, words, column))
        return None


def _plain(value: Any) -> Any:
    """A cell as a value of JSON; None for an empty one."""
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124 - NaT
            return None
        # With a time and a zone it is a day of Beijing, which is not always the one it writes.
        whole = value.tzinfo is None and value.time() == time()
        return value.date().isoformat() if whole else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return value
    text = "" if value is None or value != value else str(value).strip()  # noqa: PLR0124 - NaN
    if isinstance(value, float):
        text = text.removesuffix(".0")
    return text if text not in ("", "<NA>", "NaT") else None


def _shape(
    drawn: BaseGeometry | None, row: int, problems: list[RowProblem]
) -> tuple[ShapeKind | None, Shape | None]:
    if drawn is None or drawn.is_empty:
        return None, None
    try:
        return as_shape(drawn)
    except GeometryError as error:
        problems.append(RowProblem(row, error.code, "geometry", error.message, at=error.at))
        return None, None
