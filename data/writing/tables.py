"""Rows by column, with their shapes: what every writer and every note is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.columns import Column
from data.writing.attributes import frame_values, property_column
from data.writing.shapes import Shapes
from gis.crs import CGCS2000

__all__ = ["Table"]


@dataclass(frozen=True)
class Table:
    """Properties by the interface's names; shapes in CGCS2000 longitude and latitude, or none.

    Examples
    --------
    >>> table = Table.of(pd.DataFrame({"kind": ["G1", "RGZL"]}))
    >>> table.rows, table.column("kind_label").tolist(), table.shapes
    (2, ['公园绿地', '人工造林'], None)
    """

    columns: Mapping[str, Column]
    shapes: Shapes | None
    rows: int

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Table:
        """The rows of a frame; `ValueError` when its shapes are not in CGCS2000."""
        names = list(frame.columns)
        shapes = None
        if isinstance(frame, gpd.GeoDataFrame):
            if frame.crs is not None and frame.crs.to_epsg() != CGCS2000:
                raise ValueError(f"the frame is in {frame.crs.name}, not in CGCS2000 degrees")
            names.remove(frame.geometry.name)
            shapes = Shapes(frame.geometry.to_numpy())
        columns = {str(name): Column.of(frame_values(frame, name)) for name in names}
        return cls(columns, shapes, len(frame))

    def column(self, name: str) -> Column:
        """A property, derived ones too; all absent when there is no such column."""
        return property_column(self.columns, name, self.rows)

    def taken(self, rows: NDArray[np.intp]) -> Table:
        """The rows of some numbers, from 0."""
        columns = {name: column.taken(rows) for name, column in self.columns.items()}
        return Table(columns, self.shapes and self.shapes.taken(rows), len(rows))

    @property
    def drawn(self) -> Shapes:
        """The shapes; `ValueError` when there are none."""
        if self.shapes is None:
            raise ValueError("these rows have no shapes")
        return self.shapes
