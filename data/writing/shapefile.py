"""Shapefiles as bureaus hand them in: exact fields, a declared encoding, nothing cut silently.

fiona writes an empty file with the exact widths and precisions, pyogrio appends the shapes to it in
bulk, and `data.writing.dbf_records` their values (the one cannot be fast, the other cannot set a
width). Every value is checked before, and the header is read back after.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyogrio import raw
from pyproj import CRS

from data.schemas import Encoding, Schema
from data.writing.atomic import zipped
from data.writing.csv import append_csv
from data.writing.dbf import fiona_type, read_header, record_bytes
from data.writing.dbf_records import append_records, end_records
from data.writing.dictionary import DICTIONARY, TABLES, dictionary
from data.writing.export_report import ExportRefused, ExportReport
from data.writing.projecting import Kind
from data.writing.rows import BatchWriter, Place, Rows
from data.writing.shapes import Shapes
from data.writing.table_columns import Columns
from gis.messages import Message

__all__ = ["END_OF_FILE", "REPORT", "ShapefileWriter"]

REPORT: Final = "导出说明.txt"
END_OF_FILE: Final = 2**31 - 1  # of .shp and .dbf: readers take lengths as signed 32 bits
_SHP_HEAD: Final = 100  # bytes, as of .shx
_SHX_RECORD: Final = 8
_SHAPE: Final = "geometry"  # of the rows on their way; a .shp has no name for it


class ShapefileWriter(BatchWriter):
    """A zip with the files of a shapefile, a field dictionary and the report of the export.

    What would pass the end of a .shp or .dbf goes on in another shapefile of the same zip.

    Parameters
    ----------
    part_bytes
        Bytes that a .shp or a .dbf may have.
    """

    def __init__(
        self, place: Place, table: Schema, encoding: Encoding, *, part_bytes: int = END_OF_FILE
    ) -> None:
        self._place = place
        self._table = table
        self._encoding = encoding
        self._part_bytes = part_bytes
        self._parts: list[_Part] = []

    def write(self, rows: Rows) -> None:
        """Append rows; the first ones say whether the layer holds polygons, lines or points.

        Raises
        ------
        ExportRefused
            ``too_big``: a single shape passes the end of a file.
        """
        shapes = rows.drawn
        for name, table in rows.tables.items():
            append_csv(table, self._place.folder / f"{TABLES.get(name, name)}.csv")
        if not self._parts:
            self._begin(shapes.kind)
        elif self._parts[-1].rows == 0:
            self._parts[-1] = self._parts[-1]._replace(kind=shapes.kind)
        lengths = shapes.shp_bytes()
        first = 0
        while first < rows.count:
            taken = self._room(lengths[first:])
            if taken:
                part = slice(first, first + taken)
                columns = {name: column.taken(part) for name, column in rows.columns.items()}
                self._append(columns, shapes[part], int(lengths[part].sum()))
            first += taken
            if first < rows.count:
                self._begin(self._parts[-1].kind)

    def _room(self, lengths: NDArray[np.int64]) -> int:
        """How many of the next rows the present part can take."""
        part = self._parts[-1]
        of_shp = np.searchsorted(np.cumsum(lengths), self._part_bytes - part.shp_bytes, "right")
        head = 32 * (len(self._table.fields) + 1) + 2
        of_dbf = (self._part_bytes - head) // record_bytes(self._table) - part.rows
        taken = max(0, min(int(of_shp), of_dbf))
        if not taken and not part.rows:
            raise ExportRefused(
                Message(
                    "有一个图形超过 shapefile 的 2 GB 上限，请用 .gpkg。",
                    "A single shape passes the 2 GB end of a shapefile; write a .gpkg.",
                ),
                code="too_big",
            )
        return taken

    def _begin(self, kind: Kind) -> None:
        number = len(self._parts) + 1
        path = self._place.folder / f"{self._place.stem}_{number}.shp"
        self._parts.append(_Part(path, kind, 0, _SHP_HEAD))

    def _append(self, columns: Columns, shapes: Shapes, length: int) -> None:
        part = self._parts[-1]
        if part.rows == 0:
            create_layer(part.path, self._table, part.kind, self._encoding)
        append_rows(part.path, self._table, columns, shapes, self._place.crs, self._encoding)
        self._parts[-1] = part._replace(
            rows=part.rows + len(shapes), shp_bytes=part.shp_bytes + length
        )

    def notes(self) -> tuple[Message, ...]:
        """The parts, when there are several."""
        if len(self._parts) < 2:
            return ()
        zh = "，".join(f"{part.path.stem} {part.rows} 行" for part in self._parts)
        en = ", ".join(f"{part.path.stem} {part.rows} rows" for part in self._parts)
        return (
            Message(
                f"超过 shapefile 的 2 GB 上限，分成 {len(self._parts)} 个：{zh}。",
                f"It passes the 2 GB end of a shapefile and is cut into {len(self._parts)}: {en}.",
            ),
        )

    def finish(self, report: ExportReport) -> None:
        """Check the headers, then zip all parts with dictionary and report."""
        for part in self._parts:
            if part.rows == 0:
                create_layer(part.path, self._table, part.kind, self._encoding)
            complete_layer(part.path, self._table, part.rows, self._place.crs, self._encoding)
        if len(self._parts) == 1:
            _rename(self._parts[0].path, self._place.stem)
        folder = self._place.folder
        (folder / DICTIONARY).write_text(dictionary(self._table), encoding="utf-8")
        (folder / REPORT).write_text(report.text(), encoding="utf-8-sig")
        zipped(folder, self._place.target)


class _Part(NamedTuple):
    path: Path
    kind: Kind
    rows: int
    shp_bytes: int


def _rename(path: Path, stem: str) -> None:
    for file in list(path.parent.glob(f"{path.stem}.*")):
        file.rename(file.with_name(f"{stem}{file.suffix}"))


def create_layer(path: Path, table: Schema, kind: Kind, encoding: Encoding) -> None:
    """An empty shapefile with the exact fields of a schema; its table is apart until the end."""
    import fiona  # noqa: PLC0415 - a GDAL of its own, 25 MB, for processes that write shapefiles

    properties = [(field.name, fiona_type(field)) for field in table.fields]
    with fiona.open(
        path,
        "w",
        driver="ESRI Shapefile",
        schema={"geometry": kind, "properties": properties},
        encoding=encoding,
    ):
        pass  # only the header is wanted
    empty = path.with_suffix(".dbf")
    content = empty.read_bytes()
    size = 32 * (len(table.fields) + 1) + 1
    if len(content) < size:  # GDAL does not say that the disk is full
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    _table_of(path).write_bytes(content[:size])
    empty.unlink()


def _table_of(path: Path) -> Path:
    # GDAL would write an empty record for each shape into a .dbf.
    return path.with_suffix(".records")


def append_rows(
    path: Path, table: Schema, columns: Columns, shapes: Shapes, crs: CRS, encoding: Encoding
) -> None:
    """Append rows, each value of which fits its field."""
    append_records(_table_of(path), table, columns, len(shapes), encoding)
    raw.write_arrow(
        pa.table({_SHAPE: shapes.wkb}),
        path,
        append=True,
        driver="ESRI Shapefile",
        geometry_name=_SHAPE,
        geometry_type=shapes.kind,
        crs=crs.to_wkt(),
        encoding=encoding,
    )


def complete_layer(path: Path, table: Schema, rows: int, crs: CRS, encoding: Encoding) -> None:
    """Put the table beside the shapes, and throw the file away if its fields are not the schema's.

    Raises
    ------
    ExportRefused
        ``cannot_write``: the header is not that of the schema, or a shape is not there.
    """
    path.with_suffix(".prj").write_text(crs.to_wkt("WKT1_ESRI"), encoding="ascii")
    path.with_suffix(".cpg").write_text(encoding, encoding="ascii")
    end_records(_table_of(path), rows)
    _table_of(path).rename(path.with_suffix(".dbf"))
    _compare_header(path.with_suffix(".dbf"), table, rows)
    _count_shapes(path, rows)


def _count_shapes(path: Path, rows: int) -> None:
    """Each shape has eight bytes in the .shx."""
    shapes, rest = divmod(path.with_suffix(".shx").stat().st_size - _SHP_HEAD, _SHX_RECORD)
    if shapes != rows or rest:
        raise ExportRefused(
            Message(
                f"写出了 {shapes} 个图形，应有 {rows} 个；文件已丢弃，请报告此问题。",
                f"{shapes} shapes were written, not {rows}; the file was thrown away, please "
                "report this.",
            ),
            code="cannot_write",
        )


def _compare_header(path: Path, table: Schema, rows: int) -> None:
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
