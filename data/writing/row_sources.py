"""Frames as the rows of a file: under the names of the interface, or as an official table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd
from pyproj import CRS

from data.schemas import Encoding, Misfit, Schema, field_mapping
from data.writing.column_types import ColumnType, declared_type
from data.writing.export_notes import LostProperties, PlotSums, StageGate
from data.writing.export_report import Replaced, Shortened, refuse_misfits
from data.writing.projecting import crs_notes, projected, wanted_crs
from data.writing.rows import Rows
from data.writing.shapes import Shapes
from data.writing.table_columns import fill, numbered, stale_areas, unknown_fields
from data.writing.tables import Table
from gis.crs import CGCS2000
from gis.messages import Message

__all__ = ["Batch", "OfficialRows", "PropertyRows"]


class Batch(NamedTuple):
    """Some rows of a file, and the tables without shapes that belong to them."""

    rows: Table
    tables: Mapping[str, pd.DataFrame] = {}


class PropertyRows:
    """Every property by the interface's name; the first batch says which there are."""

    types: Mapping[str, ColumnType] = {}

    def __init__(self, crs: object) -> None:
        self.crs = wanted_crs(crs)
        self.sums = PlotSums()
        self.count = 0
        self._outside = 0
        self._crs = crs

    def rows_of(self, batch: Batch) -> Rows:
        """The rows of a batch."""
        table = batch.rows
        self.sums.add(table)
        shapes = None
        if table.shapes is not None:
            shapes, outside = _in_crs(table.shapes, self._crs, self.crs, self.count)
            self._outside += outside
        self.count += table.rows
        return Rows(table.columns, shapes, batch.tables)

    def refuse(self) -> None:
        """Everything fits."""

    def notes(self) -> Iterator[Message]:
        """Sums of plots, and what concerns the reference system."""
        yield from self.sums.notes()
        yield from crs_notes(self.crs, self._outside)


class OfficialRows:
    """The fields of a schema, each value checked against its width before it is written."""

    def __init__(
        self, table: Schema, encoding: Encoding, crs: object, *, replace: bool = False
    ) -> None:
        self.crs = wanted_crs(crs)
        self.sums = PlotSums()
        self.count = 0
        self.shortened: list[Shortened] = []
        self.replaced: list[Replaced] = []
        self.gate = StageGate(table)
        self.table = table
        self._encoding = encoding
        self._replace = replace
        self._crs = crs
        self._outside = 0
        self._lost = LostProperties(table)
        self._stale: list[int] = []
        self._misfits: list[Misfit] = []
        self._has_times = False

    @property
    def types(self) -> Mapping[str, ColumnType]:
        """The types of the fields."""
        return {field.name: declared_type(field) for field in self.table.fields}

    def rows_of(self, batch: Batch) -> Rows | None:
        """The rows of a batch that the schema takes; None once something does not fit."""
        plots = self.gate.taken(batch.rows)
        self.sums.add(plots)
        before = self.count
        self.count += plots.rows
        shapes, outside = _in_crs(plots.drawn, self._crs, self.crs, before)
        self._outside += outside
        filled = fill(plots, self.table, self._encoding, replace=self._replace)
        ids = plots.column("id")
        self.shortened += [cut._replace(row=cut.row + before) for cut in filled.shortened]
        self.replaced += [
            place._replace(row=place.row + before, id=ids[place.row - 1])
            for place in filled.replaced
        ]
        for misfit in (
            *unknown_fields(plots, self.table),
            *self.table.check_columns(filled.columns, self._encoding),
        ):
            row = misfit.row or 1
            self._misfits.append(misfit._replace(row=row + before, id=ids[row - 1]))
        self._lost.add(plots)
        self._stale += [row + before for row in stale_areas(plots, self.table.name)]
        self._has_times |= "times" in plots.columns
        if self._misfits:
            return None
        return Rows(filled.columns, shapes, batch.tables)

    def refuse(self) -> None:
        """Raise `ExportRefused` when a value of any batch does not fit."""
        refuse_misfits(self._misfits)

    def notes(self) -> Iterator[Message]:
        """Sums of plots, what was left out, and where the fields come from."""
        yield from self.sums.notes()
        yield from self.gate.notes()
        yield from _about(self.table)
        yield from crs_notes(self.crs, self._outside)
        yield from self._lost.notes()
        if self._stale:
            yield Message(
                f"{len(self._stale)} 个图斑的原表面积与图形的椭球面积相差 1% 以上，原值照写（第 "
                f"{numbered(self._stale)} 行）。",
                f"{len(self._stale)} areas of the official table differ from their shape by more "
                f"than 1 %; they are written as they came (rows {numbered(self._stale)}).",
            )
        if self._has_times:
            yield Message(
                "shapefile 存不下每个定位点的时刻，需要时请用 .gpx、.geojson 或 .gpkg。",
                "A shapefile cannot hold the times of the fixes; write a .gpx, .geojson or .gpkg "
                "for them.",
            )


def _in_crs(shapes: Shapes, wanted: object, crs: CRS, rows_before: int) -> tuple[Shapes, int]:
    """Shapes in the reference system of the file, and how many lie outside its zone."""
    if shapes.is_stored and crs.to_epsg() == CGCS2000:
        return shapes, 0
    ground = projected(shapes.drawn, wanted, rows_before=rows_before)
    return Shapes(ground.geometries), ground.outside


def _about(table: Schema) -> Iterator[Message]:
    if not table.official:
        yield Message(
            f"{table.title}。",
            f"This field table is not official: {table.name} is of our own making.",
        )
        return
    yield Message(
        f"字段按 {table.title}（{table.source}）。",
        f"Fields are those of {table.name}.",
    )
    for field, name in field_mapping(table.name).items():
        if name == "identifier":
            yield Message(
                f"{field} 由 6 位县级代码和 12 位图斑编号组成，已有官方值的照写。",
                f"{field} is the county's code of 6 digits and the plot's number in 12; official "
                "values that plots brought are kept.",
            )
