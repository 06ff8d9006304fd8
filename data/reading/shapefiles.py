"""Reading a shapefile: its shapes by GDAL, its table byte by byte.

Runs only in the restricted `data.reading.sandbox_worker`, with one driver left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.reading.dbf import is_memo, read_dbf, typed_column
from data.reading.encoding import TextField, choose, decoded, language_of, read_text
from data.reading.layers import read_with_gdal, shapes_with_gdal
from data.reading.limits import Limits
from data.reading.memo import MemoFile
from data.reading.sandbox_result import Column, RawLayer
from data.reading.shapefile_parts import Shapefile
from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["read_shapefile", "unreadable_notes"]

_NAME_BYTES: Final = 10
_NO_MEMO: Final = Message(
    "备注字段的文字在 .dbt 或 .fpt 文件里，文件中没有；请一起提交，或导出为 .gpkg",
    "the text of a memo field is in a .dbt or .fpt file, which is not there: send it too, or "
    "export the layer as .gpkg",
)


def read_shapefile(part: Shapefile, name: str, forced: str | None, limits: Limits) -> RawLayer:
    """Read a shapefile; rows that its table marks as deleted are left out, which is told.

    Raises
    ------
    FileRefused
        Those of `data.reading.layers.read_layer` and `data.reading.encoding.choose`.
    """
    table = read_dbf(part.dbf)
    memo = None if part.memo is None else MemoFile(part.memo, table.version)
    texts = read_text(table, memo)
    chosen = choose(texts, declared=part.cpg or language_of(part.dbf), forced=forced)
    _meta, fids, _values = read_with_gdal(part.shp, limits, columns=[])
    there = ~table.deleted[fids]
    records = fids[there]
    notes = [*([chosen.note] if chosen.note else []), *part.notes, *_deleted(table.deleted)]
    text_of = {text.number: text for text in texts.fields}
    columns = []
    for field in table.fields:
        title, _ = decoded(field.name, chosen.encoding, _NAME_BYTES)
        if field.number in text_of:
            columns.append(
                _text_column(title, text_of[field.number], records, chosen.encoding, notes)
            )
            continue
        column = typed_column(field, title, records, table.version)
        if is_memo(field, table.version):
            column.unreadable = dict.fromkeys(column.unreadable, _NO_MEMO)
        columns.append(column)
    notes += unreadable_notes(columns)
    kept = compress(shapes_with_gdal(part.shp, fids), there.tolist())
    return RawLayer(name, part.prj, kept, columns, chosen.encoding, notes)


def _text_column(
    title: str,
    text: TextField,
    records: NDArray[np.int64],
    encoding: str,
    notes: list[Message],
) -> Column:
    column = Column(title, "text", [])
    cut = []
    for row, record in enumerate(records.tolist()):
        value, is_cut = decoded(text.values[record], encoding, text.width)
        column.values.append(value or None)
        cut += [row + 1] if is_cut else []
        if record in text.lost_rows:
            column.values[row] = "?"
            column.unreadable[row] = _NO_MEMO
    if cut:
        rows = row_list(cut)
        notes.append(
            Message(
                f"列 {title} {rows.zh}的文字在字段宽度处被截断",
                f"column {title}, {rows.en}: the text was cut by the width of the field",
            )
        )
    if after_nul := np.flatnonzero(np.isin(records, sorted(text.cut_rows))).tolist():
        rows = row_list([row + 1 for row in after_nul])
        notes.append(
            Message(
                f"列 {title} {rows.zh} NUL 之后的文字被忽略",
                f"column {title}, {rows.en}: text after a NUL was left out",
            )
        )
    return column


def _deleted(deleted: NDArray[np.bool_]) -> Iterator[Message]:
    if count := int(deleted.sum()):
        yield Message(
            f"{count} 行在属性表中已标记删除，不读取",
            f"{count} rows are marked as deleted in the table and were left out",
        )


def unreadable_notes(columns: Iterable[Column]) -> Iterator[Message]:
    """One clause for each column and reason of cells that cannot be read."""
    for column in columns:
        rows_of: dict[Message, list[int]] = {}
        for row, why in column.unreadable.items():
            rows_of.setdefault(why, []).append(row + 1)
        for why, rows in rows_of.items():
            where = row_list(rows)
            yield Message(
                f"列 {column.name} {where.zh}：{why.zh}",
                f"column {column.name}, {where.en}: {why.en}",
            )
