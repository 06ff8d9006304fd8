"""Oddities of valid outlines: spikes, slivers, repeated vertices, sizes. For many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import Position
from gis.measure import areas_m2
from gis.messages import Message
from gis.verdicts.limits import Limits
from gis.verdicts.problems import Problem, problem
from gis.verdicts.rings import Outlines, outlines

__all__ = ["IndexedProblem", "oddities"]

Shapes = NDArray[np.object_]
IndexedProblem = tuple[int, Problem]
Indices = NDArray[np.intp]
_MAX_SPOTS = 10


def oddities(
    geometries: Shapes, areas: NDArray[np.float64], limits: Limits
) -> Iterator[IndexedProblem]:
    """Everything about the outlines themselves, with the row of each geometry.

    Parameters
    ----------
    geometries
        Polygons and MultiPolygons in degrees on the globe; None and empty ones are passed over.
    areas
        Their areas in m²; NaN where a geometry has none, as an invalid one.
    limits
        Bounds.
    """
    apart = outlines(geometries)
    yield from _repeats(apart)
    yield from _spikes(apart, limits)
    yield from _slivers(apart, areas, limits)
    yield from _sizes(geometries, areas, limits)


def _repeats(apart: Outlines) -> Iterator[IndexedProblem]:
    flat = apart.corners
    repeats = np.flatnonzero(flat.repeats())
    rows, first, counts = np.unique(
        apart.row[flat.part[repeats]], return_index=True, return_counts=True
    )
    for row, index, count in zip(rows, first, counts, strict=True):
        words = Message(
            f"有 {count} 个重复顶点，入库时会去掉。",
            f"{count} vertices repeat the one before them; storing drops them.",
        )
        yield int(row), problem("duplicate_vertex", words, at=_place(flat.at[repeats[index]]))


def _spikes(apart: Outlines, limits: Limits) -> Iterator[IndexedProblem]:
    flat = apart.corners.distinct()
    spikes = flat.thin(limits.spike_length_m, limits.spike_width_m, limits.spike_ratio)
    for index in _first_of_each(spikes, apart.row[flat.part[spikes]]):
        lon, lat = _place(flat.at[index])
        words = Message(
            f"（{lon:.6f}, {lat:.6f}）处有尖刺，请删除该顶点。",
            f"There is a spike at ({lon:.6f}, {lat:.6f}); delete that vertex.",
        )
        yield int(apart.row[flat.part[index]]), problem("spike", words, at=(lon, lat))


def _slivers(
    apart: Outlines, areas: NDArray[np.float64], limits: Limits
) -> Iterator[IndexedProblem]:
    widths = apart.mean_widths_m()
    measured_too = np.isfinite(areas)[apart.row]  # a ring that crosses itself has no width
    slivers = np.flatnonzero(measured_too & (widths < limits.sliver_width_m))
    for index in _first_of_each(slivers, apart.row[slivers]):
        words = Message(
            f"有一块平均只有 {widths[index]:.2f} m 宽，可能是勾绘误差。",
            f"A part is {widths[index]:.2f} m wide on average; a slip of drawing?",
        )
        yield int(apart.row[index]), problem("sliver", words, at=_inside(apart.parts[index]))


def _sizes(
    geometries: Shapes, areas: NDArray[np.float64], limits: Limits
) -> Iterator[IndexedProblem]:
    for row in np.flatnonzero(areas < limits.min_m2):
        words = Message(
            f"面积 {areas[row]:.1f} m²，小于下限 {limits.min_m2:g} m²。",
            f"{areas[row]:.1f} m² is below the least size, {limits.min_m2:g} m².",
        )
        yield (
            int(row),
            problem("too_small", words, at=_inside(geometries[row]), area_m2=float(areas[row])),
        )
    for row in np.flatnonzero(areas > limits.max_m2):
        words = Message(
            f"面积 {areas[row] / 1e4:.2f} 公顷，大于上限 {limits.max_m2 / 1e4:g} 公顷。",
            f"{areas[row] / 1e4:.2f} ha is above the greatest size, {limits.max_m2 / 1e4:g} ha.",
        )
        yield (
            int(row),
            problem("too_large", words, at=_inside(geometries[row]), area_m2=float(areas[row])),
        )


def _first_of_each(places: Indices, rows: Indices) -> Iterator[int]:
    """The first ten of each row: ten places are enough to correct an outline."""
    reported: Counter[int] = Counter()
    for place, row in zip(places.tolist(), rows.tolist(), strict=True):
        reported[row] += 1
        if reported[row] <= _MAX_SPOTS:
            yield place


def measured(geometries: Shapes, sound: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Areas of the sound rows in m², NaN for the rest."""
    areas = np.full(len(geometries), np.nan)
    areas[sound] = areas_m2(geometries[sound], checked=True)
    return areas


def _place(position: NDArray[np.float64]) -> Position:
    return float(position[0]), float(position[1])


def _inside(geometry: shapely.Polygon) -> Position | None:
    inside = shapely.point_on_surface(geometry)
    return None if inside.is_empty else (inside.x, inside.y)
