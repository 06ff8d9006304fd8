"""Rows as a stream that GDAL draws from, and tables that wait on disk until a layer is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyogrio import raw

from data.writing.column_types import ColumnType, arrow_type, as_arrow, type_of
from data.writing.tables import Table

__all__ = ["Stream", "TableSpool"]


class Stream:
    """Batches of columns as a reader of Arrow; each is made when it is asked for."""

    def __init__(self, schema: pa.Schema, batches: Iterable[Sequence[pa.Array]]) -> None:
        self._schema = schema
        self._error: BaseException | None = None
        self.reader: Any = pa.RecordBatchReader.from_batches(schema, self._made(batches))

    def _made(self, batches: Iterable[Sequence[pa.Array]]) -> Iterator[pa.RecordBatch]:
        try:
            for arrays in batches:
                yield pa.record_batch(list(arrays), schema=self._schema)
        except BaseException as error:
            self._error = error
            raise

    @contextmanager
    def errors(self) -> Iterator[None]:
        """An error of who makes the batches as it was raised: GDAL knows its text only."""
        try:
            yield
        except BaseException:
            if self._error is not None:
                raise self._error from None
            raise


class TableSpool:
    """A table without shapes on disk, batch by batch; the first rows decide its types.

    ``stored`` gives the type in which a format has values of a type.
    """

    def __init__(self, path: Path, stored: Callable[[ColumnType], ColumnType]) -> None:
        self._path = path
        self._stored = stored
        self._types: dict[str, ColumnType] = {}
        self.days: list[str] = []  # names of columns of days
        self._file: Any = None

    def append(self, table: pd.DataFrame) -> None:
        """Put rows by; of a table without any only the names are kept."""
        columns = Table.of(table).columns
        if not self._types or (self._file is None and len(table)):
            kinds = {name: type_of(name, column.values) for name, column in columns.items()}
            self._types = {name: self._stored(kind) for name, kind in kinds.items()}
            self.days = [name for name, kind in kinds.items() if kind == "date"]
        if not len(table):
            return
        if self._file is None:
            self._file = pa.ipc.new_stream(str(self._path), self._schema())
        arrays = [as_arrow(column, self._types[name]) for name, column in columns.items()]
        self._file.write_batch(pa.record_batch(arrays, schema=self._schema()))

    def _schema(self) -> pa.Schema:
        return pa.schema([(name, arrow_type(kind)) for name, kind in self._types.items()])

    def write_to(self, file: Path, driver: str, layer: str) -> None:
        """Add the rows to a file, as a layer without shapes."""
        if self._file is None:
            empty = pa.RecordBatchReader.from_batches(self._schema(), iter(()))
            raw.write_arrow(empty, file, layer=layer, driver=driver, append=True)
            return
        self._file.close()
        with pa.ipc.open_stream(str(self._path)) as rows:
            raw.write_arrow(rows, file, layer=layer, driver=driver, append=True)
        self._path.unlink()
