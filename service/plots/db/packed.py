"""Plots in bulk: the attributes of a row as one text, which Arrow reads column by column.

A driver that makes a Python object of each cell takes ten times as long as the database does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import csv
from sqlalchemy import Connection, Text, cast, func, null

from service.accounts.db.accounts import Account
from service.plots.db.plots import PlotFilter, as_records, conditions, versions_at

__all__ = ["Packed", "packed_batches"]

_READ: dict[type[Any], pa.DataType] = {
    sa.Double: pa.float64(),
    sa.Float: pa.float64(),
    sa.Integer: pa.int64(),
    sa.BigInteger: pa.int64(),
}

# Few, so that an answer that begins with them begins soon.
_FIRST_ROWS = 500


class Packed(NamedTuple):
    """Some plots: attributes by the names of `service.plots.db.plots.as_records`, and WKB.

    Numbers are numbers; everything else is the text that PostgreSQL has for it, null where it has
    none.
    """

    cells: pa.Table
    wkb: pa.BinaryArray


def packed_batches(
    connection: Connection, account: Account, filters: PlotFilter, rows_at_once: int
) -> Iterator[Packed]:
    """Plots by id, from a cursor on the server; one empty batch when there are none.

    Other statements of the connection may run between two batches.
    """
    v = versions_at(filters.as_of)
    records = as_records(v)
    *columns, wkb = records.selected_columns
    # An empty cell at both ends takes the brackets of a row.
    cells = cast(func.row(null(), *columns, null()), Text)
    statement = (
        records.with_only_columns(cells.label("cells"), wkb, maintain_column_froms=True)
        .where(*conditions(account, filters, v))
        .order_by(v.c.plot_id)
        .execution_options(stream_results=True, max_row_buffer=rows_at_once)
    )
    types = {str(column.key): _READ.get(type(column.type), pa.string()) for column in columns}
    empty = True
    with connection.execute(statement) as result:
        rows_wanted = min(_FIRST_ROWS, rows_at_once)
        while rows := result.fetchmany(rows_wanted):
            empty, rows_wanted = False, rows_at_once
            texts, shapes = zip(*rows, strict=True)
            yield Packed(_cells("\n".join(texts), types), pa.array(shapes, pa.binary()))
    if empty:
        none = pa.table({name: pa.array([], kind) for name, kind in types.items()})
        yield Packed(none, pa.array([], pa.binary()))


def _cells(text: str, types: dict[str, pa.DataType]) -> pa.Table:
    written = text.encode()
    return csv.read_csv(
        pa.BufferReader(written),
        # One block, so that each column is one piece.
        read_options=csv.ReadOptions(
            column_names=["(", *types, ")"], block_size=len(written) + 1, use_threads=False
        ),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
