"""Which plots lie wholly in which districts, and which must be cut.

A plot that no border of a district touches lies wholly inside it or wholly outside, and one vertex
a ring says which. Every other pair is left to GEOS to cut.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.kernels.compiled import compiled
from gis.kernels.edges import CROSS, NO_TOUCH, edge_at, edges_touch, far
from gis.kernels.flat import Flat, flattened
from gis.kernels.orientation import UNSURE, crosses_ray, inside
from gis.threads import spread

OUTSIDE: Final = 0
INSIDE: Final = 1
CUT: Final = 2
CROSSED: Final = 3
"""As `CUT`, and an edge of the plot surely crosses a border: both sides have some of the plot."""

_MAX_BANDS: Final = 4096
_EDGES_A_BAND: Final = 8


class Bands(NamedTuple):
    """Edges of each district by latitude, so that a ray meets only a few of them."""

    begins: NDArray[np.int64]
    """Where each band begins in `edges`; the bands of all districts, in order."""
    edges: NDArray[np.int64]
    first: NDArray[np.int64]
    """First band of a district; one more than there are districts."""


def sorted_out(
    cells: NDArray[np.object_],
    plots: NDArray[np.object_],
    of_cell: NDArray[np.int64],
    of_plot: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Which pairs of a cell and a plot may share ground, and how: `INSIDE`, `CROSSED` or `CUT`."""
    flat_cells, flat = flattened(cells), flattened(plots)
    bands = bands_of(flat_cells)

    def placed(rows: slice) -> NDArray[np.int8]:
        pairs = of_plot[rows], of_cell[rows]
        where = places(flat, flat_cells, bands, *pairs)
        _mark_crossed(flat, flat_cells, bands, pairs, where)
        return where

    where = spread(placed, len(of_plot), np.empty(0, dtype=np.int8))
    near = np.flatnonzero(where != OUTSIDE)
    return near, where[near]


@compiled
def _slots(low: float, high: float, origin: float, size: float, number: int) -> tuple[int, int]:
    """First and last band of a range; the same value always gives the same band."""
    first = int(max(0.0, min((low - origin) / size, number - 1.0)))
    last = int(max(0.0, min((high - origin) / size, number - 1.0)))
    return first, last


def bands_of(districts: Flat) -> Bands:
    """Sort the edges of each district into bands of latitude."""
    bands = np.clip(districts.vertices // _EDGES_A_BAND, 1, _MAX_BANDS)
    first = np.zeros(len(bands) + 1, dtype=np.int64)
    np.cumsum(bands, out=first[1:])
    counts = np.zeros(first[-1], dtype=np.int64)
    _banded(districts, first, counts, np.empty(0, np.int64), np.empty(0, np.int64))
    begins = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=begins[1:])
    edges = np.empty(begins[-1], dtype=np.int64)
    _banded(districts, first, counts, begins[:-1].copy(), edges)
    return Bands(begins, edges, first)


@compiled
def _banded(
    districts: Flat,
    first: NDArray[np.int64],
    counts: NDArray[np.int64],
    free: NDArray[np.int64],
    edges: NDArray[np.int64],
) -> None:
    """Count the edges of each band, or, once there is room, write them."""
    xy = districts.xy
    for district in range(len(districts.first)):
        south, north = districts.boxes[district, 1], districts.boxes[district, 3]
        number = first[district + 1] - first[district]
        size = (north - south) / number
        begin = districts.first[district]
        for ring in range(begin, begin + districts.number[district]):
            for k in range(districts.starts[ring], districts.starts[ring + 1] - 1):
                y0, y1 = min(xy[k, 1], xy[k + 1, 1]), max(xy[k, 1], xy[k + 1, 1])
                low, high = _slots(y0, y1, south, size, number)
                for band in range(first[district] + low, first[district] + high + 1):
                    if len(edges):
                        edges[free[band]] = k
                        free[band] += 1
                    else:
                        counts[band] += 1


@compiled
def edge_meets(plots: Flat, plot: int, border: NDArray[np.float64], f: int) -> bool:
    xy = plots.xy
    line = edge_at(border, f)
    rings = (plots.first[plot], plots.first[plot] + plots.number[plot])
    for ring in range(rings[0], rings[1]):
        for e in range(plots.starts[ring], plots.starts[ring + 1] - 1):
            edge = edge_at(xy, e)
            if not far(line, edge) and edges_touch(edge, line) != NO_TOUCH:
                return True
    return inside(xy, plots.starts, rings, border[f, 0], border[f, 1]) != 0


