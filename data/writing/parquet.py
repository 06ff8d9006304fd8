"""Writing GeoParquet 1.1: a row group for each batch, shapes as WKB."""

from __future__ import annotations

import json
from typing import Any, Final

import pyarrow as pa

from data.writing.column_types import ColumnType, arrow_type, as_arrow, type_of
from data.writing.export_report import ExportReport
from data.writing.projecting import Kind
from data.writing.rows import BatchWriter, Place, Rows
from gis.messages import Message

__all__ = ["GeoParquetWriter"]

_VERSION: Final = "1.1.0"
_KINDS: Final[dict[Kind, list[str]]] = {
    "Polygon": ["Polygon", "MultiPolygon"],
    "LineString": ["LineString", "MultiLineString"],
    "Point": ["Point"],
}


class GeoParquetWriter(BatchWriter):
    """Lists and objects are JSON texts, as in a GeoPackage; days are days."""

    def __init__(self, place: Place, types: dict[str, ColumnType] | None = None) -> None:
        self._place = place
        self._types = dict(types or {})
        self._file: Any = None

    def write(self, rows: Rows) -> None:
        """Append a row group; the first one decides the types."""
        # It takes a while to import, and few exports need it.
        from pyarrow import parquet  # noqa: PLC0415

        if self._file is None:
            for name, column in rows.columns.items():
                self._types.setdefault(name, type_of(name, column.values))
            fields = [(name, arrow_type(self._types[name])) for name in rows.columns]
            about = {"geo": self._about(rows.drawn.kind)}
            schema = pa.schema([*fields, ("geometry", pa.binary())], metadata=about)
            self._file = parquet.ParquetWriter(self._place.target, schema, compression="zstd")
        columns = [as_arrow(column, self._types[name]) for name, column in rows.columns.items()]
        self._file.write_table(pa.table([*columns, rows.drawn.wkb], schema=self._file.schema))

    def _about(self, kind: Kind) -> str:
        column = {
            "encoding": "WKB",
            "geometry_types": _KINDS[kind],
            "crs": self._place.crs.to_json_dict(),
            "edges": "planar",
        }
        return json.dumps(
            {"version": _VERSION, "primary_column": "geometry", "columns": {"geometry": column}}
        )

    def notes(self) -> tuple[Message, ...]:
        """Nothing to tell."""
        return ()

    def finish(self, report: ExportReport) -> None:
        """Write the footer."""
        del report
        self._file.close()
