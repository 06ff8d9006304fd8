"""Features of a layer (永久基本农田, 三调 …) from a file, and what is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.errors import FileRefused, sentence
from data.headings import meant_columns, unread_columns
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
from data.slices import slices
from data.text_cleaning import few
from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.grid import on_grid
from gis.messages import Message
from gis.overlaps import overlaps
from gis.polygons import as_multipolygon
from gis.verdicts.ground import common_ground
from gis.verdicts.limits import LIMITS

__all__ = [
    "LayerTable",
    "cell_text",
    "layer_table",
    "missing_classes",
    "read_layer",
    "valid_shapes",
]

WORDS: Final = ("code", "name", "class")
_POLYGONAL: Final = (3, 6)
# Overlaps that are told one by one; a file on top of itself has as many as features.
MAX_OVERLAPS: Final = 200


@dataclass(frozen=True)
class LayerTable:
    """All features of one file."""

    frame: geopandas.GeoDataFrame
    """code, name, class (text or None), geometry: valid MultiPolygons on the 1e-9° grid, None where
    a feature has a problem."""
    problems: list[RowProblem] = field(default_factory=list)
    """Each forbids to store the file."""
    notes: list[Message] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column of the file is which property."""
    declared: str | None = None
    """Reference system in the file's own words."""

    def hash(self) -> str:
        """SHA-256 of codes, names, classes and shapes: equal for files of equal content.

        Examples
        --------
        >>> from shapely import box
        >>> frame = geopandas.GeoDataFrame({"DLBM": ["0101"]}, geometry=[box(126, 43, 127, 44)])
        >>> layer_table(frame.set_crs(4490)).hash() == layer_table(frame.set_crs(4490)).hash()
        True
        """
        digest = hashlib.sha256()
        table = self.frame
        for code, name, cls, wkb in zip(
            table["code"], table["name"], table["class"], table.geometry.to_wkb(), strict=True
        ):
            digest.update(repr((code, name, cls)).encode())
            digest.update(wkb or b"")
        return digest.hexdigest()