@compiled
def places(
    plots: Flat,
    districts: Flat,
    bands: Bands,
    of_plot: NDArray[np.int64],
    of_district: NDArray[np.int64],
) -> NDArray[np.int8]:
    """`INSIDE`, `OUTSIDE` or `CUT` for pairs of a plot and a district whose boxes meet."""
    answers = np.empty(len(of_plot), dtype=np.int8)
    for pair in range(len(of_plot)):
        plot, district = of_plot[pair], of_district[pair]
        if _border_meets(plots, plot, districts, district, bands):
            answers[pair] = CUT
        else:
            answers[pair] = _place(plots, plot, districts, district, bands)
    return answers


@compiled
def _mark_crossed(
    plots: Flat,
    districts: Flat,
    bands: Bands,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    where: NDArray[np.int8],
) -> None:
    """Turn `CUT` into `CROSSED`, of pairs of a plot and a district, where that is sure."""
    for pair in range(len(where)):
        plot, district = pairs[0][pair], pairs[1][pair]
        if where[pair] == CUT and _crosses(plots, plot, districts, district, bands):
            where[pair] = CROSSED


@compiled
def _crosses(plots: Flat, plot: int, districts: Flat, district: int, bands: Bands) -> bool:
    west, south, east, north = plots.boxes[plot]
    border, xy = districts.xy, plots.xy
    rings = (plots.first[plot], plots.first[plot] + plots.number[plot])
    low, high = bands_between(districts, district, bands, south, north)
    for place in range(bands.begins[low], bands.begins[high + 1]):
        f = bands.edges[place]
        if max(border[f, 0], border[f + 1, 0]) < west or min(border[f, 0], border[f + 1, 0]) > east:
            continue
        line = edge_at(border, f)
        for ring in range(rings[0], rings[1]):
            for e in range(plots.starts[ring], plots.starts[ring + 1] - 1):
                if edges_touch(edge_at(xy, e), line) == CROSS:
                    return True
    return False


@compiled
def _border_meets(plots: Flat, plot: int, districts: Flat, district: int, bands: Bands) -> bool:
    """Whether a border touches the plot or runs inside it, or GEOS must say."""
    west, south, east, north = plots.boxes[plot]
    xy = districts.xy
    low, high = bands_between(districts, district, bands, south, north)
    for place in range(bands.begins[low], bands.begins[high + 1]):
        f = bands.edges[place]
        if max(xy[f, 0], xy[f + 1, 0]) < west or min(xy[f, 0], xy[f + 1, 0]) > east:
            continue
        if max(xy[f, 1], xy[f + 1, 1]) < south or min(xy[f, 1], xy[f + 1, 1]) > north:
            continue
        if edge_meets(plots, plot, xy, f):
            return True
    return False


@compiled
def _place(plots: Flat, plot: int, districts: Flat, district: int, bands: Bands) -> int:
    within, without = False, False
    for ring in range(plots.first[plot], plots.first[plot] + plots.number[plot]):
        k = plots.starts[ring]
        where = in_district(districts, district, bands, plots.xy[k, 0], plots.xy[k, 1])
        if where == UNSURE:
            return CUT
        within = within or where == INSIDE
        without = without or where == OUTSIDE
    if within and without:  # parts of one plot in two districts
        return CUT
    return INSIDE if within else OUTSIDE


@compiled
def bands_between(
    districts: Flat, district: int, bands: Bands, low: float, high: float
) -> tuple[int, int]:
    south, north = districts.boxes[district, 1], districts.boxes[district, 3]
    first = bands.first[district]
    number = bands.first[district + 1] - first
    lowest, highest = _slots(low, high, south, (north - south) / number, number)
    return first + lowest, first + highest


@compiled
def in_district(districts: Flat, district: int, bands: Bands, x: float, y: float) -> int:
    south, north = districts.boxes[district, 1], districts.boxes[district, 3]
    if y < south or y > north:
        return OUTSIDE
    band, _same = bands_between(districts, district, bands, y, y)
    xy = districts.xy
    odd = 0
    for place in range(bands.begins[band], bands.begins[band + 1]):
        k = bands.edges[place]
        crossing = crosses_ray(xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1], x, y)
        if crossing == UNSURE:
            return UNSURE
        odd ^= crossing
    return odd
