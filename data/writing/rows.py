"""Rows on their way into a file, and what takes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd
from pyproj import CRS

from data.columns import Column
from data.writing.export_report import ExportReport
from data.writing.shapes import Shapes
from gis.messages import Message

__all__ = ["BatchWriter", "Place", "RowWriter", "Rows"]


@dataclass(frozen=True)
class Rows:
    """Values by column, and the shapes in the reference system of the file (None: a table)."""

    columns: Mapping[str, Column]
    shapes: Shapes | None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Tables without shapes that belong to the rows, by name; a writer without a place for them
    leaves them out, and the report says so."""

    @property
    def drawn(self) -> Shapes:
        """The shapes, for a format that cannot be without; `ValueError` when there are none."""
        if self.shapes is None:
            raise ValueError("these rows have no shapes")
        return self.shapes

    @property
    def count(self) -> int:
        """How many rows there are."""
        if self.shapes is not None:
            return len(self.shapes)
        return len(next(iter(self.columns.values()), ()))

    def lines(self, convert: Callable[[object], object]) -> Iterator[tuple[object, ...]]:
        """The rows one by one, their values converted; empty tuples where there is no column."""
        if not self.columns:
            return iter([()] * self.count)
        values = (column.map(convert).tolist() for column in self.columns.values())
        return zip(*values, strict=True)


@dataclass(frozen=True)
class Place:
    """Where a file is written: a folder of its own, and the file that is taken at the end."""

    folder: Path
    target: Path
    layer: str
    """What the rows are: `plots`, `districts`, `coverage` …"""
    stem: str
    """Name of the files in an archive, without a suffix."""
    crs: CRS


class RowWriter(Protocol):
    """Writes one file, some thousand rows at a time, in bounded memory."""

    def write_all(self, batches: Iterator[Rows]) -> None:
        """Write rows as they come; all have the columns of the first ones."""

    def notes(self) -> tuple[Message, ...]:
        """What the reader of the report should know, once all rows are written."""

    def finish(self, report: ExportReport) -> None:
        """Make the file whole; some formats put the report into it."""


class BatchWriter(ABC):
    """Appends one batch of rows after another."""

    def write_all(self, batches: Iterator[Rows]) -> None:
        """Write rows as they come; all have the columns of the first ones."""
        for rows in batches:
            self.write(rows)

    @abstractmethod
    def write(self, rows: Rows) -> None:
        """Append rows."""
