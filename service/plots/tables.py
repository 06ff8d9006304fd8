"""Stored plots as the columns that files are made of."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection

from data.columns import Column
from data.writing.shapes import Shapes
from data.writing.tables import Table
from service.database.engine import decoded
from service.districts.db.districts import tree
from service.plots.acceptance import LAST_CHECK_COLUMNS, record_table
from service.plots.db import acceptance
from service.plots.db.packed import Packed
from service.plots.db.plan_numbers import names_of
from service.plots.db.plots import ATTRIBUTES
from service.plots.frames import READ_ONLY

__all__ = ["plots_table", "with_last_checks", "with_places", "with_plans"]

_NUMBERS: Final = (pa.int64(), pa.float64())


def plots_table(packed: Packed) -> Table:
    """Stored plots with the API's names as columns; plans are ids in ``plan_ids``."""
    columns = {
        "id" if name == "plot_id" else name: _column(name, packed.cells[name])
        for name in ("plot_id", *ATTRIBUTES, *READ_ONLY)
    }
    return Table(columns, Shapes.stored(packed.wkb), len(packed.wkb))


def _column(name: str, chunks: pa.ChunkedArray) -> Column:
    array = chunks.combine_chunks()
    # Areas and ids differ from row to row.
    if array.type in _NUMBERS and name in ("plot_id", "area_m2"):
        return Column(array.to_pylist())
    found = array.dictionary_encode()
    absent = len(found.dictionary)
    codes = found.indices.fill_null(absent).to_numpy(zero_copy_only=False).astype(np.intp)
    values = found.dictionary.to_pylist()
    if array.type not in _NUMBERS:
        read = _READ.get(name, str)
        values = [read(_plain(text)) for text in values]
    return Column([*values, None], codes)


def _plain(text: str) -> str:
    # A row as text has each backslash twice.
    return text.replace("\\\\", "\\") if "\\" in text else text


def _ids(text: str) -> list[int]:
    return [int(number) for number in text[1:-1].split(",") if number]


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "species": decoded,
    "evidence": decoded,
    "extra": decoded,
    "plan_ids": _ids,
    "planted_on": date.fromisoformat,
    "changed_at": datetime.fromisoformat,
    "demo": "t".__eq__,
}


def with_plans(connection: Connection, table: Table) -> Table:
    """The table with ``plans`` in the place of ``plan_ids``: 图斑号, which hold in any instance.

    A plan is named ``2025/00012``, by task year and number; those in no registry are left out.
    """
    listed = table.columns["plan_ids"]
    ids = {plan for plans in listed.values if isinstance(plans, list) for plan in plans}
    names = names_of(connection, ids)

    def named(plans: object) -> object:
        return [names[n] for n in plans if n in names] if isinstance(plans, list) else []

    columns = {
        "plans" if name == "plan_ids" else name: column.map(named) if name == "plan_ids" else column
        for name, column in table.columns.items()
    }
    return Table(columns, table.shapes, table.rows)


def with_places(connection: Connection, table: Table) -> Table:
    """The table with ``town_name`` and ``village_name``, absent where the tree lacks the code."""
    districts = tree(connection)

    def named(code: object) -> object:
        return districts[code].name if isinstance(code, str) and code in districts else None

    places = {f"{name}_name": table.columns[name].map(named) for name in ("town", "village")}
    return Table({**table.columns, **places}, table.shapes, table.rows)


def with_last_checks(
    connection: Connection, table: Table, as_of: datetime | None = None
) -> tuple[Table, pd.DataFrame]:
    """Plots with the columns of their last check, and a table of all checks up to ``as_of``."""
    ids = table.columns["id"].tolist()
    records = acceptance.records_of(connection, _numbers(ids), as_of)
    rows = {number: row for row, number in enumerate(ids)}
    last: dict[int, Mapping[str, Any]] = {}
    for record in records:
        last.setdefault(rows[record["plot_id"]], record)
    columns = {
        column: Column.absent(table.rows).with_rows(
            {row: record[name] for row, record in last.items()}
        )
        for column, name in LAST_CHECK_COLUMNS.items()
    }
    numbers = table.columns["plot_no"]
    checks = record_table(
        [{**record, "plot_no": numbers[rows[record["plot_id"]]]} for record in records]
    )
    return Table({**table.columns, **columns}, table.shapes, table.rows), checks


def _numbers(ids: Sequence[object]) -> list[int]:
    return [number for number in ids if isinstance(number, int)]
