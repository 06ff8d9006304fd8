"""The formats that leave: their suffixes, and what the web calls them."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from data.writing.export_report import ExportRefused
from gis.messages import Message

__all__ = ["FORMATS", "PLOT_FORMATS", "FileFormat", "PlotFormat", "format_of", "unknown_format"]


PlotFormat = Literal[
    "shp", "geojson", "geojsonl", "gpkg", "gdb", "kml", "fgb", "parquet", "xlsx", "csv"
]
"""Formats that hold polygons: what the API and the command line offer for plots."""


class FileFormat(NamedTuple):
    """A format by its short name; the first suffix is the usual one."""

    code: str
    suffixes: tuple[str, ...]
    media_type: str
    degrees_only: bool = False
    """Coordinates are longitude and latitude: the format has no other, or no place to say so."""
    utf_8: bool = False
    """Whether the report of the file names UTF-8 as the encoding of its texts."""


FORMATS: Final = {
    form.code: form
    for form in (
        FileFormat("shp", (".shp.zip", ".zip"), "application/zip"),
        FileFormat("geojson", (".geojson", ".json"), "application/geo+json", True, True),
        FileFormat(
            "geojsonl",
            (".geojsonl", ".geojsons", ".ndjson"),
            "application/geo+json-seq",
            True,
            True,
        ),
        FileFormat("gpkg", (".gpkg",), "application/geopackage+sqlite3"),
        FileFormat("gdb", (".gdb.zip",), "application/x-filegdb+zip"),
        FileFormat("kml", (".kml",), "application/vnd.google-earth.kml+xml", True, True),
        FileFormat("fgb", (".fgb",), "application/flatgeobuf"),
        FileFormat("parquet", (".parquet", ".geoparquet"), "application/vnd.apache.parquet"),
        FileFormat(
            "xlsx",
            (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            degrees_only=True,
        ),
        FileFormat("csv", (".csv",), "text/csv", utf_8=True),
        FileFormat("gpx", (".gpx",), "application/gpx+xml", True, True),
    )
}

PLOT_FORMATS: Final[tuple[PlotFormat, ...]] = get_args(PlotFormat)

_SUFFIXES: Final = {suffix: form.code for form in FORMATS.values() for suffix in form.suffixes}


def format_of(path: Path) -> str:
    """The format that a file's suffix stands for.

    Raises
    ------
    ExportRefused
        ``unknown_format``: no format has this suffix, a bare .shp, or a .zip whose inner suffix
        says that something else is in it.

    Examples
    --------
    >>> format_of(Path("plots.shp.zip")), format_of(Path("plots.GEOJSON"))
    ('shp', 'geojson')
    >>> format_of(Path("plots.gdb.zip")), format_of(Path("plots.2026.zip"))
    ('gdb', 'shp')
    """
    suffix, both = path.suffix.lower(), "".join(path.suffixes[-2:]).lower()
    if both in _SUFFIXES:
        return _SUFFIXES[both]
    if suffix == ".shp":
        raise ExportRefused(
            Message(
                "shapefile 由多个文件组成，请用 .zip 作后缀。",
                "A shapefile is several files; give the file the suffix .zip.",
            ),
            code="unknown_format",
        )
    inner = both.removesuffix(suffix)
    if suffix == ".zip" and (inner in _SUFFIXES or inner in {".kmz", ".gdb", ".dxf", ".gml"}):
        raise ExportRefused(
            Message(
                f"{inner}.zip 不是这里的格式：.zip 装 shapefile，.gdb.zip 装文件地理数据库；"
                f"请用 {inner if inner in _SUFFIXES else '.zip 或 .gdb.zip'}。",
                f"{inner}.zip is no format here: .zip holds a shapefile, .gdb.zip a file "
                f"geodatabase; write {inner if inner in _SUFFIXES else '.zip or .gdb.zip'}.",
            ),
            code="unknown_format",
        )
    if suffix not in _SUFFIXES:
        raise unknown_format(suffix or path.name)
    return _SUFFIXES[suffix]


def unknown_format(given: str) -> ExportRefused:
    """The refusal of a format that nobody writes."""
    known = "、".join(f"{form.code}（{form.suffixes[0]}）" for form in FORMATS.values())
    return ExportRefused(
        Message(
            f"不支持的格式“{given}”，可用：{known}。",
            f"Format {given!r} is not offered; use one of {', '.join(FORMATS)}.",
        ),
        code="unknown_format",
    )
