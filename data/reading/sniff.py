"""The format of a file, by its content and not by its name."""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from enum import Enum
from pathlib import Path
from typing import Final

from data.errors import FileRefused
from data.headings import plain_heading
from data.reading.position_headings import EAST, NORTH, SHAPES
from data.reading.text_files import utf_16_of
from gis.messages import Message

HEAD_BYTES: Final = 4096
# Possessive, so that there is one reading of each byte.
_DXF: Final = re.compile(
    rb"(?:999[ \t\r]*+\n[^\n]*+\n[ \t]*+)*+0[ \t\r]*+\n[ \t]*+SECTION[ \t\r]*+\n"
)
_TITLES: Final = 5
_SHP_MAGIC: Final = b"\x00\x00\x27\x0a"
_SQLITE_MAGIC: Final = b"SQLite format 3\x00"
_GPKG_IDS: Final = (b"GPKG", b"GP10", b"GP11")


class Format(Enum):
    """A format that is read, and the one GDAL driver that may open it (none: Python does)."""

    SHAPEFILE = "ESRI Shapefile"
    GEOPACKAGE = "GPKG"
    FLATGEOBUF = "FlatGeobuf"
    FILE_GEODATABASE = "OpenFileGDB"
    KML = "kml"
    GPX = "gpx"
    GEOJSON = "geojson"
    BOUNDARY_POINTS = "界址点坐标"
    DXF = "dxf"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ZIP = "zip"

    @property
    def driver(self) -> str | None:
        """GDAL's name of the driver, or None where GDAL has no part in it."""
        return self.value if self in _BY_GDAL else None


_BY_GDAL: Final = (
    Format.SHAPEFILE,
    Format.GEOPACKAGE,
    Format.FLATGEOBUF,
    Format.FILE_GEODATABASE,
)

READABLE: Final = Message(
    "请提供 Shapefile（.shp/.dbf/.shx/.prj 或其 .zip）、GeoPackage、GeoJSON、TopoJSON、KML/KMZ、"
    "GPX、.gdb.zip、.fgb、GeoParquet、DXF、界址点坐标 .txt、CSV 或 .xlsx",
    "send a Shapefile (.shp with .dbf, .shx, .prj, or their .zip), GeoPackage, GeoJSON, TopoJSON, "
    "KML/KMZ, GPX, .gdb.zip, .fgb, GeoParquet, DXF, 界址点坐标 as .txt, CSV or .xlsx",
)


