"""Reading one layer with GDAL.

Runs only in the restricted `data.reading.sandbox_worker`, with one driver left.
"""

from __future__ import annotations

import gc
import re
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.damage import EXPORT_AGAIN, damaged
from data.reading.geopackages import (
    curved_note,
    curved_rows,
    views_note,
    whole_database,
    without_views,
)
from data.reading.layer_names import one_layer, too_many_features
from data.reading.limits import Limits
from data.reading.sandbox_result import Column, Kind, RawLayer
from data.reading.sniff import Format
from data.slices import give_back
from data.text_cleaning import Unprintable
from gis.messages import Message

_EXACT: Final = 2**53
_SHAPES_AT_ONCE: Final = 5_000
# An unclosed quotation or comment runs to the end, so that each character is read once.
_QUOTED: Final = re.compile(
    r"""\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|\[[^\]]*+(?:\]|\Z)|`[^`]*+(?:`|\Z)"""
)
_COMMENT: Final = re.compile(r"--[^\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_VIRTUAL: Final = re.compile(r"\bvirtual\s++table\b", re.IGNORECASE)
_USING: Final = re.compile(r"\busing\s++(\w++)", re.IGNORECASE)


def _pyogrio() -> Any:
    # pyogrio looks for pandas, geopandas and pyproj when it is imported, which takes a second
    # and is not needed for its raw functions.
    for unneeded in ("geopandas", "pandas", "pyarrow", "pyproj"):
        sys.modules.setdefault(unneeded, None)  # type: ignore[arg-type]
    import pyogrio.raw  # noqa: PLC0415 - OGR_SKIP must be set before GDAL is loaded

    return pyogrio


def drivers() -> set[str]:
    """Names of the drivers that are left in this process."""
    return set(_pyogrio().list_drivers())


def read_layer(
    path: Path, kind: Format, layer: str | None, limits: Limits, folder: Path
) -> RawLayer:
    """Read one layer of a GeoPackage, FlatGeobuf or geodatabase.

    A copy of a GeoPackage that has a log is made in `folder`, which is ours.

    Raises
    ------
    FileRefused
        ``no_layer``, ``several_layers``, ``no_such_layer``, ``too_many_features``,
        ``file_damaged``, ``gpkg_program``.
    """
    notes: list[Message] = []
    if kind is Format.GEOPACKAGE:
        path, notes = whole_database(path, folder)
        views = refuse_programs(path, layer)
        if views:
            path = without_views(path, folder, views)
            notes.append(views_note(views))
    name = _layer(path, layer)
    meta, fids, values = read_with_gdal(path, limits, layer=name)
    unprintable = Unprintable()
    columns = [
        _column(
            str(meta["fields"][index]),
            str(meta["ogr_types"][index]),
            str(meta["ogr_subtypes"][index]),
            values[index],
        )
        for index in range(len(values))
    ]
    for index in _rounded(meta, values):
        columns[index] = _exact_column(path, name, columns[index].name)
    for column in columns:
        column.values = [
            unprintable.cleaned(value, row=row, column=column.name)
            for row, value in enumerate(column.values, 1)
        ]
    if kind is Format.GEOPACKAGE and (curved := curved_rows(path, name)):
        notes.append(curved_note(curved))
    elif "Curve" in str(meta["geometry_type"]) or "Surface" in str(meta["geometry_type"]):
        notes.append(curved_note(list(range(1, len(fids) + 1))))
    key = _pyogrio().read_info(path, layer=name)["fid_column"]
    shapes = shapes_with_gdal(path, fids, key, layer=name)
    return RawLayer(name, meta["crs"], shapes, columns, "UTF-8", [*notes, *unprintable.notes()])


def _rounded(meta: dict[str, Any], values: Any) -> list[int]:
    """Columns of long whole numbers that GDAL hands over as floats, since a row has none."""
    return [
        index
        for index, column in enumerate(values)
        if column.dtype == np.float64
        and meta["ogr_types"][index] == "OFTInteger64"
        and np.nanmax(np.abs(column), initial=0.0) > _EXACT
    ]


def _exact_column(path: Path, layer: str, name: str) -> Column:
    """A column of whole numbers as texts, digit by digit."""
    column, table = (part.replace('"', '\\"') for part in (name, layer))
    sql = f'SELECT CAST("{column}" AS character(32)) AS digits FROM "{table}"'  # noqa: S608 - quoted
    try:
        _meta, _fids, _shapes, (digits,) = _pyogrio().raw.read(
            path, sql=sql, sql_dialect="OGRSQL", read_geometry=False
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise damaged(error) from error
    return Column(name, "text", [None if value is None else str(value) for value in digits])


def read_with_gdal(
    path: Path, limits: Limits, **options: object
) -> tuple[dict[str, Any], Any, Any]:
    """Description, numbers, and values by column of one layer, without its shapes.

    Raises
    ------
    FileRefused
        ``file_damaged`` or ``too_many_features``.
    """
    meta, fids, _shapes, values = _read(
        path,
        read_geometry=False,
        max_features=limits.features + 1,
        datetime_as_string=True,  # numpy's moments know no zone and would drop it
        **options,
    )
    if len(fids) > limits.features:
        raise too_many_features(len(fids), limits)
    return meta, fids, values


def shapes_with_gdal(
    path: Path, fids: NDArray[np.int64], key: str = "", **options: object
) -> Iterator[bytes | None]:
    """Shapes of a layer as WKB, one after the other: few are in memory at once.

    Parameters
    ----------
    fids
        Numbers of all its features, in their order.
    key
        The column of a database that has these numbers, by which some are found without counting.

    Raises
    ------
    FileRefused
        ``file_damaged``.
    """
    keyed = bool(key) and bool((np.diff(fids) > 0).all())
    column = key.replace('"', '""')
    for start in range(0, len(fids), _SHAPES_AT_ONCE):
        some = fids[start : start + _SHAPES_AT_ONCE]
        where: dict[str, object] = {"skip_features": start, "max_features": len(some)}
        if keyed:
            where = {"where": f'"{column}" BETWEEN {some[0]} AND {some[-1]}'}
        _meta, found, shapes, _values = _read(path, columns=[], **where, **options)
        if not np.array_equal(found, some):
            raise damaged(ValueError(f"{len(some)} features, {len(found)} shapes"))
        yield from (None if shape is None else bytes(shape) for shape in shapes)
        del shapes  # before the next ones come: pyogrio holds them in a cycle
        gc.collect()
        give_back(len(fids))


def _read(path: Path, **options: object) -> tuple[dict[str, Any], Any, Any, Any]:
    pyogrio = _pyogrio()
    try:
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")  # heights and measures are dropped later, with a note
            read: tuple[dict[str, Any], Any, Any, Any] = pyogrio.raw.read(
                path, return_fids=True, **options
            )
    except (RuntimeError, ValueError, OSError) as error:
        raise damaged(error) from error
    return read


def _layer(path: Path, wanted: str | None) -> str:
    pyogrio = _pyogrio()
    try:
        listed = pyogrio.list_layers(path)
    except (RuntimeError, ValueError, OSError) as error:
        raise damaged(error) from error
    names = [str(name) for name, geometry in listed if geometry is not None]
    return one_layer(names, wanted)


_KINDS: Final[dict[str, Kind]] = {
    "OFTInteger": "number",
    "OFTInteger64": "number",
    "OFTReal": "number",
    "OFTString": "text",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
}


def _column(name: str, ogr_type: str, subtype: str, values: np.ndarray[Any, Any]) -> Column:
    if subtype == "OFSTBoolean":
        # Where a row has none, GDAL's numbers come instead of booleans.
        booleans = [None if value is None else bool(value) for value in map(_plain, values)]
        return Column(name, "boolean", list(booleans))
    known: dict[str, str] = {}  # most texts of a column come again and again
    plain = (_plain(value) for value in values)
    return Column(
        name,
        _KINDS.get(ogr_type, "any"),
        [known.setdefault(value, value) if isinstance(value, str) else value for value in plain],
    )


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and np.isnan(value):
        return None
    if isinstance(value, bytes | np.ndarray):
        return None if isinstance(value, bytes) else [_plain(item) for item in value]
    return value


def refuse_programs(path: Path, wanted: str | None) -> list[str]:
    """Refuse a GeoPackage of virtual tables, which run code, or one of whose views is wanted.

    Returns
    -------
    list of str
        Views in it, which are never run: its tables are read in a copy without them.
    """
    try:
        with sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True
        ) as database:
            kinds = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    except sqlite3.Error as error:
        raise damaged(error) from error
    tables = {str(name).lower() for kind, name, _ in kinds if kind == "table"}
    if "gpkg_contents" not in tables:
        what = Message(
            "是 SQLite 文件，但不是 GeoPackage", "it is an SQLite file but no GeoPackage"
        )
        raise FileRefused("not_gis", what, EXPORT_AGAIN)
    views = [str(name) for kind, name, _ in kinds if kind == "view"]
    for kind, name, sql in kinds:
        if (kind == "view" and name == wanted) or _module(str(sql or "")) not in (None, "rtree"):
            raise _program(str(name))
    if views and not tables & {name.lower() for name in _spatial(path)}:
        raise _program(views[0])
    return views


def _program(name: str) -> FileRefused:
    what = Message(f"含视图或虚拟表 {name!r}", f"{name!r} in it is a view or a virtual table")
    remedy = Message("请导出为普通图层", "export it as a plain layer")
    return FileRefused("gpkg_program", what, remedy)


def _spatial(path: Path) -> list[str]:
    """Names of what is listed as a layer with shapes."""
    try:
        with sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True
        ) as database:
            names = database.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall()
    except sqlite3.Error as error:
        raise damaged(error) from error
    return [str(name) for (name,) in names]


def _module(sql: str) -> str | None:
    """The module of a virtual table; rtree is the spatial index that every GeoPackage has.

    Examples
    --------
    >>> _module('CREATE VIRTUAL TABLE "rtree a b" USING rtree(id)')
    'rtree'
    >>> _module('CREATE VIRTUAL TABLE "using rtree" USING other(id)')
    'other'
    >>> _module("CREATE VIRTUAL/**/TABLE a USING--\\nother(id)")
    'other'
    """
    bare = _COMMENT.sub(" ", _QUOTED.sub("x", sql))
    virtual = _VIRTUAL.search(bare)
    using = _USING.search(bare, virtual.end()) if virtual else None
    return using[1].lower() if using else None
