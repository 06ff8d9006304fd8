"""Shapefiles as bureaus hand them in: exact fields, a declared encoding, nothing cut silently.

fiona writes an empty file with the exact widths and precisions, pyogrio appends to it in bulk (the
one cannot be fast, the other cannot set a width). GDAL would widen a field silently, so every
value is checked before and the header is read back after.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import fiona
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyogrio import raw

from data.schemas import Encoding, Field, Schema, field_mapping
from data.schemas import schema as schema_of
from data.writing.atomic import in_place, zipped
from data.writing.attributes import property_values
from data.writing.csv import as_csv
from data.writing.dbf import blank_absent_numbers, fiona_type, read_header, record_bytes
from data.writing.export_notes import left_out, plot_notes, unreviewed_count, within_stages
from data.writing.export_report import ExportRefused, ExportReport, refuse_misfits
from data.writing.projecting import Projected, kind_of, projected
from data.writing.table_columns import Columns, fill, numbered, stale_areas, unknown_fields
from gis.messages import Message

__all__ = ["DICTIONARY", "REPORT", "write_zip"]

DICTIONARY: Final = "字段说明.csv"
REPORT: Final = "导出说明.txt"
END_OF_FILE: Final = 2**31 - 1  # of .shp and .dbf: readers take lengths as signed 32 bits


def write_zip(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    schema: str = "zaolin",
    encoding: Encoding = "UTF-8",
    crs: object = None,
) -> ExportReport:
    """Write a zipped shapefile with the fields of a schema, a field dictionary and a report.

    Parameters
    ----------
    frame
        Polygons, lines or points in CGCS2000 longitude and latitude; columns named as the interface
        names them. What `extra[schema]` holds goes back into its fields unchanged, before any
        property. Plots of a stage that the schema does not take are left out, and it is told.
    path
        The zip; replaced when it exists, and only once the new one is whole.
    schema
        Name of a schema, see `data.schemas.schema`.
    encoding
        Of the texts: ``UTF-8``, or ``GBK`` for older desktop programs; `.cpg` says which.
    crs
        Of the coordinates: CGCS2000 degrees when None, or one of its zones (`gis.crs.Zone` or its
        EPSG number).

    Returns
    -------
    ExportReport
        With the free texts that were shortened. It is also in the zip, as 导出说明.txt.

    Raises
    ------
    ExportRefused
        ``does_not_fit`` with every code, number or official value that its field cannot hold, and
        every text that the encoding lacks; ``no_geometry``, ``too_big`` (2 GB), ``wrong_crs``,
        ``unknown_encoding``, ``cannot_write``. No file is left behind.
    data.codes.UnknownCodeError
        There is no such schema.
    """
    if encoding not in ("UTF-8", "GBK"):
        raise ExportRefused(
            Message(
                f"编码 {encoding} 不能用，请用 UTF-8 或 GBK。",
                f"Encoding {encoding} is not offered; use UTF-8 or GBK.",
            ),
            code="unknown_encoding",
        )
    table = schema_of(schema)
    given = len(frame)
    frame, not_taken = within_stages(frame, table)
    ground = projected(frame, crs)
    columns, shortened = fill(frame, table, encoding)
    misfits = [*unknown_fields(frame, table), *table.check_columns(columns, encoding)]
    refuse_misfits(misfits, property_values(frame, "id"))
    _refuse_too_big(ground.geometries, table)
    report = ExportReport(
        path,
        "shp",
        len(frame),
        ground.name,
        encoding,
        schema,
        tuple(shortened),
        (
            *plot_notes(frame),
            *not_taken,
            *_about(table),
            *ground.notes,
            *left_out(frame, table),
            *_stale(frame, table),
            *_lost_times(frame),
        ),
        unreviewed_count(frame),
        given - len(frame),
    )
    layer = path.name.split(".")[0] or "plots"
    with in_place(path) as (folder, target):
        _write_layer(folder / f"{layer}.shp", table, columns, ground, encoding)
        (folder / DICTIONARY).write_text(_dictionary(table), encoding="utf-8")
        (folder / REPORT).write_text(report.text(), encoding="utf-8-sig")
        zipped(folder, target)
    return report


def _refuse_too_big(geometries: NDArray[np.object_], table: Schema) -> None:
    dbf = 32 * (len(table.fields) + 1) + 1 + record_bytes(table) * len(geometries)
    rings = int(shapely.get_num_geometries(geometries).sum()) if len(geometries) else 0
    shp = (
        100 + 60 * len(geometries) + 4 * rings + 16 * shapely.get_num_coordinates(geometries).sum()
    )
    if max(dbf, shp) > END_OF_FILE:
        raise ExportRefused(
            Message(
                "文件将超过 shapefile 的 2 GB 上限，请按县分开导出，或用 .gpkg。",
                "It would pass the 2 GB end of a shapefile; export county by county, or a .gpkg.",
            ),
            code="too_big",
        )


def _about(table: Schema) -> list[Message]:
    if not table.official:
        return [
            Message(
                f"{table.title}。",
                f"This field table is not official: {table.name} is of our own making.",
            )
        ]
    about = [
        Message(
            f"字段按 {table.title}（{table.source}）。",
            f"Fields are those of {table.name}.",
        )
    ]
    made = [field for field, name in field_mapping(table.name).items() if name == "identifier"]
    about += [
        Message(
            f"{field} 由 6 位县级代码和 12 位图斑编号组成，已有官方值的照写。",
            f"{field} is the county's code of 6 digits and the plot's number in 12; official "
            "values that plots brought are kept.",
        )
        for field in made
    ]
    return about


def _stale(frame: gpd.GeoDataFrame, table: Schema) -> list[Message]:
    rows = stale_areas(frame, table.name)
    if not rows:
        return []
    return [
        Message(
            f"{len(rows)} 个图斑的原表面积与图形的椭球面积相差 1% 以上，原值照写（第 "
            f"{numbered(rows)} 行）。",
            f"{len(rows)} areas of the official table differ from their shape by more than 1 %; "
            f"they are written as they came (rows {numbered(rows)}).",
        )
    ]


def _lost_times(frame: gpd.GeoDataFrame) -> list[Message]:
    if "times" not in frame.columns:
        return []
    return [
        Message(
            "shapefile 存不下每个定位点的时刻，需要时请用 .gpx、.geojson 或 .gpkg。",
            "A shapefile cannot hold the times of the fixes; write a .gpx, .geojson or .gpkg "
            "for them.",
        )
    ]


_DTYPES: Final[dict[str, Any]] = {"C": object, "D": "datetime64[D]"}


def _write_layer(
    path: Path, table: Schema, columns: Columns, ground: Projected, encoding: Encoding
) -> None:
    kind = kind_of(ground.geometries)
    properties = [(field.name, fiona_type(field)) for field in table.fields]
    with fiona.open(
        path,
        "w",
        driver="ESRI Shapefile",
        schema={"geometry": kind, "properties": properties},
        encoding=encoding,
    ):
        pass  # only the header is wanted
    if len(ground.geometries):
        arrays = [_array(columns[field.name], field) for field in table.fields]
        raw.write(
            path,
            shapely.to_wkb(ground.geometries),
            [values for values, _absent in arrays],
            table.names,
            field_mask=[absent for _values, absent in arrays],
            append=True,
            driver="ESRI Shapefile",
            geometry_type=kind,
            crs=ground.wkt,
            encoding=encoding,
        )
    path.with_suffix(".prj").write_text(ground.esri_wkt, encoding="ascii")
    path.with_suffix(".cpg").write_text(encoding, encoding="ascii")
    _compare_header(path.with_suffix(".dbf"), table, len(ground.geometries))
    blank_absent_numbers(path.with_suffix(".dbf"))


def _array(values: Sequence[object], field: Field) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    if field.type != "N":
        return np.array(values, dtype=_DTYPES[field.type]), None
    absent = np.array([value is None for value in values])
    numbers = [0 if value is None else value for value in values]
    return np.array(numbers, dtype=float if field.precision else np.int64), absent


def _compare_header(path: Path, table: Schema, rows: int) -> None:
    """Throw the file away if GDAL widened a field or left a row out."""
    header = read_header(path)
    wanted = [(field.name, field.type, field.width, field.precision) for field in table.fields]
    if header.fields != wanted or header.records != rows:
        strange = [field for field in header.fields if field not in wanted][:3]
        raise ExportRefused(
            Message(
                f"写出的表头与字段表 {table.name} 不一致：{strange}，{header.records} 行；"
                "文件已丢弃，请报告此问题。",
                f"The header that was written is not that of {table.name}: {strange}, "
                f"{header.records} rows; the file was thrown away, please report this.",
            ),
            code="cannot_write",
        )


def _dictionary(table: Schema) -> str:
    mapping = field_mapping(table.name)
    kind = "公开模板" if table.official else "非官方"
    rows = [
        {
            "字段名": field.name,
            "类型": field.type,
            "宽度": field.width,
            "小数位": field.precision if field.type == "N" else None,
            "含义": field.label,
            "来源": field.source,
            "本系统属性": mapping.get(field.name),
            "性质": kind,
        }
        for field in table.fields
    ]
    return as_csv(list(rows[0]), rows)