_KNOWN_BUT_NOT_READ: Final = (
    (
        (b"AC10", b"AutoCAD Binary DXF"),
        Message("是 DWG 或二进制 DXF", "it is a DWG or a binary DXF"),
        Message("请另存为 ASCII DXF 后提交", "save it as ASCII DXF and send it again"),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        Message("是旧版或加密的 Excel、Word 文件", "it is an old or encrypted Excel or Word file"),
        Message("请另存为不加密的 .xlsx 后提交", "save it as .xlsx without a password"),
    ),
    (
        b"\x00\x01\x00\x00Standard",
        Message("是 Access 个人数据库（.mdb）", "it is a personal geodatabase (.mdb)"),
        Message("请导出为 .gpkg 或 .shp", "export it as .gpkg or .shp"),
    ),
    (
        (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
        Message("是 RAR、7z 或 gz 压缩包", "it is a RAR, 7z or gz archive"),
        Message("请改用 .zip 打包", "pack it as .zip"),
    ),
)


_POINTS: Final = Message(
    "是点文件（.pts），没有写明哪几个点连成一块", "it is a file of points (.pts) that names no ring"
)
_AS_TABLE: Final = Message(
    "请另存为 .csv，表头写图斑号、X、Y（逐点一行），或导出为界址点坐标 .txt",
    "save it as .csv with the headings 图斑号, X, Y and a corner a row, or as 界址点坐标 .txt",
)
_PARCELS: Final = tuple(
    f"{opening}{word}".encode(name)
    for opening in "[［【"
    for word in ("地块坐标", "属性描述")
    for name in ("utf-8", "gb18030")
)
"""Headings of a file of 界址点坐标, with brackets of either width."""


def format_of(path: Path) -> Format:
    """Recognise a file by its first bytes.

    Raises
    ------
    FileRefused
        ``empty_file``, ``not_gis`` (a GIS file in no format that is read, or none at all) or
        ``is_folder``. A folder is a geodatabase only when it holds one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     named_wrongly = Path(folder, "plots.shp")
    ...     _ = named_wrongly.write_text('{"type": "FeatureCollection", "features": []}')
    ...     format_of(named_wrongly)
    <Format.GEOJSON: 'geojson'>
    """
    if path.is_dir():
        return _folder(path)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise FileRefused("empty_file", Message("文件是空的", "the file is empty"), READABLE)
    text = _in_utf8(head)
    detected = _binary(head) or _text(text) or _lines(path, text)
    if detected is Format.ZIP and _is_workbook(path):
        return Format.XLSX
    for magic, what, remedy in _KNOWN_BUT_NOT_READ:
        if head.startswith(magic):
            raise FileRefused("not_gis", what, remedy)
    if detected is None and path.suffix.lower() == ".pts":
        raise FileRefused("not_gis", _POINTS, _AS_TABLE)
    if detected is None:
        raise FileRefused(
            "not_gis",
            Message("不是能识别的 GIS 文件", "this is no GIS file that can be read"),
            READABLE,
        )
    return detected


def _folder(path: Path) -> Format:
    if any(path.glob("a0000000?.gdbtable")):
        return Format.FILE_GEODATABASE
    raise FileRefused("is_folder", Message("这是文件夹", "this is a folder"), READABLE)


def _binary(head: bytes) -> Format | None:
    if head.startswith(_SHP_MAGIC) and len(head) >= 100:
        # Big-endian magic and little-endian version: both are checked, to exclude chance matches.
        return Format.SHAPEFILE if struct.unpack_from("<i", head, 28)[0] == 1000 else None
    if head.startswith(_SQLITE_MAGIC) and head[68:72] in (*_GPKG_IDS, bytes(4)):
        return Format.GEOPACKAGE  # older writers leave the id 0; the tables are looked at later
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith(b"fgb\x03fgb"):
        return Format.FLATGEOBUF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Format.ZIP
    return None


def _in_utf8(head: bytes) -> bytes:
    """The first bytes of a text as UTF-8, without its mark; those of any other file as they are."""
    wide = utf_16_of(head)
    if wide is None:
        return head.removeprefix(codecs.BOM_UTF8)
    whole = head[: len(head) // 2 * 2]
    return whole.decode(wide, "replace").removeprefix("\ufeff").encode("utf-8", "replace")


def _text(head: bytes) -> Format | None:
    start = head.lstrip()
    return Format.GEOJSON if start.startswith((b"{", b"\x1e")) else _xml(start)


def _lines(path: Path, head: bytes) -> Format | None:
    """Formats of lines of text: parcels of points, drawings, tables (these by their name)."""
    start = head.lstrip()
    if b"\x00" in head:
        return None
    if any(mark in start for mark in _PARCELS):
        return Format.BOUNDARY_POINTS
    if _DXF.match(start):
        return Format.DXF
    if path.suffix.lower() == ".txt":
        # Titles and lines of who filled it in may stand before the heading.
        return Format.CSV if any(map(_is_heading, start.splitlines()[:_TITLES])) else None
    return Format.CSV if path.suffix.lower() in (".csv", ".tsv") else None


def _is_heading(line: bytes) -> bool:
    """Whether a line parts the headings of a table that has places, as ``经度`` and ``纬度``."""
    names = re.split("[,\t;|，；]", _decoded(line))
    plain = {plain_heading(name.strip("\"' ")) for name in names}
    return len(names) > 1 and (
        not plain.isdisjoint(SHAPES) or not (plain.isdisjoint(EAST) or plain.isdisjoint(NORTH))
    )


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.NameToInfo
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return False


def _xml(start: bytes) -> Format | None:
    if not start.startswith(b"<"):
        return None
    lower = start.lower()
    if b"<kml" in lower or b":kml" in lower:
        return Format.KML
    return Format.GPX if b"<gpx" in lower else None
