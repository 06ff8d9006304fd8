"""Patrol zones from a file: no row is left out, each problem names its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import geopandas
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from data.cell_values import BadValueError
from data.days import day, moved_days
from data.districts.code_patterns import DISTRICT
from data.errors import FileRefused, printable_message, sentence
from data.headings import meant_columns, unread_columns
from data.no_value import NoValues
from data.plots.values import Parser, code_of, is_missing, text
from data.reading.features import read_features
from data.reading.limits import Limits
from data.row_problems import RowProblem, bad_rows, of_column
from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.messages import Message
from gis.polygons import as_multipolygon

__all__ = ["PROPERTIES", "ZoneTable", "read_zones", "zone_table"]

CODE_LETTERS: Final = 32
TEXT_LETTERS: Final = 200
_NEEDED: Final = ("code", "level")
_WORDS: Final = ("code", "name")
"""Their texts are taken as they are; another cell may say that it has no value."""


def _short(most: int, value: object) -> str:
    written = text(value)
    if len(written) > most:
        raise BadValueError(
            "too_long",
            Message(
                f"多于 {most} 个字，请缩短。",
                f"It has more than {most} characters; shorten it.",
            ),
        )
    return written


def _district(value: object) -> str:
    written = text(value)
    if not re.fullmatch(DISTRICT, written):
        raise BadValueError(
            "not_a_code",
            Message(
                f"“{written[:30]}”不是 6、9、12 或 15 位代码。",
                f"“{written[:30]}” is no code of 6, 9, 12 or 15 digits.",
            ),
        )
    return written


_words: Final[Callable[[object], str]] = partial(_short, TEXT_LETTERS)
_PARSERS: Final[dict[str, Parser]] = {
    "code": partial(_short, CODE_LETTERS),
    "name": _words,
    "level": partial(code_of, "zone_level"),
    "parent": partial(_short, CODE_LETTERS),
    "district": _district,
    "chief": _words,
    "chief_title": _words,
    "ranger": _words,
    "office": _words,
    "board": _words,
    "valid_from": day,
    "valid_to": day,
}
PROPERTIES: Final = tuple(_PARSERS)
"""Columns of a `ZoneTable` beside ``geometry``."""


class ZoneTable(NamedTuple):
    """Zones of one file under the names of the interface."""

    frame: geopandas.GeoDataFrame
    """One row for each row of the file, in its order: `PROPERTIES` and geometry (MultiPolygon on
    the grid, or None where it has a problem). What a row does not say, or says wrongly, is
    None; a zone without a name is called by its code."""
    problems: list[RowProblem]
    notes: list[Message]
    crs_name: str
    layer: str

    @property
    def bad_rows(self) -> set[int]:
        """Rows (from 1) with a problem; all of them when one concerns the whole file."""
        return bad_rows(self.problems, len(self.frame))


def read_zones(  # noqa: PLR0913 - what a command line may say of a file
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    defaults: Mapping[str, object] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> ZoneTable:
    """Read patrol zones from a file.

    Parameters
    ----------
    path, layer, crs, encoding, limits
        As in `data.reading.features.read_features`.
    fields
        Our word, one of `PROPERTIES`, to their column: ``{"ranger": "姓名"}``.
    defaults
        Our word to the value of rows that have none: ``{"level": "grid"}``.

    Returns
    -------
    ZoneTable
        Nothing is repaired and no row is left out. Whether zones overlap or leave their parent
        is asked of `data.patrol.zone_findings`, which may know zones of earlier files too.

    Raises
    ------
    FileRefused
        As `read_features`; and ``no_features``, ``unknown_field``, ``no_such_column``,
        ``bad_default``.
    """
    features = read_features(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    try:
        table = zone_table(features.frame, fields=fields or {}, defaults=defaults or {})
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    return table._replace(
        notes=[*features.notes, *table.notes], crs_name=features.crs_name, layer=features.layer
    )


def zone_table(
    features: geopandas.GeoDataFrame,
    *,
    fields: Mapping[str, str],
    defaults: Mapping[str, object],
) -> ZoneTable:
    """Bring a frame of any columns to the properties of zones; see `read_zones`.

    Examples
    --------
    >>> from shapely import box
    >>> frame = geopandas.GeoDataFrame(
    ...     {"网格号": ["N-01", "N-02"], "护林员": ["甲", None], "级别": ["网格", "片区"]},
    ...     geometry=[box(125, 43, 125.1, 43.1), box(125.2, 43, 125.3, 43.1)], crs=4490,
    ... )
    >>> table = zone_table(frame, fields={}, defaults={})
    >>> table.frame[["code", "name", "level", "ranger"]].values.tolist()
    [['N-01', 'N-01', 'grid', '甲'], ['N-02', 'N-02', None, None]]
    >>> [(problem.row, problem.field, problem.code) for problem in table.problems]
    [(2, 'level', 'unknown_code')]
    """
    if features.empty:
        what = Message("没有任何要素", "it holds no feature")
        raise FileRefused("no_features", what, Message("请检查导出的图层", "look at the layer"))
    theirs = [str(name) for name in features.columns.drop(features.geometry.name)]
    columns = meant_columns("zone", theirs, fields, PROPERTIES)
    filled = _defaults(defaults)
    problems: list[RowProblem] = []
    none = NoValues([columns[word] for word in _WORDS if word in columns])
    values = {
        name: list(_values(features, name, columns.get(name), filled.get(name), problems, none))
        for name in PROPERTIES
    }
    values["name"] = [a or b for a, b in zip(values["name"], values["code"], strict=True)]
    problems += [*_twice(values["code"]), *_reversed(values["valid_from"], values["valid_to"])]
    shapes = np.array([None] * len(features), dtype=object)
    for row, shape in enumerate(np.asarray(features.geometry.array, dtype=object)):
        shapes[row] = _shape(shape, row, problems)
    frame = geopandas.GeoDataFrame(
        pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in values.items()}),
        geometry=shapes,
        crs=CGCS2000,
    )
    problems.sort(key=lambda problem: problem.row or 0)
    left = unread_columns(theirs, columns.values())
    notes = [printable_message(sentence(note)) for note in (*left, *none.notes())]
    for name in ("valid_from", "valid_to"):
        if name in columns:
            notes += map(sentence, moved_days(columns[name], features[columns[name]].tolist()))
    return ZoneTable(frame, problems, notes, "", "")


def _defaults(defaults: Mapping[str, object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in defaults.items():
        if name not in _PARSERS:
            what = Message(f"责任区没有字段 {name!r}", f"a zone has no field {name!r}")
            remedy = Message(f"可用：{'、'.join(PROPERTIES)}", f"there are {', '.join(PROPERTIES)}")
            raise FileRefused("unknown_field", what, remedy)
        try:
            values[name] = None if is_missing(value) else _PARSERS[name](value)
        except BadValueError as refused:
            zh, en = refused.message
            what = Message(
                f"{name} 的默认值有误：{zh.rstrip('。')}",
                f"the default of {name} is wrong: {en.rstrip('.')}",
            )
            raise FileRefused("bad_default", what, Message("请改正", "mend it")) from refused
    return values


def _values(
    features: geopandas.GeoDataFrame,
    name: str,
    column: str | None,
    default: object,
    problems: list[RowProblem],
    none: NoValues,
) -> Iterator[object]:
    there = [None] * len(features) if column is None else features[column].tolist()
    if column is None and default is None and name in _NEEDED:
        problems.append(_no_column(name))
    for row, value in enumerate(there, 1):
        if not (is_missing(value) or (column is not None and none.takes(column, row, value))):
            yield _parsed(name, value, row, column, problems)
            continue
        if default is None and column is not None and name in _NEEDED:
            message = Message(
                f"{name} 为空，请补上。",
                f"{name} is empty; fill it in.",
            )
            problems.append(RowProblem(row, "missing", name, message, column))
        yield default


def _no_column(name: str) -> RowProblem:
    message = Message(
        f"文件没有 {name} 列，请用 --field {name}=列名 指定，或用 --set {name}=值。",
        f"No column gives {name}; name one by --field {name}=COLUMN, or --set {name}=VALUE.",
    )
    return RowProblem(None, "missing", name, message)


def _parsed(
    name: str, value: object, row: int, column: str | None, problems: list[RowProblem]
) -> object:
    try:
        return _PARSERS[name](value)
    except BadValueError as refused:
        said = refused.message if column is None else of_column(column, refused.message)
        problems.append(RowProblem(row, refused.code, name, printable_message(said), column))
        return None


def _twice(codes: list[object]) -> Iterator[RowProblem]:
    first: dict[object, int] = {}
    for row, code in enumerate(codes, 1):
        if code is not None and first.setdefault(code, row) != row:
            message = Message(
                f"编号 {code} 与第 {first[code]} 行相同，请改其中一个。",
                f"Code {code} stands in row {first[code]} too; change one.",
            )
            yield RowProblem(row, "duplicate_code", "code", printable_message(message))


def _reversed(begins: list[object], ends: list[object]) -> Iterator[RowProblem]:
    for row, (begin, end) in enumerate(zip(begins, ends, strict=True), 1):
        if isinstance(begin, date) and isinstance(end, date) and end < begin:
            message = Message(
                f"失效日期 {end} 早于生效日期 {begin}，请改正。",
                f"It ends on {end}, before it begins on {begin}; mend it.",
            )
            yield RowProblem(row, "dates_reversed", "valid_to", message)


def _shape(shape: object, row: int, problems: list[RowProblem]) -> BaseGeometry | None:
    try:
        return as_multipolygon(shape if isinstance(shape, BaseGeometry) else None)
    except GeometryError as error:
        problems.append(RowProblem(row + 1, error.code, "geometry", error.message, at=error.at))
        return None
