"""Administrative districts from a file: their tree, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.cell_values import BadValueError
from data.codes import code_list
from data.days import day
from data.districts.codes import (
    LEVELS,
    Level,
    is_heading,
    is_known_province,
    is_whole_city,
    level_named,
    level_of,
    parent_of,
    plain_code,
)
from data.districts.findings import (
    Finding,
    duplicates,
    level_mismatch,
    lost_cell,
    neighbours,
    no_day,
    no_name,
    orphan,
    refused_geometry,
    several_days,
    too_winding,
    unknown_code,
)
from data.errors import FileRefused, sentence
from data.headings import (
    headings,
    plain_heading,
    refuse_unknown_columns,
    unread_columns,
)
from data.no_value import without_marks
from data.plots.values import is_missing
from data.reading.features import read_features
from data.reading.limits import Limits
from data.row_problems import unreadable_cells
from data.text_cleaning import few
from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.grid import on_grid
from gis.messages import Message
from gis.pair_work import refuse_costly_pairs
from gis.polygons import as_multipolygon

__all__ = ["DistrictTree", "Finding", "district_tree", "read_districts"]

_LONGEST_PARENT: Final = 200
_COLUMNS: Final = ("code", "name", "level", "parent", "source", "complete", "geometry")
_MAPPABLE: Final = (
    "code",
    "name",
    "level",
    "parent",
    "city_code",
    "city_name",
    "province_code",
    "province_name",
    "valid_from",
)


@dataclass(frozen=True)
class DistrictTree:
    """Districts of one file with all districts above them."""

    frame: geopandas.GeoDataFrame
    """code, name, level, parent, source, complete, geometry (MultiPolygon or missing), parents
    first. `parent` is None for provinces. Derived parents say source ``derived`` and complete
    False."""
    findings: list[Finding] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    """Of the reading: encoding, reference system, cells that say that there is no value."""
    valid_from: date | None = None
    """First day of the borders, in Beijing; None when the file does not say one."""

    @property
    def blocking(self) -> list[Finding]:
        """Findings that forbid to store the tree."""
        return [finding for finding in self.findings if finding.blocking]


def read_districts(
    path: Path,
    fields: Mapping[str, str] | None = None,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> DistrictTree:
    """Read districts from a file.

    Parameters
    ----------
    path
        Any file that `data.reading.features.read_features` reads.
    fields
        Our word to their column: ``{"code": "区划码"}``. Words: code, name, level, parent,
        city_code, city_name, province_code, province_name, valid_from. Common headings are known.
    layer, crs, encoding, limits
        As in `data.reading.features.read_features`.

    Returns
    -------
    DistrictTree
        CGCS2000, degrees, on the 1e-9° grid. See `district_tree`.

    Raises
    ------
    FileRefused
        As `read_features`, and ``no_features``, ``no_code_column``, ``unknown_field``,
        ``no_such_column``.
    """
    features = read_features(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    if features.frame.empty:
        what = Message("没有任何要素", "it holds no feature")
        remedy = Message("请检查导出的图层", "look at the layer")
        raise FileRefused("no_features", what, remedy).about(path.name)
    try:
        tree = district_tree(features.frame, dict(fields or {}), source=path.name)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    return replace(tree, notes=[*features.notes, *tree.notes])


def district_tree(
    features: geopandas.GeoDataFrame, fields: Mapping[str, str], *, source: str
) -> DistrictTree:
    """Make the tree of a set of districts.

    Levels and parents follow from the codes unless the file says a level. A parent that the file
    has no row for is derived: its polygon is the union of its children's.

    Parameters
    ----------
    features
        Their columns, polygons in degrees of CGCS2000.
    fields
        Our word to their column.
    source
        Where the polygons come from, kept with each district.

    Raises
    ------
    GeometryError
        ``too_many_pairs``: see `gis.pair_work.refuse_costly_pairs`.

    Examples
    --------
    >>> from shapely import box
    >>> shapes = [box(106.0, 29.0, 106.1, 29.1), box(106.1, 29.0, 106.2, 29.1)]
    >>> table = {"代码": [500101, 500102], "区县": ["万州区", "涪陵区"]}
    >>> tree = district_tree(
    ...     geopandas.GeoDataFrame(table, geometry=shapes, crs=4490), {}, source="a.shp"
    ... )
    >>> tree.frame[["code", "name", "level", "parent", "source", "complete"]].values.tolist()
    [['500000', '重庆市', 'province', None, 'derived', False],
     ['500101', '万州区', 'county', '500000', 'a.shp', True],
     ['500102', '涪陵区', 'county', '500000', 'a.shp', True]]
    """
    columns = _columns(features, fields)
    theirs = [str(name) for name in features.columns if name != features.geometry.name]
    valued = [column for word, column in columns.items() if word not in ("code", "name")]
    features, told = without_marks(features, valued)
    notes = [sentence(note) for note in (*unread_columns(theirs, columns.values()), *told)]
    findings = [*map(lost_cell, unreadable_cells(features, columns))]
    rows = list(_rows(features, columns, source, findings))
    begins = _first_day(features, columns, findings)
    findings += duplicates((district.code, district.row) for district in rows)
    names = _names_above(features, columns)
    _refuse_costly(rows)
    frame = _with_parents(rows, names, findings)
    findings += neighbours(frame)
    return DistrictTree(frame, findings, notes, valid_from=begins)


def _refuse_costly(rows: list[_District]) -> None:
    """Refuse districts of one level that cross without end, before they are united and compared."""
    for level in dict.fromkeys(district.level for district in rows):
        drawn = [one for one in rows if one.level == level and one.geometry is not None]
        shapes = np.array([one.geometry for one in drawn], dtype=object)
        refuse_costly_pairs(shapes, names=[one.code for one in drawn])


class _District(NamedTuple):
    code: str
    name: str
    level: Level
    parent: str | None
    source: str
    complete: bool
    geometry: shapely.MultiPolygon | None
    row: int = 0


def _columns(features: geopandas.GeoDataFrame, fields: Mapping[str, str]) -> dict[str, str]:
    """Property -> column of the file; those of the sender come first."""
    theirs = [str(name) for name in features.columns if name != features.geometry.name]
    for word in fields:
        if word not in _MAPPABLE:
            what = Message(f"行政区没有字段 {word!r}", f"a district has no field {word!r}")
            remedy = Message(f"可用：{'、'.join(_MAPPABLE)}", f"there are {', '.join(_MAPPABLE)}")
            raise FileRefused("unknown_field", what, remedy)
    refuse_unknown_columns(fields, theirs)
    known = headings("district")
    columns_of = dict(fields)
    for column in theirs:
        meant = known.get(plain_heading(column))
        if meant is not None and column not in fields.values():
            columns_of.setdefault(meant, column)
    if "code" not in columns_of:
        what = Message(f"找不到区划代码列（有：{few(theirs, 30)}）", "no column holds the codes")
        remedy = Message("请用 --field code=列名 指定", "name it by --field code=COLUMN")
        raise FileRefused("no_code_column", what, remedy)
    return columns_of


def _rows(
    features: geopandas.GeoDataFrame,
    columns: Mapping[str, str],
    source: str,
    findings: list[Finding],
) -> Iterator[_District]:
    for row, record in enumerate(features.to_dict("records"), 1):
        code = plain_code(record[columns["code"]])
        if code is None or not is_known_province(code):
            findings.append(unknown_code(record[columns["code"]], row))
            continue
        level, parent = _place(code, record, columns, row, findings)
        geometry = _geometry(record[features.geometry.name], code, row, findings)
        name = _text(record.get(columns.get("name", ""))) or _province(code, level)
        if name is None:
            findings.append(no_name(code, row))
        yield _District(code, name or code, level, parent, source, True, geometry, row)


def _first_day(
    features: geopandas.GeoDataFrame, columns: Mapping[str, str], findings: list[Finding]
) -> date | None:
    """The day on which the borders begin; rows that say none begin with the others."""
    rows_of: dict[date, list[int]] = {}
    values = features[columns["valid_from"]].tolist() if "valid_from" in columns else []
    for row, value in enumerate(values, 1):
        if is_missing(value):
            continue
        try:
            rows_of.setdefault(day(value), []).append(row)
        except BadValueError as error:
            findings.append(no_day(error.message, row))
    if len(rows_of) > 1:
        findings.append(several_days(rows_of))
    return next(iter(rows_of), None)


def _place(
    code: str,
    record: Mapping[str, object],
    columns: Mapping[str, str],
    row: int,
    findings: list[Finding],
) -> tuple[Level, str | None]:
    level, parent = level_of(code), parent_of(code)
    if "level" in columns and _text(said := record[columns["level"]]) is not None:
        named = level_named(said)
        if named != level and not (named == "city" and is_whole_city(code)):
            findings.append(level_mismatch(said, code, level, row))
    if "parent" in columns and _text(said := record[columns["parent"]]) is not None:
        given = plain_code(_code_within(said))
        if given is not None and _can_hold(given, code):
            return level, parent if is_heading(given) else given
        findings.append(orphan(said, code, row))
    return level, parent


def _code_within(said: object) -> object:
    """The code in a parent that is an object, as web maps of 区划 write it: {"adcode": 220100}."""
    found = said
    if isinstance(said, str) and said.lstrip().startswith("{") and len(said) <= _LONGEST_PARENT:
        try:
            found = json.loads(said)
        except (ValueError, RecursionError):
            return said
    return found.get("adcode", said) if isinstance(found, dict) else said


def _can_hold(above: str, below: str) -> bool:
    higher = LEVELS.index(level_of(above)) < LEVELS.index(level_of(below))
    return higher and above[:2] == below[:2]


def _geometry(
    shape: object, code: str, row: int, findings: list[Finding]
) -> shapely.MultiPolygon | None:
    try:
        ground = as_multipolygon(shape if isinstance(shape, BaseGeometry) else None)
    except GeometryError as error:
        findings.append(refused_geometry(error, code, row))
        return None
    winding = too_winding(ground, code, row)
    if winding is None:
        return ground
    findings.append(winding)
    return None


def _text(value: object) -> str | None:
    text = "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124 - NaN
    return text or None


def _province(code: str, level: Level) -> str | None:
    provinces = code_list("province")
    return provinces[code].label_zh if level == "province" and code in provinces else None


def _names_above(features: geopandas.GeoDataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    """Names of cities and provinces that stand in columns of their own."""
    names: dict[str, str] = {}
    for record in features.to_dict("records"):
        own = plain_code(record[columns["code"]])
        for word in ("city", "province"):
            name = _text(record.get(columns.get(f"{word}_name", "")))
            code = plain_code(record.get(columns.get(f"{word}_code", ""))) or _above(own, word)
            if name is not None and code is not None and not is_heading(code):
                names.setdefault(code, name)
    return names


def _above(code: str | None, level: str) -> str | None:
    while code is not None and level_of(code) != level:
        code = parent_of(code)
    return code


def _with_parents(
    rows: list[_District], names: Mapping[str, str], findings: list[Finding]
) -> geopandas.GeoDataFrame:
    districts = {district.code: district for district in rows}
    for level in reversed(LEVELS):
        wanted: dict[str, list[_District]] = {}
        for district in districts.values():
            if district.parent is not None and district.level == level:
                wanted.setdefault(district.parent, []).append(district)
        for code, children in wanted.items():
            if code not in districts:
                districts[code] = _derived(code, children, names, findings)
    repeated = [district for district in rows if districts[district.code] is not district]
    ordered = sorted(
        [*districts.values(), *repeated],
        key=lambda district: (LEVELS.index(district.level), district.code, district.row),
    )
    table = {
        name: pd.Series([getattr(district, name) for district in ordered], dtype=object)
        for name in _COLUMNS[:-2]
    }
    complete = np.array([district.complete for district in ordered], dtype=bool)
    shapes = np.array([district.geometry for district in ordered], dtype=object)
    return geopandas.GeoDataFrame({**table, "complete": complete}, geometry=shapes, crs=CGCS2000)


def _derived(
    code: str, children: list[_District], names: Mapping[str, str], findings: list[Finding]
) -> _District:
    level = level_of(code)
    name = names.get(code) or _province(code, level)
    if name is None:
        findings.append(no_name(code))
    drawn = np.array([child.geometry for child in children if child.geometry], dtype=object)
    # The children lie on the grid: a union of them needs no vertex between its points
    # where neighbours share their border, and is put back on the grid where they do not.
    union = on_grid(np.array([shapely.union_all(drawn)], dtype=object))[0]
    geometry = None if union.is_empty else as_multipolygon(union)
    return _District(code, name or code, level, parent_of(code), "derived", False, geometry)
