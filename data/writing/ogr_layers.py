"""GeoPackage, file geodatabase and FlatGeobuf: layers that GDAL writes from one stream of rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from pyogrio import raw

from data.writing.arrow_streams import Stream, TableSpool
from data.writing.atomic import zip_folder
from data.writing.column_types import ColumnType, arrow_type, as_arrow, type_of
from data.writing.export_report import ExportReport
from data.writing.projecting import Kind
from data.writing.rows import Place, Rows
from gis.messages import Message

__all__ = ["FlatGeobufWriter", "GeoPackageWriter", "GeodatabaseWriter"]

_SHAPE: Final = "geom"
_TYPES: Final[dict[Kind, str]] = {
    "Polygon": "MultiPolygon",
    "LineString": "MultiLineString",
    "Point": "Point",
}


class GeoPackageWriter:
    """One layer of shapes; tables beside it become layers without shapes.

    GDAL takes the rows as one stream, and indexes the shapes once at its end. Lists and objects are
    JSON texts.
    """

    _DRIVER = "GPKG"
    # 1.2 is the newest that GDAL of Debian 12 reads quietly.
    _OPTIONS: Mapping[str, Any] = {"dataset_options": {"VERSION": "1.2"}}

    def __init__(self, place: Place, types: Mapping[str, ColumnType] | None = None) -> None:
        self._place = place
        self._types = dict(types or {})
        self._tables: dict[str, TableSpool] = {}
        self._file = place.folder / f"layer{self._suffix()}"  # GDAL wants the suffix

    def _suffix(self) -> str:
        return ".gpkg"

    def write_all(self, batches: Iterator[Rows]) -> None:
        """Write rows as they come; the first ones decide the columns of the layer."""
        first = next(batches, None)
        if first is None:  # nothing fits, which whoever made the rows will say
            return
        for name, column in first.columns.items():
            self._types.setdefault(name, type_of(name, column.values))
        fields = [(name, arrow_type(self._stored(self._types[name]))) for name in first.columns]
        schema = pa.schema([*fields, (_SHAPE, pa.binary())])
        stream = Stream(schema, map(self._taken, chain([first], batches)))
        self._write(stream, first.drawn.kind)
        for name, spool in self._tables.items():
            spool.write_to(self._file, self._DRIVER, name)

    def _stored(self, kind: ColumnType) -> ColumnType:
        """The type in which the format has values of a type."""
        return kind

    def _taken(self, rows: Rows) -> list[pa.Array]:
        """The columns of some rows; their tables are put by until the layer is written."""
        for name, table in rows.tables.items():
            self._spool(name, table)
        return [
            *(
                as_arrow(column, self._stored(self._types[name]))
                for name, column in rows.columns.items()
            ),
            rows.drawn.gathered().wkb,
        ]

    def _spool(self, name: str, table: pd.DataFrame) -> None:
        if name not in self._tables:
            self._tables[name] = TableSpool(self._place.folder / f"{name}.arrow", self._stored)
        self._tables[name].append(table)

    def _write(self, stream: Stream, kind: Kind) -> None:
        with stream.errors():
            raw.write_arrow(
                stream.reader,
                self._file,
                layer=self._place.layer,
                driver=self._DRIVER,
                geometry_name=_SHAPE,
                geometry_type=_TYPES[kind],
                crs=self._place.crs.to_wkt(),
                **self._OPTIONS,
            )

    def notes(self) -> tuple[Message, ...]:
        """Nothing to tell."""
        return ()

    def finish(self, report: ExportReport) -> None:
        """Hand the file over."""
        del report
        self._file.replace(self._place.target)


class GeodatabaseWriter(GeoPackageWriter):
    """A file geodatabase in a zip, with whole numbers and days as ArcGIS 10 knows them."""

    _DRIVER = "OpenFileGDB"
    _OPTIONS: Mapping[str, Any] = {}

    def __init__(self, place: Place, types: Mapping[str, ColumnType] | None = None) -> None:
        super().__init__(place, types)
        self._file = place.folder / f"{place.stem}.gdb"

    def write_all(self, batches: Iterator[Rows]) -> None:
        """Write rows as they come; tables beside them become tables."""
        with warnings.catch_warnings():
            # Told in the notes: numbers beyond 32 bits are doubles, exact up to 2**53.
            warnings.filterwarnings("ignore", "Field .* of type Integer64", RuntimeWarning)
            super().write_all(batches)

    def _stored(self, kind: ColumnType) -> ColumnType:
        # ArcGIS 10 has no days without a time, and reads ISO 8601 as a text like any other.
        return "text" if kind == "date" else kind

    def notes(self) -> tuple[Message, ...]:
        """What a geodatabase of ArcGIS 10 writes in another type."""
        days = [name for name, kind in self._types.items() if kind == "date"]
        days += [f"{table}.{name}" for table, rows in self._tables.items() for name in rows.days]
        if not days:
            return ()
        return (
            Message(
                f"文件地理数据库（ArcGIS 10）没有单独的日期类型，{'、'.join(days)} 写成"
                "文字 2026-04-05。",
                "A file geodatabase of ArcGIS 10 has no type for a day: "
                f"{', '.join(days)} are texts, 2026-04-05.",
            ),
        )

    def finish(self, report: ExportReport) -> None:
        """Zip the folder of the geodatabase."""
        del report
        zip_folder(self._file, self._place.target)


class FlatGeobufWriter(GeoPackageWriter):
    """A FlatGeobuf, which has no room for further tables."""

    _DRIVER = "FlatGeobuf"
    _OPTIONS: Mapping[str, Any] = {}

    def _suffix(self) -> str:
        return ".fgb"

    def _spool(self, name: str, table: pd.DataFrame) -> None:
        """Nowhere to put it."""
