"""A lake out of a seed, without a database: provinces of landscapes, each township a county."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from geopandas import GeoSeries
from shapely.geometry.base import BaseGeometry

from data.lake.columns import PLOTS, ROWS_OF_GROUP, Table
from data.lake.manifest import CountyParts, Lake, Manifest, Part, open_lake
from data.lake.version import NewVersion, next_version
from data.lake.writing import PartWriter
from gis.measure import areas_m2
from service.web.timestamps import now
from tests.bench.landscape import Shapes, landscape

PROVINCE_PLOTS: Final = 1_000_000
PLOTS_OF_TOWNSHIP: Final = 500
SHIFT_DEG: Final = 6.0
VERTICES: Final = 64
SIDE_DEG: Final = 0.11


def generated_lake(folder: Path, plots: int) -> Lake:
    """A lake of about so many plots; twice the plots are on twice the ground."""
    with next_version(folder) as version:
        counties: dict[str, CountyParts] = {}
        rows: list[tuple[Any, ...]] = []
        left, number = plots, 0
        while left > 0:
            some = min(left, PROVINCE_PLOTS)
            _province(version, number, some, counties, rows)
            left, number = left - some, number + 1
        districts = _written(version, "districts/districts.parquet", "districts", rows)
        version.commit(
            Manifest(
                number=version.number,
                folder=version.name,
                database="generated",
                moment=now(),
                day="2026-11-30",
                districts=districts,
                districts_version="",
                counties=counties,
            )
        )
    return open_lake(folder)


def _province(
    version: NewVersion,
    number: int,
    plots: int,
    counties: dict[str, CountyParts],
    rows: list[tuple[Any, ...]],
) -> None:
    made = landscape(plots, max(4, plots // PLOTS_OF_TOWNSHIP), seed=2024 + number)
    districts, shapes = (_moved(some, number) for some in (made.districts, made.plots))
    areas, whole = areas_m2(shapes, checked=True), areas_m2(districts, checked=True)
    # The county of a plot is where its middle lies; those in none belong to the first.
    county = np.zeros(len(shapes), dtype=np.int64)
    plot, where = shapely.STRtree(districts).query(shapely.centroid(shapes), predicate="within")
    county[plot] = where
    order = np.lexsort((GeoSeries(shapes).hilbert_distance(), county))
    begins = np.searchsorted(county[order], np.arange(len(districts) + 1))
    for row, shape in enumerate(districts):
        code, boundary = f"{11 + number}{row:04d}", len(rows) + 1
        border = (code, code, "county", None, whole[row], "generated", True, boundary, "1949-10-01")
        rows.append((*border, shape.wkb))
        cells = [
            (boundary * 10_000 + place, boundary, code, cell.wkb)
            for place, cell in enumerate(_cells(shape))
        ]
        mine = order[begins[row] : begins[row + 1]].tolist()
        first = number * PROVINCE_PLOTS + 1
        plots_of = [_plot(first + one, code, areas[one], shapes[one]) for one in mine]
        folder = f"county={code}"
        counties[code] = CountyParts(
            cells=_written(version, f"cells/{folder}/cells.parquet", "cells", cells),
            plots=_written(version, f"plots/{folder}/plots.parquet", "plots", plots_of)
            if mine
            else None,
        )


def _plot(number: int, code: str, area_m2: float, shape: BaseGeometry) -> tuple[Any, ...]:
    known = {
        "id": number,
        "version": 1,
        "district": code,
        "plot_no": str(number),
        "year": 2015 + number % 12,
        "stage": ("planted", "accepted", "existing")[number % 3],
        "kind": "RGZL",
        "green_class": "forest",
        "area_m2": area_m2,
        "species": "[]",
        "extra": "{}",
        "in_no_county": False,
    }
    return (*(known.get(name) for name in PLOTS), shape.wkb)


def _written(version: NewVersion, path: str, table: Table, rows: list[tuple[Any, ...]]) -> Part:
    with PartWriter(version.half, path, table) as writer:
        for first in range(0, len(rows), ROWS_OF_GROUP):
            *columns, wkb = zip(*rows[first : first + ROWS_OF_GROUP], strict=True)
            writer.write(columns, wkb)
        return writer.finish()


def _moved(shapes: Shapes, number: int) -> Shapes:
    offset = np.array([-SHIFT_DEG * number, 0.0])
    return np.asarray(shapely.transform(shapes, lambda at: np.round(at + offset, 9)), dtype=object)


def _cells(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """Halves of halves, until each has few vertices and short sides, as `cells_of` cuts them."""
    west, south, east, north = shape.bounds
    small = max(east - west, north - south) <= SIDE_DEG
    if small and shapely.get_num_coordinates(shape) <= VERTICES:
        yield shape
        return
    if east - west > north - south:
        middle = (west + east) / 2
        halves = ((west, south, middle, north), (middle, south, east, north))
    else:
        middle = (south + north) / 2
        halves = ((west, south, east, middle), (west, middle, east, north))
    for half in halves:
        for part in shapely.get_parts(shapely.intersection(shape, shapely.box(*half))):
            if part.geom_type == "Polygon" and not part.is_empty:
                yield from _cells(part)
