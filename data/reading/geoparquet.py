"""GeoParquet: the table of a file with its shapes as WKB.

Runs only in the restricted `data.reading.sandbox_worker`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.errors import FileRefused
from data.reading.damage import damaged
from data.reading.layer_names import one_layer, too_many_features
from data.reading.limits import Limits
from data.reading.sandbox_result import Column, Kind, RawLayer
from data.text_cleaning import Unprintable
from gis.messages import Message

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_geoparquet"]

_EXPORT: Final = Message(
    "请导出为 GeoParquet（几何列为 WKB）后提交",
    "export it as GeoParquet with its shapes as WKB",
)


def read_geoparquet(path: Path, layer: str | None, limits: Limits) -> RawLayer:
    """Read a GeoParquet file; lists and objects stay lists and objects, days are days.

    Raises
    ------
    FileRefused
        ``file_damaged``, ``not_gis`` (a table without shapes), ``no_such_layer``, ``too_big``,
        ``too_many_features``.
    """
    import pyarrow as pa  # noqa: PLC0415 - most files need none of it
    from pyarrow import parquet  # noqa: PLC0415

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    name = one_layer([path.stem], layer)
    try:
        file = parquet.ParquetFile(path, memory_map=False)
        about = _about(file.schema_arrow.metadata or {})
        _refuse_great(file.metadata, limits)
        shapes_in, described = _primary(about, file.schema_arrow.names)
        left = _coverings(described)
        wanted = [column for column in file.schema_arrow.names if column not in left]
        table = file.read(columns=wanted, use_threads=False)
        unprintable = Unprintable()
        columns = [
            _column(column, table.schema.field(column).type, table[column].to_pylist(), unprintable)
            for column in table.column_names
            if column != shapes_in
        ]
        shapes = table[shapes_in].to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError, ValueError, OSError) as error:
        if isinstance(error, FileRefused):
            raise
        raise damaged(error) from error
    if not all(shape is None or isinstance(shape, bytes) for shape in shapes):
        raise _not_geo()
    return RawLayer(name, _system(described), shapes, columns, "UTF-8", unprintable.notes())


def _about(metadata: Mapping[bytes, bytes]) -> Mapping[str, Any]:
    text = metadata.get(b"geo")
    about = None if text is None else json.loads(text)
    if not isinstance(about, dict) or not isinstance(about.get("columns"), dict):
        raise _not_geo()
    return about


def _not_geo() -> FileRefused:
    what = Message(
        "是 Parquet 表，但没有 WKB 几何列的说明（不是 GeoParquet）",
        "it is a Parquet table that names no column of WKB shapes, so no GeoParquet",
    )
    return FileRefused("not_gis", what, _EXPORT)


def _refuse_great(metadata: Any, limits: Limits) -> None:
    if metadata.num_rows > limits.features:
        raise too_many_features(metadata.num_rows, limits)
    groups = (metadata.row_group(n) for n in range(metadata.num_row_groups))
    if sum(group.total_byte_size for group in groups) > limits.inflated_bytes:
        most = limits.inflated_bytes // 2**20
        what = Message(f"解压后超过 {most} MB", f"it inflates to more than {most} MB")
        raise FileRefused("too_big", what, Message("请分批提交", "send it in parts"))


def _primary(about: Mapping[str, Any], names: list[str]) -> tuple[str, Mapping[str, Any]]:
    name = about.get("primary_column")
    described = about["columns"].get(name)
    if name not in names or not isinstance(described, dict) or described.get("encoding") != "WKB":
        raise _not_geo()
    return str(name), described


def _coverings(described: Mapping[str, Any]) -> set[str]:
    """Columns of boxes that only help to search."""
    covering = described.get("covering")
    boxes = covering.get("bbox") if isinstance(covering, dict) else None
    paths = boxes.values() if isinstance(boxes, dict) else ()
    return {str(path[0]) for path in paths if isinstance(path, list) and path}


def _system(described: Mapping[str, Any]) -> str | None:
    """The reference system: none given means longitude and latitude by the standard."""
    if "crs" not in described:
        return "OGC:CRS84"
    crs = described["crs"]
    if not isinstance(crs, dict):
        return None
    known = crs.get("id")
    if isinstance(known, dict) and {"authority", "code"} <= known.keys():
        return f"{known['authority']}:{known['code']}"
    from pyproj import CRS  # noqa: PLC0415 - few files name a system without its number
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        return CRS.from_json_dict(crs).to_wkt()
    except CRSError as error:
        raise damaged(error) from error


def _column(
    name: str, type_: pa.DataType, values: list[object], unprintable: Unprintable
) -> Column:
    from pyarrow import types  # noqa: PLC0415

    kind: Kind = "any"
    if types.is_boolean(type_):
        kind = "boolean"
    elif types.is_integer(type_) or types.is_floating(type_):
        kind = "number"
    elif types.is_date(type_):
        kind = "date"
    elif types.is_timestamp(type_):
        kind = "datetime"
    elif types.is_string(type_) or types.is_large_string(type_) or types.is_decimal(type_):
        kind = "text"
    plain = [
        unprintable.cleaned(_plain(value), row=row, column=name)
        for row, value in enumerate(values, 1)
    ]
    return Column(name, kind, plain)


def _plain(value: object) -> object:
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, bytes) else value
