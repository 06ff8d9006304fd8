"""Writing frames as files: the suffix decides the format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from data.schemas import Encoding
from data.writing.csv import write_csv
from data.writing.export_notes import plot_notes, unreviewed_count
from data.writing.export_report import ExportRefused, ExportReport
from data.writing.geojson import write_geojson
from data.writing.geopackage import write_gpkg
from data.writing.gpx import write_gpx
from data.writing.shapefile import write_zip
from gis.messages import Message

__all__ = ["FORMATS", "format_of", "usual_schema", "write"]

FORMATS: Final = ("shp", "geojson", "gpkg", "csv", "gpx")
SUFFIXES: Final = {
    ".zip": "shp",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".csv": "csv",
    ".gpx": "gpx",
}
# Columns that only frames of this schema have; the first match is used.
_MARKS: Final = (
    ("coverage", {"green_m2"}),
    ("patrols", {"started_at"}),
    ("findings", {"found_at"}),
    ("zaolin", {"kind"}),
    ("zones", {"level", "chief"}),
)


def write(  # noqa: PLR0913 - how a file is to be written
    frame: pd.DataFrame,
    path: Path,
    *,
    format: str | None = None,  # noqa: A002 - the word of the interface
    schema: str | None = None,
    encoding: Encoding = "UTF-8",
    crs: object = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> ExportReport:
    """Write plots, districts, coverage rows, zones, patrols or findings as a file.

    Parameters
    ----------
    frame
        Columns named as the interface names them; a GeoDataFrame in CGCS2000 longitude and
        latitude for every format but ``csv``.
    path
        Replaced when it exists, and only once the new file is whole.
    format
        One of `FORMATS`; by the suffix of `path` when None.
    schema
        Fields of a shapefile; `usual_schema` when None. Other formats have the interface's names,
        which the report says where a schema was asked for.
    encoding, crs
        Of a shapefile's texts; of the coordinates of a shapefile or GeoPackage. GeoJSON is always
        in longitude and latitude, and so is GPX, which holds tracks and nothing else.
    tables
        Tables without shapes that belong to the rows, by name: layers of a GeoPackage; the other
        formats have no place for them.

    Returns
    -------
    ExportReport

    Raises
    ------
    ExportRefused
        ``unknown_format``, ``wrong_crs`` where a format has no choice, and what the writers
        refuse. Nothing is left behind.
    """
    chosen = format or format_of(path)
    if chosen not in FORMATS:
        raise _unknown(chosen)
    if chosen == "shp":
        shapes = _with_shapes(frame, path)
        table = schema or usual_schema(frame)
        return write_zip(shapes, path, schema=table, encoding=encoding, crs=crs)
    report = _write_properties(frame, path, chosen, crs, tables)
    notes = (*plot_notes(frame), *report.notes, *_without_schema(schema, chosen))
    return report._replace(notes=notes, unreviewed=unreviewed_count(frame))


def _without_schema(schema: str | None, chosen: str) -> tuple[Message, ...]:
    if schema is None:
        return ()
    return (
        Message(
            f"字段表 {schema} 只用于 shapefile：{chosen} 按本系统的属性名写出全部阶段。",
            f"The schema {schema} is for shapefiles only: this {chosen} has the interface's "
            "names and all stages.",
        ),
    )


def _write_properties(
    frame: pd.DataFrame,
    path: Path,
    chosen: str,
    crs: object,
    tables: Mapping[str, pd.DataFrame] | None,
) -> ExportReport:
    """Formats whose columns are the properties by the interface's names."""
    if chosen == "csv":
        return write_csv(frame, path)
    shapes = _with_shapes(frame, path)
    if chosen == "gpkg":
        return write_gpkg(shapes, path, layer=_layer(frame), crs=crs, tables=tables)
    _only_degrees(crs)
    return write_geojson(shapes, path) if chosen == "geojson" else write_gpx(shapes, path)


def format_of(path: Path) -> str:
    """The format that a file's suffix stands for.

    Examples
    --------
    >>> format_of(Path("plots.shp.zip")), format_of(Path("plots.GEOJSON"))
    ('shp', 'geojson')
    """
    suffix = path.suffix.lower()
    if suffix == ".shp":
        raise ExportRefused(
            Message(
                "shapefile 由多个文件组成，请用 .zip 作后缀。",
                "A shapefile is several files; give the file the suffix .zip.",
            ),
            code="unknown_format",
        )
    if suffix not in SUFFIXES:
        raise _unknown(suffix or path.name)
    return SUFFIXES[suffix]


def usual_schema(frame: pd.DataFrame) -> str:
    """The default schema of a frame, by its columns.

    Examples
    --------
    >>> usual_schema(pd.DataFrame(columns=["stage", "kind", "year"]))
    'zaolin'
    >>> usual_schema(pd.DataFrame(columns=["code", "level", "green_m2"]))
    'coverage'
    >>> usual_schema(pd.DataFrame(columns=["code", "level", "chief", "ranger"]))
    'zones'
    """
    there = set(frame.columns)
    return next((name for name, marks in _MARKS if marks <= there), "districts")


def _layer(frame: pd.DataFrame) -> str:
    return {"zaolin": "plots"}.get(usual_schema(frame), usual_schema(frame))


def _with_shapes(frame: pd.DataFrame, path: Path) -> gpd.GeoDataFrame:
    if isinstance(frame, gpd.GeoDataFrame):
        return frame
    raise ExportRefused(
        Message(
            f"这些数据没有图形，{path.name} 请改用 .csv。",
            f"These rows have no shapes; write a .csv instead of {path.name}.",
        ),
        code="no_geometry",
    )


def _only_degrees(crs: object) -> None:
    if crs is not None:
        raise ExportRefused(
            Message(
                "GeoJSON（RFC 7946）和 GPX 只能是经纬度，请去掉坐标系选项，或用 .gpkg、.zip。",
                "GeoJSON (RFC 7946) and GPX are in longitude and latitude only; leave the "
                "reference system out, or write a .gpkg or .zip.",
            ),
            code="wrong_crs",
        )


def _unknown(given: str) -> ExportRefused:
    known = "、".join(f"{form}（{suffix}）" for suffix, form in SUFFIXES.items())
    return ExportRefused(
        Message(
            f"不支持的格式“{given}”，可用：{known}。",
            f"Format {given!r} is not offered; use one of {', '.join(FORMATS)}.",
        ),
        code="unknown_format",
    )
