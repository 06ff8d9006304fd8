"""Reading one layer with GDAL.

Runs only in the restricted `data.reading.sandbox_worker`, with one driver left.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

import numpy as np

from data.errors import FileRefused
from data.reading.geojson import no_such_layer, too_many_features
from data.reading.limits import Limits
from data.reading.sandbox_result import Column, Kind, RawLayer
from data.reading.sniff import Format
from data.text_cleaning import Unprintable
from gis.messages import Message

XML_CHUNK_BYTES: Final = 2**20
_XML_TAG_BYTES: Final = 2 * XML_CHUNK_BYTES
_EXACT: Final = 2**53
_PATH: Final = re.compile(r"'?/[^\s':,]+'?")
# An unclosed quotation or comment runs to the end, so that each character is read once.
_QUOTED: Final = re.compile(
    r"""\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|\[[^\]]*+(?:\]|\Z)|`[^`]*+(?:`|\Z)"""
)
_COMMENT: Final = re.compile(r"--[^\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_VIRTUAL: Final = re.compile(r"\bvirtual\s++table\b", re.IGNORECASE)
_USING: Final = re.compile(r"\busing\s++(\w++)", re.IGNORECASE)
_EXPORT_AGAIN: Final = Message("请重新导出后提交", "export it again and send it")


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


def read_layer(path: Path, kind: Format, layer: str | None, limits: Limits) -> RawLayer:
    """Read one layer of a GeoPackage, FlatGeobuf, geodatabase, KML or GPX.

    Raises
    ------
    FileRefused
        ``no_layer``, ``several_layers``, ``no_such_layer``, ``too_many_features``,
        ``file_damaged``, ``xml_entities``, ``gpkg_program``.
    """
    if kind in (Format.KML, Format.GPX):
        refuse_entities(path)
    if kind is Format.GEOPACKAGE:
        refuse_programs(path)
    name = _layer(path, kind, layer)
    meta, _fids, shapes, values = read_with_gdal(path, limits, layer=name)
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
    for column in columns:
        column.values = [
            unprintable.cleaned(value, row=row, column=column.name)
            for row, value in enumerate(column.values, 1)
        ]
    notes = [*_rounded(meta, values), *unprintable.notes()]
    return RawLayer(name, meta["crs"], shapes, columns, "UTF-8", notes)


def _rounded(meta: dict[str, Any], values: Any) -> list[Message]:
    """Long whole numbers become floats where a row has none: their last digits are lost."""
    return [
        Message(
            f"列 {name} 含空值且有超过 16 位的整数，末位可能不准，请改为文本列",
            f"column {name} has empty rows and whole numbers of more than 16 digits, whose last "
            "digits may be lost; make it a text column",
        )
        for name, column in zip(meta["fields"], values, strict=True)
        if column.dtype == np.float64
        and meta["ogr_types"][list(meta["fields"]).index(name)] == "OFTInteger64"
        and np.nanmax(np.abs(column), initial=0.0) > _EXACT
    ]


def read_with_gdal(
    path: Path, limits: Limits, **options: object
) -> tuple[dict[str, Any], Any, Any, Any]:
    """Description, numbers, shapes as WKB, and values by column of one layer.

    Raises
    ------
    FileRefused
        ``file_damaged`` or ``too_many_features``.
    """
    pyogrio = _pyogrio()
    try:
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")  # heights and measures are dropped later, with a note
            meta, fids, shapes, values = pyogrio.raw.read(
                path,
                return_fids=True,
                max_features=limits.features + 1,
                datetime_as_string=True,  # numpy's moments know no zone and would drop it
                **options,
            )
    except (RuntimeError, ValueError, OSError) as error:
        raise damaged(error) from error
    if len(fids) > limits.features:
        raise too_many_features(len(fids), limits)
    return meta, fids, [None if shape is None else bytes(shape) for shape in shapes], values


def damaged(error: Exception) -> FileRefused:
    """The refusal of a file that GDAL cannot read."""
    reason = _PATH.sub("…", str(error))[:160]  # never a folder of the server
    what = Message(f"文件损坏或不完整（{reason}）", f"the file is damaged or cut off ({reason})")
    return FileRefused("file_damaged", what, _EXPORT_AGAIN)


def _layer(path: Path, kind: Format, wanted: str | None) -> str:
    pyogrio = _pyogrio()
    try:
        listed = pyogrio.list_layers(path)
    except (RuntimeError, ValueError, OSError) as error:
        raise damaged(error) from error
    names = [str(name) for name, geometry in listed if geometry is not None]
    if kind is Format.GPX:  # it has five layers always, most of them empty
        names = [
            n
            for n in names
            if pyogrio.read_info(path, layer=n, force_feature_count=True)["features"]
        ]
    return one_layer(names, wanted)


def one_layer(names: list[str], wanted: str | None) -> str:
    """The layer to read.

    Raises
    ------
    FileRefused
        ``no_layer``, ``no_such_layer`` or ``several_layers``.

    Examples
    --------
    >>> one_layer(["plots"], None), one_layer(["plots", "zones"], "zones")
    ('plots', 'zones')
    """
    if wanted is not None and wanted not in names:
        raise no_such_layer(wanted, names)
    if not names:
        what = Message("没有带几何的图层", "no layer in it has geometry")
        raise FileRefused("no_layer", what, _EXPORT_AGAIN)
    if wanted is None and len(names) > 1:
        shown = "、".join(names[:20])
        what = Message(f"有 {len(names)} 个图层：{shown}", f"it holds {len(names)} layers: {shown}")
        remedy = Message("请用 --layer 选择一个", "choose one by --layer")
        raise FileRefused("several_layers", what, remedy)
    return wanted if wanted is not None else names[0]


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
    return Column(name, _KINDS.get(ogr_type, "any"), [_plain(value) for value in values])


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and np.isnan(value):
        return None
    if isinstance(value, bytes | np.ndarray):
        return None if isinstance(value, bytes) else [_plain(item) for item in value]
    return value


def refuse_entities(path: Path) -> None:
    """Refuse XML with a document type before GDAL sees it: entities are declared nowhere else.

    A tag or comment of more than 2 MB is refused too (``file_damaged``).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b'<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>')
    ...     file.flush()
    ...     try:
    ...         refuse_entities(Path(file.name))
    ...     except FileRefused as refused:
    ...         print(refused.code)
    xml_entities
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    read = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(XML_CHUNK_BYTES):
                parser.Parse(chunk, False)
                read += len(chunk)
                if read - parser.CurrentByteIndex > _XML_TAG_BYTES:
                    raise _long_tag()
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged(error) from error


def _long_tag() -> FileRefused:
    what = Message("XML 中有超过 2 MB 的标签或注释", "a tag or a comment of the XML has over 2 MB")
    return FileRefused("file_damaged", what, _EXPORT_AGAIN)


def xml_elements(path: Path) -> Iterator[ET.Element]:
    """Elements in the order of their ends; the caller clears each when done.

    `refuse_entities` comes first. `ET.iterparse` reads pieces of 16 KB, and the parser begins an
    unfinished tag anew with each of them: a tag of 20 MB took five minutes.

    Raises
    ------
    FileRefused
        ``file_damaged``.
    """
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(("end",))
    try:
        with path.open("rb") as file:
            while chunk := file.read(XML_CHUNK_BYTES):
                parser.feed(chunk)
                yield from _ended(parser)
        parser.close()
    except ET.ParseError as error:
        raise damaged(error) from error
    yield from _ended(parser)


def _ended(parser: ET.XMLPullParser[Any]) -> Iterator[ET.Element]:
    events: Iterator[Any] = parser.read_events()
    for _event, element in events:
        yield element


def _refuse_doctype(*_declared: object) -> None:
    what = Message("XML 含 DTD 或实体声明", "the XML declares a DTD or entities")
    remedy = Message("请删除 <!DOCTYPE …> 后提交", "take <!DOCTYPE …> out of it")
    raise FileRefused("xml_entities", what, remedy)


def refuse_programs(path: Path) -> None:
    """Refuse a GeoPackage that is more than tables: views and virtual tables run code."""
    try:
        with sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True
        ) as database:
            kinds = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    except sqlite3.Error as error:
        raise damaged(error) from error
    if not any(name == "gpkg_contents" for _, name, _ in kinds):
        what = Message(
            "是 SQLite 文件，但不是 GeoPackage", "it is an SQLite file but no GeoPackage"
        )
        raise FileRefused("not_gis", what, _EXPORT_AGAIN)
    for kind, name, sql in kinds:
        if kind == "view" or _module(str(sql or "")) not in (None, "rtree"):
            what = Message(
                f"含视图或虚拟表 {name!r}", f"{name!r} in it is a view or a virtual table"
            )
            remedy = Message("请导出为普通图层", "export it as a plain layer")
            raise FileRefused("gpkg_program", what, remedy)


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
