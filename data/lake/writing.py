"""Writes one file of a lake, a row group at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import shapely

from data.lake.columns import COLUMNS, Table, schema_of
from data.lake.manifest import Group, Part, checksum, sync

_ONE_PART: Final = 1


class PartWriter:
    """A file that is whole when `finish` has answered.

    Parameters
    ----------
    root
        The folder of the version.
    path
        Where the file lies in it.
    table
        Whose columns it has.
    """

    def __init__(self, root: Path, path: str, table: Table) -> None:
        from pyarrow import parquet  # noqa: PLC0415

        self._path, self._name, self._table = root / path, path, table
        self._path.parent.mkdir(parents=True, exist_ok=True)
        schema = schema_of(table)
        words = [field.name for field in schema if str(field.type) == "string"]
        self._file = self._path.open("wb")
        self._writer: Any = parquet.ParquetWriter(
            self._file, schema, compression="zstd", use_dictionary=words
        )
        self._groups: list[Group] = []

    def write(self, columns: Sequence[Sequence[Any]], wkb: Sequence[bytes | None]) -> None:
        """Append a row group; columns in the order of the table, a shape of None has no box.

        A multipolygon of one part is written as that polygon.
        """
        import pyarrow as pa  # noqa: PLC0415

        if not len(wkb):
            return
        schema = schema_of(self._table)
        shapes = np.asarray(shapely.from_wkb(np.array(wkb, dtype=object)), dtype=object)
        single = (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON) & (
            shapely.get_num_geometries(shapes) == _ONE_PART
        )
        shapes[single] = shapely.get_geometry(shapes[single], 0)
        written = shapely.to_wkb(shapes, output_dimension=2)
        bounds = shapely.bounds(shapes)
        missing = shapely.is_missing(shapes)
        box = pa.StructArray.from_arrays(
            [pa.array(bounds[:, place], pa.float64()) for place in range(4)],
            fields=list(schema.field("bbox").type),
            mask=pa.array(missing),
        )
        arrays = [
            pa.array(values, schema.field(name).type)
            for name, values in zip(COLUMNS[self._table], columns, strict=True)
        ]
        arrays += [box, pa.array(written, pa.binary())]
        self._writer.write_table(pa.table(arrays, schema=schema))
        weight = sum(len(shape) for shape in written if shape is not None)
        low, high = _extent(bounds[~missing])
        self._groups.append(Group(len(wkb), weight, *low, *high))

    def finish(self) -> Part:
        """Write the footer, and say what the file is."""
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sync(self._path.parent)
        return Part(
            path=self._name,
            rows=sum(group.rows for group in self._groups),
            bytes=self._path.stat().st_size,
            sha256=checksum(self._path),
            groups=tuple(self._groups),
        )

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if not self._file.closed:
            self._file.close()


def _extent(bounds: Any) -> tuple[list[float], list[float]]:
    if not len(bounds):
        return [0.0, 0.0], [0.0, 0.0]
    return bounds[:, :2].min(axis=0).tolist(), bounds[:, 2:].max(axis=0).tolist()
