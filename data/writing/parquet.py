"""Writing GeoParquet 1.1: a row group for each batch, shapes as WKB."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import shapely

from data.writing.column_types import ColumnType, as_array, type_of
from data.writing.export_report import ExportReport
from data.writing.projecting import Kind, kind_of
from data.writing.rows import Place, Rows
from gis.messages import Message

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["GeoParquetWriter"]

_VERSION: Final = "1.1.0"
_KINDS: Final[dict[Kind, list[str]]] = {
    "Polygon": ["Polygon", "MultiPolygon"],
    "LineString": ["LineString", "MultiLineString"],
    "Point": ["Point"],
}


class GeoParquetWriter:
    """Lists and objects are JSON texts, as in a GeoPackage; days are days."""

    def __init__(self, place: Place, types: dict[str, ColumnType] | None = None) -> None:
        self._place = place
        self._types = dict(types or {})
        self._file: Any = None

    def write(self, rows: Rows) -> None:
        """Append a row group; the first one decides the types."""
        # It takes half a second to import, and few exports need it.
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415

        drawn = rows.drawn
        if self._file is None:
            for name, values in rows.columns.items():
                self._types.setdefault(name, type_of(name, values))
            about = self._about(kind_of(drawn))
            fields = [(name, _arrow_types()[self._types[name]]) for name in rows.columns]
            schema = pa.schema([*fields, ("geometry", pa.binary())], metadata={"geo": about})
            self._file = parquet.ParquetWriter(self._place.target, schema, compression="zstd")
        columns = [self._column(name, values) for name, values in rows.columns.items()]
        shapes = pa.array(shapely.to_wkb(drawn), pa.binary())
        self._file.write_table(pa.table([*columns, shapes], schema=self._file.schema))

    def _column(self, name: str, values: list[object]) -> pa.Array:
        import pyarrow as pa  # noqa: PLC0415

        kind = self._types[name]
        array, absent = as_array(values, kind)
        return pa.array(array, _arrow_types()[kind], mask=absent, from_pandas=True)

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


def _arrow_types() -> dict[ColumnType, Any]:
    import pyarrow as pa  # noqa: PLC0415

    return {
        "text": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
