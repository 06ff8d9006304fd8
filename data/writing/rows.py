"""Rows on their way into a file, and what takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from data.writing.export_report import ExportReport
from gis.messages import Message

__all__ = ["Place", "RowWriter", "Rows"]


@dataclass(frozen=True)
class Rows:
    """Values by column, and the shapes in the reference system of the file (None: a table)."""

    columns: Mapping[str, list[object]]
    shapes: NDArray[np.object_] | None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Tables without shapes that belong to the rows, by name; a writer without a place for them
    leaves them out, and the report says so."""

    @property
    def drawn(self) -> NDArray[np.object_]:
        """The shapes, for a format that cannot be without; `ValueError` when there are none."""
        if self.shapes is None:
            raise ValueError("these rows have no shapes")
        return self.shapes

    @property
    def count(self) -> int:
        """How many rows there are."""
        if self.shapes is not None:
            return len(self.shapes)
        return len(next(iter(self.columns.values()), []))


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

    def write(self, rows: Rows) -> None:
        """Append rows; all have the columns of the first ones."""

    def notes(self) -> tuple[Message, ...]:
        """What the reader of the report should know, once all rows are written."""

    def finish(self, report: ExportReport) -> None:
        """Make the file whole; some formats put the report into it."""
