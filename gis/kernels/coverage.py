"""`gis.coverage.union_figures`, fast: only plots that lie on each other are united.

The area of a union is the sum of the areas less the overlaps. Most plots lie inside one district
and overlap no other, so that their area is enough. Plots that cross a border are cut; where plots
overlap in pairs, the common area of each pair is subtracted; a union is computed only where three
plots overlap each other.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernels.borders import CUT, OUTSIDE, Bands, bands_of, places
from gis.kernels.components import component_of, in_triangles
from gis.kernels.flat import Flat, flattened
from gis.kernels.pairs import Indices, box_pairs, intersection_m2, only_polygons, sharing
from gis.kernels.partition_check import complementary
from gis.measure import areas_m2, rings_m2
from gis.rings import Rings
from gis.threads import spread

Shapes = NDArray[np.object_]


_SLIGHT: Final = 1e-3


class Pieces(NamedTuple):
    """What each plot has in each district, sorted by plot and district."""

    plot: Indices
    district: Indices
    shape: Shapes
    """None for the rest of a plot whose other piece was cut; see `_drawn`."""
    area_m2: NDArray[np.float64]


class Grouping(NamedTuple):
    """Group of each plot, and how many groups there are."""

    of_plot: Indices
    number: int


class Sums(NamedTuple):
    """Figures of every district (row) and group (column)."""

    green_m2: NDArray[np.float64]
    sum_m2: NDArray[np.float64]
    plot_count: Indices


def union_figures(districts: Shapes, plots: Shapes, group_of: Indices, groups: int) -> Sums:
    """See `gis.coverage.union_figures`."""
    flat = flattened(plots)
    pieces = _pieces(districts, plots, flat)
    lost = _lost(districts, plots, flat, pieces, Grouping(group_of, groups))
    cell = pieces.district * groups + group_of[pieces.plot]
    size = len(districts) * groups
    total = np.bincount(cell, pieces.area_m2, minlength=size).astype(np.float64)
    green = np.clip(total - lost, 0.0, total)
    shape = (len(districts), groups)
    count = np.bincount(cell, minlength=size)
    return Sums(green.reshape(shape), total.reshape(shape), count.reshape(shape))


def _pieces(districts: Shapes, plots: Shapes, flat: Flat) -> Pieces:
    whole_m2 = rings_m2(Rings(flat.xy, flat.starts, flat.owner, flat.hole), len(plots))
    plot, district = shapely.STRtree(districts).query(plots)
    order = np.lexsort((district, plot))
    plot, district = plot[order], district[order]
    flat_districts = flattened(districts)
    bands = bands_of(flat_districts)
    where = _places(flat_districts, bands, flat, plot, district)
    plot, district, where = (column[where != OUTSIDE] for column in (plot, district, where))
    shape, area = plots[plot], whole_m2[plot]
    rest = _rests(flat, flat_districts, bands, plot, district, where)
    cut = np.flatnonzero((where == CUT) & ~rest)
    cut = cut[np.argsort(district[cut], kind="stable")]
    _cut(districts, plots, Pieces(plot, district, shape, area), cut)
    area[rest] -= area[np.flatnonzero(rest) - 1]  # the other piece stands before it
    shape[rest] = None  # drawn when it overlaps somebody
    # Where a plot follows the border, the difference of areas is rounding error: cut these pieces.
    slight = np.flatnonzero(rest & (area < _SLIGHT * whole_m2[plot]))
    _cut(districts, plots, Pieces(plot, district, shape, area), slight)
    ground = area > 0.0
    return Pieces(plot[ground], district[ground], shape[ground], area[ground])


def _places(
    districts: Flat, bands: Bands, flat: Flat, of_plot: Indices, of_district: Indices
) -> NDArray[np.int8]:
    def placed(rows: slice) -> NDArray[np.int8]:
        return places(flat, districts, bands, of_plot[rows], of_district[rows])

    return spread(placed, len(of_plot), np.empty(0, dtype=np.int8))


def _rests(
    flat: Flat,
    districts: Flat,
    bands: Bands,
    plot: Indices,
    district: Indices,
    where: NDArray[np.int8],
) -> NDArray[np.bool_]:
    """Pieces that are what the piece before them leaves of the plot."""
    rest = np.zeros(len(plot), dtype=bool)
    pieces = np.bincount(plot, minlength=len(flat.number))
    second = np.flatnonzero((plot[1:] == plot[:-1]) & (pieces[plot[1:]] == 2)) + 1
    second = second[(where[second] == CUT) & (where[second - 1] == CUT)]

    def both(rows: slice) -> NDArray[np.bool_]:
        some = second[rows]
        return complementary(flat, districts, bands, plot[some], district[some - 1], district[some])

    rest[second] = spread(both, len(second), np.empty(0, dtype=np.bool_))
    return rest


def _cut(districts: Shapes, plots: Shapes, pieces: Pieces, rows: Indices) -> None:
    """Cut some pieces and measure them, in place."""
    pieces.shape[rows] = _cuts(districts[pieces.district[rows]], plots[pieces.plot[rows]])
    pieces.area_m2[rows] = areas_m2(pieces.shape[rows], checked=True)


def _cuts(districts: Shapes, plots: Shapes) -> Shapes:
    def cut(rows: slice) -> Shapes:
        return only_polygons(np.asarray(shapely.intersection(districts[rows], plots[rows])))

    return spread(cut, len(plots), np.empty(0, dtype=object))


def _lost(
    districts: Shapes, plots: Shapes, flat: Flat, pieces: Pieces, grouping: Grouping
) -> NDArray[np.float64]:
    left, right = box_pairs(plots, grouping.of_plot)
    shares = sharing(plots, flat, left, right)
    left, right = left[shares], right[shares]
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    _draw(districts, plots, pieces, np.concatenate([left, right]))
    component = component_of(len(plots), left, right)
    clustered = np.zeros(len(plots), dtype=bool)
    begins = np.searchsorted(left, np.arange(len(plots) + 1))
    clustered[component[in_triangles(begins, right)]] = True
    clustered = clustered[component]
    lost = np.zeros(len(districts) * grouping.number)
    for first, second in _common_pieces(pieces, left[~clustered[left]], right[~clustered[left]]):
        common = intersection_m2(pieces.shape[first], pieces.shape[second])
        lost += np.bincount(_cell(pieces, first, grouping), common, minlength=len(lost))
    return lost + _lost_in_clusters(pieces, clustered, component, grouping, len(lost))


def _draw(districts: Shapes, plots: Shapes, pieces: Pieces, overlapping: Indices) -> None:
    needed = np.zeros(len(plots), dtype=bool)
    needed[overlapping] = True
    rows = np.flatnonzero(shapely.is_missing(pieces.shape) & needed[pieces.plot])
    pieces.shape[rows] = _cuts(districts[pieces.district[rows]], plots[pieces.plot[rows]])


def _cell(pieces: Pieces, rows: Indices, grouping: Grouping) -> Indices:
    return pieces.district[rows] * grouping.number + grouping.of_plot[pieces.plot[rows]]


def _common_pieces(pieces: Pieces, left: Indices, right: Indices) -> list[tuple[Indices, Indices]]:
    """Pieces of two plots in the same district; a plot has one piece, border-crossers more."""
    begins = np.searchsorted(pieces.plot, left)
    ends = np.searchsorted(pieces.plot, left, side="right")
    pairs = []
    for step in range(int((ends - begins).max(initial=0))):
        mine = begins + step
        mine, other = mine[mine < ends], right[mine < ends]
        key = pieces.plot * (pieces.district.max(initial=0) + 1) + pieces.district
        wanted = other * (pieces.district.max(initial=0) + 1) + pieces.district[mine]
        place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        same = key[place] == wanted
        pairs.append((mine[same], place[same]))
    return pairs


def _lost_in_clusters(
    pieces: Pieces,
    clustered: NDArray[np.bool_],
    component: Indices,
    grouping: Grouping,
    cells: int,
) -> NDArray[np.float64]:
    some = np.flatnonzero(clustered[pieces.plot])
    if not len(some):
        return np.zeros(cells)
    cluster = np.stack([pieces.district[some], component[pieces.plot[some]]], axis=1)
    _clusters, first, which = np.unique(cluster, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(which, kind="stable")
    collected = np.asarray(
        shapely.geometrycollections(pieces.shape[some[order]], indices=which[order])
    )

    def united(rows: slice) -> NDArray[np.float64]:
        whole = shapely.union_all(collected[rows, None], axis=1)
        return areas_m2(only_polygons(np.asarray(whole)), checked=True)

    union_m2 = spread(united, len(collected), np.empty(0))
    sum_m2 = np.bincount(which, pieces.area_m2[some])
    lost = np.maximum(sum_m2 - union_m2, 0.0)
    return np.bincount(_cell(pieces, some[first], grouping), lost, minlength=cells).astype(
        np.float64
    )