def read_layer(
    path: Path,
    fields: Mapping[str, str] | None = None,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> LayerTable:
    """Read the features of a layer from a file.

    Parameters
    ----------
    path
        Any file that `data.reading.features.read_features` reads.
    fields
        Our word to their column: ``{"class": "DLBM"}``. Words: code, name, class. Common headings
        are known.
    layer, crs, encoding, limits
        As in `data.reading.features.read_features`.

    Raises
    ------
    FileRefused
        As `read_features`, and ``unknown_field``, ``no_such_column``.
    """
    features = read_features(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    try:
        table = layer_table(features.frame, fields)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    notes = [*features.notes, *table.notes]
    return LayerTable(table.frame, table.problems, notes, table.columns, features.declared)


def layer_table(
    features: geopandas.GeoDataFrame, fields: Mapping[str, str] | None = None
) -> LayerTable:
    """The features of a file as features of a layer.

    Parameters
    ----------
    features
        Their columns, polygons in degrees of CGCS2000.
    fields
        Our word to their column.

    Examples
    --------
    >>> from shapely import box
    >>> shapes = [box(126, 43, 126.01, 43.01), box(126.005, 43, 126.02, 43.01)]
    >>> table = layer_table(
    ...     geopandas.GeoDataFrame({"地类编码": ["0101", "0103"]}, geometry=shapes, crs=4490)
    ... )
    >>> table.frame["class"].tolist(), [(problem.row, problem.code) for problem in table.problems]
    (['0101', '0103'], [(2, 'overlap')])
    """
    theirs = [str(name) for name in features.columns if name != features.geometry.name]
    columns = meant_columns("layer", theirs, dict(fields or {}), WORDS)
    shapes, problems = valid_shapes(np.asarray(features.geometry.array, dtype=object))
    problems += _overlaps(shapes)
    problems += [*unreadable_cells(features, columns), *inexact_cells(features, columns)]
    problems += long_cells(features, columns)
    none = NoValues([columns["name"]] if "name" in columns else [])
    table = {
        word: [
            None if none.takes(columns[word], row, value) else cell_text(value)
            for row, value in enumerate(features[columns[word]], 1)
        ]
        if word in columns
        else [None] * len(features)
        for word in WORDS
    }
    frame = geopandas.GeoDataFrame(
        {word: pd.Series(values, dtype=object) for word, values in table.items()},
        geometry=shapes,
        crs=CGCS2000,
    )
    left = unread_columns(theirs, columns.values())
    notes = [sentence(note) for note in (*left, *none.notes())]
    ordered = sorted(problems, key=lambda told: told.row or 0)
    return LayerTable(frame, ordered, notes, columns)


def missing_classes(table: LayerTable, wanted: Collection[str]) -> list[RowProblem]:
    """Why a rule that names classes cannot look at the file: ``no_class_column``, or ``lost_zero``
    of a row whose class is one of them without its first zero, as spreadsheets cut it.

    Examples
    --------
    >>> from shapely import box
    >>> frame = geopandas.GeoDataFrame({"x": [1]}, geometry=[box(126, 43, 127, 44)], crs=4490)
    >>> [problem.code for problem in missing_classes(layer_table(frame), ["0101"])]
    ['no_class_column']
    """
    if not wanted:
        return []
    if "class" in table.columns:
        return list(_without_zero(table, wanted))
    shown = few(sorted(wanted), 5)
    return [
        RowProblem(
            None,
            "no_class_column",
            "class",
            Message(
                f"该图层的规则只看类别 {shown}，但文件没有类别列；请用 --field class=列名 指定，"
                "或换一个带类别列的文件",
                f"the rule of this layer looks at the classes {shown}, and the file has no column "
                "of classes: name it by --field class=COLUMN, or send a file that has one",
            ),
        )
    ]


def _without_zero(table: LayerTable, wanted: Collection[str]) -> Iterator[RowProblem]:
    longest = max(map(len, wanted))
    for row, cls in enumerate(table.frame["class"].tolist(), 1):
        if cls is None or cls in wanted or len(cls) >= longest:
            continue
        whole = next((n for n in range(len(cls) + 1, longest + 1) if cls.zfill(n) in wanted), None)
        if whole is None:
            continue
        column = table.columns["class"]
        words = Message(
            f"类别 {cls} 前面少了 0（规则看的是 {cls.zfill(whole)}），请把该列改为文本、"
            "补上 0 后重新导出",
            f"the class {cls} lacks its first 0 (the rule looks at {cls.zfill(whole)}): make the "
            "column text, put the 0 back and export the file again",
        )
        yield RowProblem(row, "lost_zero", "class", of_column(column, words), column)


def valid_shapes(raw: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[RowProblem]]:
    """Valid MultiPolygons on the grid, and what is wrong with the others.

    They are made some at a time: what one step makes is not there for all rows at once.
    """
    shapes = np.full(len(raw), None, dtype=object)
    problems: list[RowProblem] = []
    for some in slices(len(raw)):
        shapes[some] = _on_grid(raw[some])
        there = shapes[some]
        wrong = np.flatnonzero(shapely.is_empty(there) | ~shapely.is_geometry(there))
        for row in (some.start + wrong).tolist():
            shapes[row] = None
            problems += _fault(raw[row], row + 1)
    return shapes, problems


def _on_grid(raw: NDArray[np.object_]) -> NDArray[np.object_]:
    """The valid ones among some shapes as MultiPolygons on the grid; None for the others."""
    flat = shapely.force_2d(raw)
    sound = np.isin(shapely.get_type_id(flat), _POLYGONAL) & ~shapely.is_empty(flat)
    west, south, east, north = shapely.bounds(flat).reshape(-1, 4).T
    with np.errstate(invalid="ignore"):
        sound &= (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    sound[sound] = shapely.is_valid(flat[sound])
    shapes = np.full(len(raw), None, dtype=object)
    shapes[sound] = on_grid(flat[sound])
    single = shapely.get_type_id(shapes) == 3
    shapes[single] = shapely.multipolygons(shapes[single].reshape(-1, 1))
    return shapes


def _fault(shape: object, row: int) -> Iterator[RowProblem]:
    try:
        as_multipolygon(shape if isinstance(shape, BaseGeometry) else None)
    except GeometryError as error:
        yield RowProblem(row, error.code, "geometry", error.message, at=error.at)
    else:
        words = Message(
            "几何小于坐标精度，请删除或重画",
            "the shape is smaller than the precision of coordinates: take it out or draw it anew",
        )
        yield RowProblem(row, "empty", "geometry", words)


def _overlaps(shapes: NDArray[np.object_]) -> list[RowProblem]:
    """Features that share more ground than neighbours do by the slivers of their borders."""
    drawn = np.flatnonzero(shapes != None)  # noqa: E711 - elementwise
    pairs = overlaps(shapes[drawn], checked=True)
    pairs = pairs[pairs["area_m2"] > LIMITS.overlap_m2].nlargest(MAX_OVERLAPS, "area_m2")
    problems = []
    for left, right in zip(drawn[pairs["left"]], drawn[pairs["right"]], strict=True):
        shared = common_ground(shapes[left], shapes[right], LIMITS)
        if shared is None or shared.code == "overlap_within_tolerance":
            continue
        words = Message(
            f"与第 {left + 1} 个要素重叠 {shared.area_m2:.2f} m²；同一图层内不得重叠，"
            "请在制图软件中裁开后重新提交",
            f"shares {shared.area_m2:.2f} m² with feature {left + 1}: features of a layer must "
            "not overlap; cut them apart and send the file again",
        )
        problems.append(RowProblem(int(right) + 1, "overlap", "geometry", words, at=shared.at))
    return problems


def cell_text(value: object) -> str | None:
    """A cell as text; None for an empty one."""
    text = "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124 - NaN
    text = text.removesuffix(".0") if isinstance(value, float) else text
    return text or None
