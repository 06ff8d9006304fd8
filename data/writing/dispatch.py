"""Writing frames as files: the suffix decides the format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

import pandas as pd

from data.plots.columns import PLOT_SCHEMAS
from data.read_ahead import read_ahead
from data.schemas import ENCODINGS, Encoding
from data.schemas import schema as schema_of
from data.slices import give_back
from data.writing.atomic import in_place
from data.writing.csv import CSVWriter
from data.writing.dictionary import labels_of, labels_of_properties
from data.writing.export_report import ExportRefused, ExportReport
from data.writing.formats import FORMATS, format_of, unknown_format
from data.writing.geojson import GeoJSONSeqWriter, GeoJSONWriter
from data.writing.gpx import write_gpx
from data.writing.kml import KMLWriter
from data.writing.ogr_layers import FlatGeobufWriter, GeodatabaseWriter, GeoPackageWriter
from data.writing.parquet import GeoParquetWriter
from data.writing.projecting import crs_name, wanted_crs
from data.writing.row_sources import Batch, OfficialRows, PropertyRows
from data.writing.rows import Place, Rows, RowWriter
from data.writing.shapefile import END_OF_FILE, ShapefileWriter
from data.writing.tables import Table
from data.writing.xlsx import XLSXWriter
from gis.messages import Message

__all__ = [
    "Batch",
    "Form",
    "format_of",
    "refuse_form",
    "usual_schema",
    "write",
    "write_batches",
]

# Columns that only frames of this schema have; the first match is used.
_MARKS: Final = (
    ("coverage", {"green_m2"}),
    ("patrols", {"started_at"}),
    ("findings", {"found_at"}),
    ("areas", {"kind", "unit", "valid_to", "area_m2"}),
    ("zaolin", {"kind"}),
    ("zones", {"level", "chief"}),
)
_WITH_TABLES: Final = ("gpkg", "gdb", "shp", "xlsx")
_GROWING: Final = ("geojson", "geojsonl", "kml", "csv")
_NO_TABLES: Final = Message(
    "这种格式放不下验收记录，需要时请用 .gpkg、.gdb.zip、.xlsx 或 shapefile。",
    "This format has no place for the records of acceptance; write a .gpkg, .gdb.zip, .xlsx or a "
    "shapefile for them.",
)


@dataclass(frozen=True)
class Form:
    """How a file is to be written.

    Parameters
    ----------
    format
        One of `data.writing.formats.FORMATS`; by the suffix of the path when None.
    schema
        Fields of an official table. None is `usual_schema` for a shapefile, and the interface's
        names elsewhere.
    encoding
        Of a shapefile's texts.
    crs
        Of the coordinates: CGCS2000 degrees when None. GeoJSON, KML, GPX and tables have no other.
    replace
        Whether characters that the encoding lacks become 〓 in texts; else they are refused.
    part_bytes
        Where a shapefile is cut: at the end of a .shp or .dbf.
    """

    format: str | None = None
    schema: str | None = None
    encoding: Encoding = "UTF-8"
    crs: object = None
    replace: bool = False
    part_bytes: int = END_OF_FILE


def write(  # noqa: PLR0913 - how a file is to be written
    frame: pd.DataFrame,
    path: Path,
    *,
    format: str | None = None,  # noqa: A002 - the word of the interface
    schema: str | None = None,
    encoding: Encoding = "UTF-8",
    crs: object = None,
    replace: bool = False,
    part_bytes: int = END_OF_FILE,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> ExportReport:
    """Write plots, districts, coverage rows, zones, patrols or findings as a file.

    Parameters
    ----------
    frame
        Columns named as the interface names them; a GeoDataFrame in CGCS2000 longitude and
        latitude for every format but ``csv`` and ``xlsx``.
    path
        Replaced when it exists, and only once the new file is whole.
    format, schema, encoding, crs, replace, part_bytes
        See `Form`.
    tables
        Tables without shapes that belong to the rows, by name: layers of a GeoPackage or a
        geodatabase, sheets of a workbook, CSV files beside a shapefile; the other formats have no
        place for them, which the report says.

    Returns
    -------
    ExportReport

    Raises
    ------
    ExportRefused
        As `write_batches`.
    """
    form = Form(format, schema, encoding, crs, replace, part_bytes)
    return write_batches([Batch(Table.of(frame), tables or {})], path, form)


def write_batches(
    batches: Iterable[Batch],
    path: Path,
    form: Form,
    progress: Callable[[int], None] = lambda _rows: None,
    grown: Callable[[Path], None] = lambda _file: None,
) -> ExportReport:
    """Write batches of rows one after another, in memory bounded by the largest one.

    Parameters
    ----------
    batches
        At least one, which may be empty; all with the columns of the first.
    progress
        Called with the number of rows after each batch.
    grown
        Called after each batch with the file in which its rows are, where bytes once written stay
        as they are: of GeoJSON, KML and CSV. It is renamed when it is whole.

    Raises
    ------
    ExportRefused
        ``unknown_format``, ``unknown_encoding``, ``wrong_crs``, ``wrong_schema``; ``does_not_fit``
        with every code,
        number or official value that its field cannot hold and every text that the encoding lacks;
        ``no_geometry``, ``no_line``, ``too_big``, ``cannot_write``. Nothing is left behind.
    data.codes.UnknownCodeError
        There is no such schema.
    """
    chosen = form.format or format_of(path)
    rest = iter(batches)
    first = next(rest)
    refuse_form(replace(form, format=chosen), usual_schema(first.rows.columns))
    if chosen not in ("csv", "xlsx"):
        _refuse_shapeless(first.rows, path)
    if chosen == "gpx":
        return write_gpx(first.rows, path)
    return _written(chain([first], rest), first.rows, path, chosen, form, (progress, grown))


def refuse_form(form: Form, usual: str = "zaolin") -> None:
    """Refuse a form in which such rows cannot be written, whatever they hold.

    Parameters
    ----------
    usual
        `usual_schema` of the rows; that of plots if nothing is said.

    Raises
    ------
    ExportRefused
        ``unknown_format``, ``unknown_encoding``, ``wrong_crs``; ``wrong_schema``: its fields are
        those of other things.
    data.codes.UnknownCodeError
        There is no such schema.

    Examples
    --------
    >>> refuse_form(Form("gpkg", crs="EPSG:4530"))
    >>> try:
    ...     refuse_form(Form("gpkg", crs="Mars"))
    ... except ExportRefused as refused:
    ...     refused.code
    'wrong_crs'
    """
    if form.format is not None and form.format not in FORMATS:
        raise unknown_format(form.format)
    _refuse_encoding(form.encoding)
    if form.format is not None and FORMATS[form.format].degrees_only:
        _only_degrees(form.crs)
    wanted_crs(form.crs)
    if form.schema is not None:
        _refuse_schema(form.schema, usual)


def _written(
    batches: Iterator[Batch],
    example: Table,
    path: Path,
    chosen: str,
    form: Form,
    told: tuple[Callable[[int], None], Callable[[Path], None]],
) -> ExportReport:
    progress, grown = told
    source = _source(example, chosen, form)
    has_tables = False

    def rows() -> Iterator[Rows]:
        nonlocal has_tables
        for batch in batches:
            has_tables |= bool(batch.tables)
            some = source.rows_of(batch)
            if some is not None:
                yield some
            give_back(source.count)  # of each thread that makes batches
            progress(batch.rows.rows)
            if chosen in _GROWING:
                grown(target)

    with in_place(path) as (folder, target):
        place = Place(
            folder, target, _layer(example.columns), path.name.split(".")[0] or "plots", source.crs
        )
        writer = _writer(chosen, place, source, example, form)
        if chosen in _GROWING:  # told of as far as it is written
            writer.write_all(rows())
        else:
            with closing(read_ahead(rows())) as ahead:
                writer.write_all(ahead)
        source.refuse()
        report = _report(path, chosen, form, source, writer)
        if has_tables and chosen not in _WITH_TABLES:
            report = report._replace(notes=(*report.notes, _NO_TABLES))
        writer.finish(report)
    return report


def _source(example: Table, chosen: str, form: Form) -> OfficialRows | PropertyRows:
    name = form.schema or (usual_schema(example.columns) if chosen == "shp" else None)
    if name is None or (name == "plain" and chosen != "shp"):
        return PropertyRows(form.crs)
    encoding = form.encoding if chosen == "shp" else "UTF-8"
    return OfficialRows(schema_of(name), encoding, form.crs, replace=form.replace)


def _writer(
    chosen: str,
    place: Place,
    source: OfficialRows | PropertyRows,
    example: Table,
    form: Form,
) -> RowWriter:
    table = source.table if isinstance(source, OfficialRows) else None
    if chosen == "shp" and table is not None:
        return ShapefileWriter(place, table, form.encoding, part_bytes=form.part_bytes)
    if chosen == "xlsx":
        labels = labels_of(table) if table else labels_of_properties(example.columns)
        return XLSXWriter(place, labels)
    if chosen in _TYPED:
        return _TYPED[chosen](place, source.types)
    return _UNTYPED[chosen](place)


_TYPED: Final[Mapping[str, Callable[..., RowWriter]]] = {
    "gpkg": GeoPackageWriter,
    "gdb": GeodatabaseWriter,
    "fgb": FlatGeobufWriter,
    "parquet": GeoParquetWriter,
}
_UNTYPED: Final[Mapping[str, Callable[[Place], RowWriter]]] = {
    "geojson": GeoJSONWriter,
    "geojsonl": GeoJSONSeqWriter,
    "kml": KMLWriter,
    "csv": CSVWriter,
}


def _report(
    path: Path, chosen: str, form: Form, source: OfficialRows | PropertyRows, writer: RowWriter
) -> ExportReport:
    crs = "—" if chosen == "csv" else crs_name(source.crs)
    if chosen in ("geojson", "geojsonl", "kml"):
        crs = "CRS84 (CGCS2000)"
    report = ExportReport(
        path,
        chosen,
        source.count,
        crs,
        form.encoding if chosen == "shp" else "UTF-8" if FORMATS[chosen].utf_8 else None,
        notes=(*source.notes(), *writer.notes()),
        unreviewed=source.sums.unreviewed,
    )
    if isinstance(source, PropertyRows):
        return report
    return report._replace(
        schema=source.table.name,
        shortened=tuple(source.shortened),
        left_out=source.gate.left_out,
        replaced=tuple(source.replaced),
    )


def usual_schema(names: Collection[str]) -> str:
    """The default schema of rows, by the names of their columns.

    Examples
    --------
    >>> usual_schema(["stage", "kind", "year"])
    'zaolin'
    >>> usual_schema(["code", "level", "green_m2"])
    'coverage'
    >>> usual_schema(["code", "level", "chief", "ranger"])
    'zones'
    >>> usual_schema(["code", "kind", "unit", "valid_to", "area_m2"])
    'areas'
    """
    there = set(names)
    return next((name for name, marks in _MARKS if marks <= there), "districts")


def _layer(names: Collection[str]) -> str:
    if {"plot_id", "also"} <= set(names):
        return "ledger"
    return {"zaolin": "plots"}.get(usual_schema(names), usual_schema(names))


def _refuse_shapeless(rows: Table, path: Path) -> None:
    if rows.shapes is None:
        raise ExportRefused(
            Message(
                f"这些数据没有图形，{path.name} 请改用 .csv。",
                f"These rows have no shapes; write a .csv instead of {path.name}.",
            ),
            code="no_geometry",
        )


def _refuse_encoding(encoding: str) -> None:
    if encoding not in ENCODINGS:
        raise ExportRefused(
            Message(
                f"编码 {encoding} 不能用，请用 {'、'.join(ENCODINGS)}。",
                f"Encoding {encoding} is not offered; use one of {', '.join(ENCODINGS)}.",
            ),
            code="unknown_encoding",
        )


def _refuse_schema(name: str, usual: str) -> None:
    title = schema_of(name).title
    if name in PLOT_SCHEMAS or name == usual:
        return
    raise ExportRefused(
        Message(
            f"字段表 {name}（{title}）装不下这些数据，请用 {'、'.join(PLOT_SCHEMAS)}。",
            f"The schema {name} has no fields for these rows; use one of "
            f"{', '.join(PLOT_SCHEMAS)}.",
        ),
        code="wrong_schema",
    )


def _only_degrees(crs: object) -> None:
    if crs is not None:
        raise ExportRefused(
            Message(
                "GeoJSON（RFC 7946）、KML、GPX 和 Excel 表只能是经纬度，请去掉坐标系选项，"
                "或用 .gpkg、.zip。",
                "GeoJSON (RFC 7946), KML, GPX and tables of Excel are in longitude and latitude "
                "only; leave the reference system out, or write a .gpkg or .zip.",
            ),
            code="wrong_crs",
        )
