"""The plots of a file: their values column by column, their shapes on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas
import numpy as np
import pandas as pd
import shapely

from data.import_result import is_absent
from data.packed_shapes import PackedShapes
from data.plots.parsers import PARSERS
from data.row_problems import RowProblem, bad_rows
from gis.crs import CGCS2000
from gis.messages import Message

__all__ = ["PROPERTIES", "PlotTable"]

PROPERTIES: Final = tuple(PARSERS)
"""Columns of a `PlotTable` beside ``geometry``, in the order of the interface."""


@dataclass(frozen=True)
class PlotTable:
    """Plots of one file under the names of the interface, their shapes on disk."""

    columns: Mapping[str, Sequence[object]]
    """The values of those of `PROPERTIES` that some row says, one for each row of the file, in its
    order; None where a row does not say it, or says it wrongly."""
    shapes: PackedShapes
    """MultiPolygons that are valid, in degrees of CGCS2000; None where one has a problem."""
    problems: list[RowProblem] = field(default_factory=list)
    leftover: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Unknown columns, row by row as in the file."""
    notes: list[Message] = field(default_factory=list)
    crs_name: str = ""
    layer: str = ""
    outlines: Mapping[int, shapely.MultiLineString] = field(default_factory=dict)
    """By row, from 1: what was drawn of a shape that has a problem, in degrees of CGCS2000; of so
    many rows only that they fit into memory."""

    @classmethod
    def of(cls, frame: geopandas.GeoDataFrame) -> PlotTable:
        """Rows that have the names of the interface already, and shapes as of a `PlotTable`."""
        name = frame.geometry.name
        columns = {str(said): frame[said].tolist() for said in frame.columns if said != name}
        return cls(columns, PackedShapes.of(np.array(frame.geometry.array, dtype=object)))

    def __len__(self) -> int:
        return len(self.shapes)

    @property
    def frame(self) -> geopandas.GeoDataFrame:
        """All rows in memory: `PROPERTIES` and geometry."""
        absent = [None] * len(self)
        columns: dict[str, Any] = {name: self.columns.get(name, absent) for name in PROPERTIES}
        columns["extra"] = [{} if value is None else value for value in columns["extra"]]
        return geopandas.GeoDataFrame(
            pd.DataFrame({name: pd.Series(said, dtype=object) for name, said in columns.items()}),
            geometry=self.shapes[:],
            crs=CGCS2000,
        )

    def rows(self) -> list[dict[str, Any]]:
        """The rows, each with what it says; most say few of the many properties.

        Examples
        --------
        >>> from shapely import Point
        >>> frame = geopandas.GeoDataFrame(
        ...     {"name": ["一号", None], "area_m2": [float("nan"), 2.0]}, geometry=[None, None]
        ... )
        >>> PlotTable.of(frame).rows()
        [{'name': '一号'}, {'area_m2': 2.0}]
        """
        rows: list[dict[str, Any]] = [{} for _ in range(len(self))]
        for name, values in self.columns.items():
            for row, value in zip(rows, values, strict=True):
                if not (value is None or is_absent(value)):
                    row[name] = value
        return rows

    @property
    def bad_rows(self) -> set[int]:
        """Rows (from 1) with a problem; all of them when one concerns the whole file."""
        return bad_rows(self.problems, len(self))
