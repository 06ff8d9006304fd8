"""GeoPackage, file geodatabase and FlatGeobuf: layers that GDAL appends to, batch by batch."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyogrio import raw

from data.writing.atomic import zip_folder
from data.writing.attributes import property_values
from data.writing.column_types import ColumnType, as_array, type_of
from data.writing.export_report import ExportReport
from data.writing.projecting import Kind, kind_of
from data.writing.rows import Place, Rows
from gis.messages import Message

__all__ = ["FlatGeobufWriter", "GeoPackageWriter", "GeodatabaseWriter"]

_TYPES: Final[dict[Kind, str]] = {
    "Polygon": "MultiPolygon",
    "LineString": "MultiLineString",
    "Point": "Point",
}


class GeoPackageWriter:
    """One layer of shapes; tables beside it become layers without shapes.

    Lists and objects are JSON texts.
    """

    _DRIVER = "GPKG"
    # 1.2 is the newest that GDAL of Debian 12 reads quietly.
    _OPTIONS: Mapping[str, Any] = {"dataset_options": {"VERSION": "1.2"}}

    def __init__(self, place: Place, types: Mapping[str, ColumnType] | None = None) -> None:
        self._place = place
        self._types = dict(types or {})
        self._kind: Kind | None = None
        self._tables: set[str] = set()
        self._file = place.folder / f"layer{self._suffix()}"  # GDAL wants the suffix

    def _suffix(self) -> str:
        return ".gpkg"

    def write(self, rows: Rows) -> None:
        """Append rows to the layer; the first ones decide its columns."""
        shapes = rows.drawn
        first = self._kind is None
        if self._kind is None:
            self._kind = kind_of(shapes)
            for name, values in rows.columns.items():
                self._types.setdefault(name, type_of(name, values))
        names = list(rows.columns)
        if first or rows.count:
            columns = [self._array(name, rows.columns[name]) for name in names]
            self._append(columns, names, self._place.layer, shapes, first=first)
        for name, table in rows.tables.items():
            if len(table) or name not in self._tables:
                self._append_table(name, table)

    def _array(
        self, name: str, values: list[object]
    ) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
        return as_array(values, self._types[name])

    def _append(
        self,
        columns: list[tuple[NDArray[Any], NDArray[np.bool_] | None]],
        names: list[str],
        layer: str,
        shapes: NDArray[np.object_] | None,
        *,
        first: bool,
    ) -> None:
        raw.write(
            self._file,
            None if shapes is None else shapely.to_wkb(_alike(shapes)),
            [values for values, _absent in columns],
            names,
            field_mask=[absent for _values, absent in columns],
            layer=layer,
            driver=self._DRIVER,
            append=not first,
            geometry_type=None if shapes is None else _TYPES[self._kind or "Polygon"],
            crs=None if shapes is None else self._place.crs.to_wkt(),
            **(self._OPTIONS if first else {}),
        )

    def _append_table(self, name: str, table: pd.DataFrame) -> None:
        # Under a prefix, since a table has columns of the same names as the layer.
        columns = []
        for column in table.columns:
            values = property_values(table, column)
            kind = self._types.setdefault(f"{name}.{column}", type_of(column, values))
            columns.append(as_array(values, kind))
        self._append(columns, list(table.columns), name, None, first=False)
        self._tables.add(name)

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

    def write(self, rows: Rows) -> None:
        """Append rows to the layer; tables beside it become tables."""
        with warnings.catch_warnings():
            # Told in the notes: numbers beyond 32 bits are doubles, exact up to 2**53.
            warnings.filterwarnings("ignore", "Field .* of type Integer64", RuntimeWarning)
            super().write(rows)

    def _array(
        self, name: str, values: list[object]
    ) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
        # ArcGIS 10 has no days without a time, and reads ISO 8601 as a text like any other.
        kind = self._types[name]
        return as_array(values, "text" if kind == "date" else kind)

    def notes(self) -> tuple[Message, ...]:
        """What a geodatabase of ArcGIS 10 writes in another type."""
        days = [name for name, kind in self._types.items() if kind == "date"]
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
    """A FlatGeobuf; GDAL writes it in one go, so the rows lie in a GeoPackage until the end."""

    def write(self, rows: Rows) -> None:
        """Append rows; a FlatGeobuf has no room for further tables."""
        super().write(Rows(rows.columns, rows.shapes))

    def finish(self, report: ExportReport) -> None:
        """Stream the rows from the GeoPackage into the FlatGeobuf."""
        del report
        copied = self._place.folder / "layer.fgb"
        _copy(self._file, copied, _TYPES[self._kind or "Polygon"])
        copied.replace(self._place.target)


def _copy(gpkg: Path, fgb: Path, geometry_type: str) -> None:
    with raw.open_arrow(gpkg) as (about, stream):
        raw.write_arrow(
            stream,
            fgb,
            driver="FlatGeobuf",
            geometry_name=about["geometry_name"] or "geom",
            geometry_type=geometry_type,
            crs=about["crs"],
        )


def _alike(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """All geometries as the one type of the layer: multi-parts, or points."""
    kinds = shapely.get_type_id(geometries)
    out = geometries.copy()
    for single, gathered in (
        (shapely.GeometryType.POLYGON, shapely.multipolygons),
        (shapely.GeometryType.LINESTRING, shapely.multilinestrings),
    ):
        rows = np.flatnonzero(kinds == single)
        if len(rows):
            out[rows] = gathered(out[rows], indices=np.arange(len(rows)))
    return out
