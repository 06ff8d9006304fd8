"""Planting plots from a file: no row is left out, each problem names its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.cell_values import BadValueError, Unreadable, refuse_unreadable
from data.days import moved_days
from data.errors import FileRefused, sentence
from data.no_value import NoValues
from data.packed_shapes import PackedShapes
from data.plots.columns import IN_UNITS, Columns, assign
from data.plots.drawn_ground import drawn_ground, drawn_notes
from data.plots.months import MONTHS_REMEDY, months_noted
from data.plots.parsers import NEEDED, PARSERS
from data.plots.place import join_codes
from data.plots.plot_table import PROPERTIES, PlotTable
from data.plots.values import is_missing, says_none, without_unit
from data.reading.features import read_packed
from data.reading.limits import Limits
from data.row_problems import RowProblem, of_column
from data.schemas import schema
from data.text_cleaning import few, row_list
from gis.grid import grid_change
from gis.many_polygons import as_multipolygons
from gis.messages import Message
from gis.outlines import outline

__all__ = [
    "PROPERTIES",
    "PlotTable",
    "packed_plots",
    "plot_table",
    "read_defaults",
    "read_plots",
]

_DISTINCT: Final = 10_000
"""So many values of a column are remembered."""
_COMPARED: Final = frozenset(
    [
        *("stage", "kind", "year", "name", "plot_no", "planted_on"),
        *("compartment_no", "subcompartment_no", "town", "village"),
    ]
)
"""Properties whose columns, where there are several, are compared."""
_OUTLINES: Final = 10_000
"""Of so many rows at most the outline is kept."""


def read_plots(  # noqa: PLR0913 - what a command line may say of a file
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    defaults: Mapping[str, object] | None = None,
    months_in_note: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> PlotTable:
    """Read planting plots from a file.

    Parameters
    ----------
    path, layer, crs, encoding, limits
        As in `data.reading.features.read_features`.
    fields
        Property, word of `data.plots.columns.IN_UNITS` (``declared_mu``) or official field, to
        the file's column: ``{"kind": "类型", "xiao_ban": "XBH"}``.
    defaults
        Property to the value of rows that have none: ``{"stage": "planned"}``.
    months_in_note
        Whether a day of planting that is a month only goes into the note; else it is a problem.

    Returns
    -------
    PlotTable
        Nothing is repaired and no row is left out.

    Raises
    ------
    FileRefused
        As `read_features`; and ``no_features``, ``unknown_field``, ``no_such_column``,
        ``bad_default``.
    """
    features = read_packed(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    try:
        table = packed_plots(
            features.table,
            features.shapes,
            fields=fields or {},
            defaults=defaults or {},
            months_in_note=months_in_note,
        )
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    return replace(
        table,
        notes=[*features.notes, *table.notes],
        crs_name=features.crs_name,
        layer=features.layer,
    )


def plot_table(
    features: geopandas.GeoDataFrame,
    *,
    fields: Mapping[str, str],
    defaults: Mapping[str, object],
    months_in_note: bool = False,
) -> PlotTable:
    """Bring a frame of any columns to the properties of plots; see `read_plots`.

    Examples
    --------
    >>> from shapely import box
    >>> frame = geopandas.GeoDataFrame(
    ...     {"造林类型": ["人工造林", "种树"], "面积（亩）": [15, 30]},
    ...     geometry=[box(125, 43, 125.1, 43.1), box(125.2, 43, 125.3, 43.1)], crs=4490,
    ... )
    >>> table = plot_table(frame, fields={}, defaults={"stage": "planned", "year": 2026})
    >>> table.frame[["stage", "kind", "year", "declared_m2"]].values.tolist()
    [['planned', 'RGZL', 2026, 10000.0], ['planned', None, 2026, 20000.0]]
    >>> [(problem.row, problem.field, problem.code) for problem in table.problems]
    [(2, 'kind', 'unknown_code')]
    """
    shapes = np.array(features.geometry.array, dtype=object)
    table = pd.DataFrame(features.drop(columns=features.geometry.name))
    packed = PackedShapes.of(shapes)
    return packed_plots(
        table, packed, fields=fields, defaults=defaults, months_in_note=months_in_note
    )


def packed_plots(
    features: pd.DataFrame,
    shapes: PackedShapes,
    *,
    fields: Mapping[str, str],
    defaults: Mapping[str, object],
    months_in_note: bool = False,
) -> PlotTable:
    """As `plot_table`, of columns and shapes apart, of which few are in memory at once."""
    if not len(shapes):
        what = Message("没有任何要素", "it holds no feature")
        raise FileRefused("no_features", what, Message("请检查导出的图层", "look at the layer"))
    columns = assign([str(name) for name in features.columns], fields)
    joined, messages = join_codes(features, columns)
    problems: list[RowProblem] = []
    table = _Properties(joined, columns, read_defaults(defaults), problems)
    values: dict[str, list[object]] = {}
    for name in PROPERTIES:
        column = table.extra() if name == "extra" else table.column(name)
        if any(value is not None for value in column):
            values[name] = column
    leftover = features[columns.leftover]
    notes = [
        *_column_notes(columns),
        *table.none.notes(),
        *table.contradictions,
        *_misfits(features, columns),
    ]
    planted = columns.taken.get("planted_on", [])
    for name in planted:
        notes += moved_days(name, features[name].tolist())
    if months_in_note:
        noted, about = months_noted(features, planted, values, problems)
        values |= {"note": noted} if about else {}
        notes += about
    outlines: dict[int, shapely.MultiLineString] = {}
    drawn, told = _shapes(shapes, problems, outlines)
    problems.sort(key=lambda problem: problem.row or 0)
    words = [sentence(note) for note in (*messages, *notes, *told)]
    return PlotTable(values, drawn, problems, leftover, words, outlines=outlines)


class _Read:
    """What values of a column were read as: codes and years come again in row after row."""

    def __init__(self) -> None:
        self._known: dict[tuple[type, object], object] = {}

    def get(self, value: object) -> object:
        """What it was read as; None for one that did not come, or was a fault."""
        return self._known.get((type(value), value)) if isinstance(value, str | int) else None

    def keep(self, value: object, parsed: object) -> object:
        """Note what a value was read as, where rows may share it."""
        few = len(self._known) < _DISTINCT
        if few and isinstance(value, str | int) and isinstance(parsed, str | int | float):
            self._known[type(value), value] = parsed
        return parsed


class _Properties:
    """Columns of values, read one property at a time."""

    def __init__(
        self,
        features: geopandas.GeoDataFrame,
        columns: Columns,
        defaults: Mapping[str, object],
        problems: list[RowProblem],
    ) -> None:
        self._features = features
        self._columns = columns
        self._defaults = defaults
        self._problems = problems
        self.none = NoValues()
        """Cells that say that there is no value."""
        self.contradictions: list[Message] = []
        """Columns of one property that say different things of a row."""

    def column(self, name: str) -> list[object]:
        """All values of a property; what cannot be read is a problem and None."""
        sources = list(self._sources(name))
        values: list[object] = [None] * len(self._features)
        failed: set[int] = set()
        first_of: dict[int, str] = {}
        for column, factor in sources:
            read = _Read()
            other: dict[str, list[int]] = {}
            for row, value in enumerate(self._features[column].tolist()):
                if row in first_of and self._differs(name, value, values[row], read):
                    other.setdefault(first_of[row], []).append(row + 1)
                if values[row] is None and row not in failed:
                    if (known := read.get(value)) is not None:
                        values[row] = known
                        continue
                    if _is_empty(name, value):
                        continue
                    if says_none(name, value) and self.none.takes(column, row + 1, value):
                        continue
                    values[row] = read.keep(value, self._parsed(name, value, factor, row, column))
                    if values[row] is None:
                        failed.add(row)
            self.contradictions += _contradictions(name, column, other)
            if len(sources) > 1 and name in _COMPARED:
                taken = {row: column for row, value in enumerate(values) if value is not None}
                first_of = taken | first_of
        return self._filled(name, values, failed, [column for column, _ in sources])

    def _differs(self, name: str, value: object, taken: object, read: _Read) -> bool:
        """Whether a further column of a property says something else of a row."""
        if _is_empty(name, value) or says_none(name, value):
            return False
        if (known := read.get(value)) is None:
            try:
                known = read.keep(value, PARSERS[name](value))
            except BadValueError:  # it is not used, so it need not be read
                return False
        return known != taken

    def _sources(self, name: str) -> Iterator[tuple[str, float]]:
        for column in self._columns.taken.get(name, []):
            yield column, 1.0
        for word, (meant, factor, _unit) in IN_UNITS.items():
            if meant == name:
                for column in self._columns.taken.get(word, []):
                    yield column, factor

    def _parsed(self, name: str, value: object, factor: float, row: int, column: str) -> object:
        try:
            parsed = PARSERS[name](without_unit(name, value, factor))
        except BadValueError as refused:
            said = of_column(column, refused.message)
            if name == "planted_on" and refused.code == "month_only":
                said = Message(*(f"{a} {b}" for a, b in zip(said, MONTHS_REMEDY, strict=True)))
            self._problems.append(RowProblem(row + 1, refused.code, name, said, column))
            return None
        return parsed * factor if isinstance(parsed, float) else parsed

    def _is_lost(self, value: object, row: int, name: str, column: str) -> bool:
        """Whether a cell of an official field cannot be read, which is then a problem."""
        try:
            refuse_unreadable(value)
        except BadValueError as refused:
            said = of_column(column, refused.message)
            self._problems.append(RowProblem(row + 1, refused.code, name, said, column))
            return True
        return False

    def _filled(
        self, name: str, values: list[object], failed: set[int], sources: list[str]
    ) -> list[object]:
        default = self._defaults.get(name)
        empty = [row for row, value in enumerate(values) if value is None and row not in failed]
        if default is not None:
            for row in empty:
                values[row] = default
        elif name in NEEDED and empty:
            self._problems.extend(_missing(name, empty, sources))
        return values

    def extra(self) -> list[object]:
        """Official fields without a property, by schema, and an ``extra`` column of the file."""
        rows: list[dict[str, Any] | None] = [
            deepcopy(value) if isinstance(value, dict) else None for value in self.column("extra")
        ]
        for (schema_name, name), column in self._columns.extra.items():
            for number, value in enumerate(self._features[column].tolist()):
                if not _is_empty(name, value) and not self._is_lost(value, number, name, column):
                    plain_value = value.isoformat() if isinstance(value, date) else value
                    row = rows[number]
                    if row is None:
                        row = rows[number] = {}
                    row.setdefault(schema_name, {})[name] = plain_value
        return list(rows)


def _contradictions(
    name: str, column: str, other: Mapping[str, Sequence[int]]
) -> Iterator[Message]:
    for first, rows in other.items():
        where = row_list(rows)
        yield Message(
            f"列 {first} 与 {column} 都是 {name}，{where.zh}的值不同，取了 {first}；若不对请用 "
            f"--field {name}=列名 指定",
            f"columns {first} and {column} are both {name} and differ in {where.en}: {first} was "
            f"taken; if that is wrong, name the column by --field {name}=COLUMN",
        )


def _is_empty(name: str, value: object) -> bool:
    """Whether a cell has no value; the reader tells asterisks, which are none if none is needed."""
    if isinstance(value, Unreadable) and value.is_asterisks:
        return name not in NEEDED
    return is_missing(value)


def _missing(name: str, rows: list[int], sources: list[str]) -> Iterator[RowProblem]:
    if not sources:
        message = Message(
            f"文件没有 {name} 列，请用 --field {name}=列名 指定。",
            f"No column gives {name}; name one by --field {name}=COLUMN.",
        )
        yield RowProblem(None, "missing", name, message)
        return
    for row in rows:
        message = Message(
            f"{name} 为空，请补上。",
            f"{name} is empty; fill it in.",
        )
        yield RowProblem(row + 1, "missing", name, message, sources[0])


def read_defaults(defaults: Mapping[str, object]) -> dict[str, object]:
    """What rows without a value of their own get, read as a value of a file is; None where empty.

    Raises
    ------
    FileRefused
        ``unknown_field`` or ``bad_default``.

    Examples
    --------
    >>> read_defaults({"year": "2026", "name": ""})
    {'year': 2026, 'name': None}
    """
    values: dict[str, object] = {}
    for name, value in defaults.items():
        if name not in PARSERS:
            what = Message(f"图斑没有字段 {name!r}", f"a plot has no field {name!r}")
            remedy = Message(f"可用 {'、'.join(PROPERTIES)}", f"use {', '.join(PROPERTIES)}")
            raise FileRefused("unknown_field", what, remedy)
        try:
            values[name] = None if is_missing(value) else PARSERS[name](value)
        except BadValueError as refused:
            zh, en = refused.message
            what = Message(
                f"{name} 的默认值有误：{zh.rstrip('。')}",
                f"the default of {name} is wrong: {en.rstrip('.')}",
            )
            remedy = Message("请改正", "mend it")
            raise FileRefused("bad_default", what, remedy) from refused
    return values


def _shapes(
    shapes: PackedShapes,
    problems: list[RowProblem],
    outlines: dict[int, shapely.MultiLineString],
) -> tuple[PackedShapes, list[Message]]:
    """MultiPolygons, and what is told of them; outlines by row (from 1) of what gave none."""
    closed: list[int] = []
    collected: list[int] = []
    changed: list[int] = []

    def as_plots(some: NDArray[np.object_], first: int) -> NDArray[np.object_]:
        ground = drawn_ground(some)
        before = ground.shapes
        after, errors = as_multipolygons(before)
        problems.extend(
            RowProblem(first + row + 1, error.code, "geometry", error.message, at=error.at)
            for row, error in errors.items()
        )
        for row in errors:
            if len(outlines) < _OUTLINES and (lines := outline(before[row])) is not None:
                outlines[first + row + 1] = lines
        closed.extend(first + row for row in ground.closed)
        collected.extend(first + row for row in ground.collected)
        changed.extend(first + row + 1 for row in _changed_rows(before, after))
        return after

    there = shapes.changed(as_plots)
    return there, [*drawn_notes(closed, collected), *_grid_notes(changed)]


def _changed_rows(before: NDArray[np.object_], after: NDArray[np.object_]) -> list[int]:
    # The grid moves a vertex by 0.05 mm: larger changes come only from dropped vertices.
    fewer = shapely.get_num_coordinates(before) != shapely.get_num_coordinates(after)
    return [
        row
        for row in np.flatnonzero(fewer & ~shapely.is_missing(after)).tolist()
        if grid_change(before[row], after[row]).worth_reporting
    ]


def _grid_notes(changed: list[int]) -> Iterator[Message]:
    if changed:
        rows = row_list(changed)
        yield Message(
            f"{rows.zh}落到 1e-9° 网格后形状改变超过 0.1 m 或 0.01 m²",
            f"{rows.en}: the 1e-9° grid changed the shape by more than 0.1 m or 0.01 m²",
        )


def _misfits(features: geopandas.GeoDataFrame, columns: Columns) -> Iterator[Message]:
    """Official values that do not fit the fields of an official file; they are stored unchanged."""
    for (schema_name, name), column in columns.extra.items():
        values = [None if _is_empty(name, value) else value for value in features[column].tolist()]
        rows: dict[Message, list[int]] = {}
        for misfit in schema(schema_name).check_columns({name: values}):
            rows.setdefault(misfit.message, []).append(misfit.row or 0)
        for message, at in list(rows.items())[:3]:
            zh, en = message
            where = row_list(at)
            yield Message(
                f"列 {column} {where.zh}放不进 {schema_name} 的字段 {name}：{zh.rstrip('。')}",
                f"column {column}, {where.en} do not fit {name} of {schema_name}: {en.rstrip('.')}",
            )


def _column_notes(columns: Columns) -> Iterator[Message]:
    for word, (name, _factor, unit) in IN_UNITS.items():
        for column in columns.taken.get(word, []):
            yield Message(
                f"列 {column} 按{unit.zh}换算为 {name}",
                f"column {column} was read in {unit.en} as {name}",
            )
    if columns.ignored:
        shown = "、".join(columns.ignored)
        yield Message(
            f"由系统给出、不从文件读取的列：{shown}", f"not taken, for we give them: {shown}"
        )
    if columns.leftover:
        shown = few(columns.leftover)
        yield Message(
            f"未识别的列：{shown}；需要时用 --field 指定",
            f"columns that are not known: {shown}; name them by --field where they are wanted",
        )
