"""Plots that two districts divide completely, so that one piece is the plot less the other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.kernels.borders import Bands, bands_between, edge_meets, in_district
from gis.kernels.compiled import compiled
from gis.kernels.flat import Flat

_MAX_EDGES: Final = 256


@compiled
def complementary(
    plots: Flat,
    districts: Flat,
    bands: Bands,
    plot_of: NDArray[np.int64],
    first_district: NDArray[np.int64],
    second_district: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether each point of a plot lies in exactly one of two districts.

    So it is when one vertex of each of its rings does, and every border edge that meets the plot
    belongs to both: such an edge separates exactly these two districts.
    """
    answers = np.empty(len(plot_of), dtype=np.bool_)
    edges_a = np.empty(_MAX_EDGES, dtype=np.int64)
    edges_b = np.empty(_MAX_EDGES, dtype=np.int64)
    for row in range(len(plot_of)):
        plot, a, b = plot_of[row], first_district[row], second_district[row]
        answers[row] = False
        if not _vertices_in_one(plots, plot, districts, a, b, bands):
            continue
        of_a = _meeting_edges(plots, plot, districts, a, bands, edges_a)
        of_b = _meeting_edges(plots, plot, districts, b, bands, edges_b)
        if of_a == of_b and of_a < _MAX_EDGES:
            answers[row] = _all_in_both(districts.xy, edges_a[:of_a], edges_b[:of_b])
    return answers


@compiled
def _vertices_in_one(plots: Flat, plot: int, districts: Flat, a: int, b: int, bands: Bands) -> bool:
    for ring in range(plots.first[plot], plots.first[plot] + plots.number[plot]):
        k = plots.starts[ring]
        x, y = plots.xy[k, 0], plots.xy[k, 1]
        in_a = in_district(districts, a, bands, x, y)
        in_b = in_district(districts, b, bands, x, y)
        if in_a > 1 or in_b > 1 or in_a + in_b != 1:
            return False
    return True


@compiled
def _meeting_edges(
    plots: Flat,
    plot: int,
    districts: Flat,
    district: int,
    bands: Bands,
    edges: NDArray[np.int64],
) -> int:
    """Edges of a district that meet a plot, each once; as many as there is room for."""
    west, south, east, north = plots.boxes[plot]
    xy = districts.xy
    count = 0
    low, high = bands_between(districts, district, bands, south, north)
    for band in range(low, high + 1):
        for place in range(bands.begins[band], bands.begins[band + 1]):
            f = bands.edges[place]
            if max(xy[f, 0], xy[f + 1, 0]) < west or min(xy[f, 0], xy[f + 1, 0]) > east:
                continue
            lowest, highest = min(xy[f, 1], xy[f + 1, 1]), max(xy[f, 1], xy[f + 1, 1])
            if highest < south or lowest > north:
                continue
            begins, _ends = bands_between(districts, district, bands, lowest, highest)
            if band != max(begins, low):  # met in an earlier band
                continue
            if edge_meets(plots, plot, xy, f):
                if count == len(edges):
                    return count
                edges[count] = f
                count += 1
    return count


@compiled
def _all_in_both(
    xy: NDArray[np.float64], some: NDArray[np.int64], others: NDArray[np.int64]
) -> bool:
    for f in some:
        twins = 0
        for g in others:
            same = xy[f, 0] == xy[g, 0] and xy[f, 1] == xy[g, 1]
            same = same and xy[f + 1, 0] == xy[g + 1, 0] and xy[f + 1, 1] == xy[g + 1, 1]
            back = xy[f, 0] == xy[g + 1, 0] and xy[f, 1] == xy[g + 1, 1]
            back = back and xy[f + 1, 0] == xy[g, 0] and xy[f + 1, 1] == xy[g, 1]
            if same or back:
                twins += 1
        if twins != 1:
            return False
    return True
