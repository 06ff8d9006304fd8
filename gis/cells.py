"""Pieces: the intersections of plots with the cells of districts, for stored coverage.

The same figures as those of PostGIS, piece by piece: the same cuts, areas measured edge by edge on
geodesics, and scaled by `gis.shares`. Stored pieces can be replaced plot by plot. The kernels
measure by the series of `gis.authalic`: they differ from PostGIS by its own rounding, 1e-9 or
1e-4 m².
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.authalic import SHORT_DEG
from gis.clusters import clusters_of
from gis.kernels import kernel
from gis.measure import areas_m2
from gis.overlaps import compiled_or_plain, meeting
from gis.refusal import (
    Refusal,
    barred_plots,
    common,
    refused_pieces,
    shared_refused,
    united,
    united_refused,
)
from gis.shares import ground, scale
from gis.threads import spread

Indices = NDArray[np.int64]
Shapes = NDArray[np.object_]

_INTERIORS, _INSIDE_OUT, _BORDER_OUT = 0, 2, 5  # places in a DE-9IM relation


class Pieces(NamedTuple):
    """What each plot has in each cell, sorted by cell and plot; a row a piece.

    Plots of which three lie on each other are a cluster, with all such that touch them.
    """

    cell: Indices
    plot: Indices
    shape: Shapes
    """None where the kernels measured a part that overlaps no other without constructing it."""
    area_m2: NDArray[np.float64]
    """Share of the plot's own area: the area of the part times the factor."""
    factor: NDArray[np.float64]
    """Own area of the plot / what its parts in all cells of the level, and its ground in none of
    them, add up to; 1 where it is whole."""
    outside_m2: NDArray[np.float64]
    """Of what the plot has in no cell of the level, scaled: divided among its pieces as they are
    large."""
    refused_m2: NDArray[np.float64]
    """What of ``area_m2`` the plot is refused."""
    whole: NDArray[np.bool_]
    """The plot lies wholly in this cell."""
    counted: NDArray[np.bool_]
    """This is the first cell of its boundary that shares ground with the plot: it counts here."""
    left: Indices
    """Pieces of pairs of plots that share ground, not of one cluster; the lower plot is left."""
    right: Indices
    shared_m2: NDArray[np.float64]
    """What the pair shares in the cell, times the mean of both factors."""
    shared_refused_m2: NDArray[np.float64]
    """What of that at least one of both plots is refused."""
    cluster: Indices
    """Number of the cluster of the piece; -1 for none."""
    cluster_m2: NDArray[np.float64]
    """Of each cluster the area of its union, times the shares of its pieces / their parts."""
    cluster_refused_m2: NDArray[np.float64]
    """What of that every plot that covers it is refused."""
    cluster_plots: Indices
    refused: Shapes
    """Refused part of each piece; None for nothing."""


class CellFigures(NamedTuple):
    """Figures of a cell and group; only those that some plot is in."""

    cell: Indices
    group: Indices
    green_m2: NDArray[np.float64]
    sum_m2: NDArray[np.float64]
    refused_m2: NDArray[np.float64]
    """Ground, counted once, that is refused to every plot of the group that covers it."""
    outside_m2: NDArray[np.float64]
    plot_count: Indices


def cell_pieces(  # noqa: PLR0913 - what is cut, by what, and how
    cells: Shapes,
    boundary_of: Indices,
    plots: Shapes,
    plot_m2: NDArray[np.float64],
    *,
    level_of: Indices | None = None,
    wanted: NDArray[np.bool_] | None = None,
    refusal: Refusal | None = None,
    fast: bool | None = None,
) -> Pieces:
    """Cut plots by cells and find out which of them share ground.

    Parameters
    ----------
    cells
        Valid polygons in degrees of CGCS2000; those of one boundary share no ground.
    boundary_of
        Boundary of each cell, any number. All cells of a boundary are given, or a plot may be
        counted twice in it; of boundaries beside it those that share plots with it, or its ground
        there is taken for ground in no boundary.
    plots
        Valid polygons in degrees of CGCS2000.
    plot_m2
        Their areas, m²: the area of the piece where a plot lies wholly in one cell.
    level_of
        Level of each cell's boundary, any number: what a plot has in the cells of one level adds up
        to its own area. One level when None.
    wanted
        Cells whose pieces are returned, all when None. The others only decide in which cell a plot
        of several cells is counted, which costs little.
    refusal
        Ground that does not count as green for plots; None for none.
    fast
        As in `gis.coverage.coverage`.

    Returns
    -------
    Pieces
        A plot that only touches a cell has no piece in it.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> halves = np.array([box(126, 43, 126.1, 43.1), box(126.1, 43, 126.2, 43.1)])
    >>> wood = np.array([box(126.05, 43.05, 126.15, 43.06)])
    >>> pieces = cell_pieces(halves, np.array([7, 7]), wood, areas_m2(wood))
    >>> pieces.cell.tolist(), pieces.whole.tolist(), pieces.counted.tolist()
    ([0, 1], [False, False], [True, False])
    """
    kernels = compiled_or_plain(fast, len(plots))
    cell, plot, whole = _places(cells, plots, kernels)
    counted = np.zeros(len(cell), dtype=np.bool_)
    counted[np.unique(boundary_of[cell] * len(plots) + plot, return_index=True)[1]] = True
    first, second = meeting(plots, kernels)
    levels = np.zeros(len(cells), dtype=np.int64) if level_of is None else level_of
    here = np.ones(len(cell), dtype=np.bool_) if wanted is None else wanted[cell]
    # What is not whole is cut by all cells of the level that it meets, wanted or not.
    of_level = levels[cell] * len(plots) + plot
    rows = np.flatnonzero(np.isin(of_level, of_level[here & ~whole]))
    alone = np.ones(len(plots), dtype=np.bool_)
    alone[first] = alone[second] = False
    barred = barred_plots(plots, refusal)
    alone[barred] = False
    shape, area = plots[plot], plot_m2[plot]
    factor, beyond = np.ones(len(cell)), np.zeros(len(cell))
    crossing = rows[~whole[rows]]
    shape[crossing], area[crossing] = _parts(
        plots, cells, plot[crossing], cell[crossing], alone[plot[crossing]] if kernels else None
    )
    for level in np.unique(levels[cell[rows]]):
        some = rows[levels[cell[rows]] == level]
        lies = ground(plots, cells, boundary_of, plot[some], cell[some])
        inside_m2 = _sums(plot[some], area[some], len(plots))
        by_plot = scale(plot_m2, inside_m2, lies.once, lies.beyond_m2)
        some = some[~whole[some]]
        factor[some], beyond[some] = by_plot.factor[plot[some]], by_plot.beyond[plot[some]]
    cell, plot, whole, counted = cell[here], plot[here], whole[here], counted[here]
    shape = shape[here]
    refused, refused_share = refused_pieces(shape, plot, barred, refusal)
    area, factor, beyond = area[here] * factor[here], factor[here], beyond[here]
    left, right = _pairs(cell, plot, first, second, len(plots))
    cluster, number = clusters_of(cell, shape, left, right)
    pairs = (cluster[left] < 0) | (cluster[left] != cluster[right])
    left, right = left[pairs], right[pairs]
    members = np.flatnonzero(cluster >= 0)
    unions = united(shape[members], cluster[members], number)
    cluster_m2 = _green_m2(cluster[members], area[members], factor[members], _geodesic_m2(unions))
    shared_m2 = _shared_m2(shape, left, right, kernels) * (factor[left] + factor[right]) / 2
    return Pieces(
        cell,
        plot,
        shape,
        area,
        factor,
        area * beyond,
        area * refused_share,
        whole,
        counted,
        left,
        right,
        shared_m2,
        shared_m2 * shared_refused(shape, refused, left, right),
        cluster,
        cluster_m2,
        cluster_m2 * united_refused(unions, shape[members], refused[members], cluster[members]),
        np.bincount(cluster[members], minlength=number),
        refused,
    )


def cell_figures(pieces: Pieces, group_of: Indices, groups: int) -> CellFigures:
    """Add pieces up by cell and group of plots.

    Parameters
    ----------
    pieces
        Answer of `cell_pieces`.
    group_of
        Group of each plot, from 0 to `groups` less one.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> county, wood = np.array([box(126, 43, 127, 44)]), np.array([box(126, 43, 126.1, 43.1)])
    >>> twice = np.repeat(wood, 2)
    >>> pieces = cell_pieces(county, np.array([1]), twice, areas_m2(twice))
    >>> figures = cell_figures(pieces, np.array([0, 0]), 1)
    >>> figures.plot_count.tolist(), (figures.sum_m2 / figures.green_m2).round(6).tolist()
    ([2], [2.0])
    """
    group = group_of[pieces.plot]
    slot = pieces.cell * groups + group
    size = int(slot.max(initial=-1)) + 1
    total = _sums(slot, pieces.area_m2, size)
    same = group[pieces.left] == group[pieces.right]
    pair = slot[pieces.left[same]]
    in_clusters = _in_clusters(pieces, group, groups, slot, size)
    single = pieces.cluster < 0
    ground_m2 = total - _sums(pair, pieces.shared_m2[same], size) - in_clusters.lost_m2
    refused_m2 = _sums(slot[single], pieces.refused_m2[single], size) + in_clusters.refused_m2
    refused_m2 -= _sums(pair, pieces.shared_refused_m2[same], size)
    # What the rounding of cuts leaves is no ground.
    refused_m2 = np.maximum(0, np.minimum(refused_m2, ground_m2))
    some = np.flatnonzero(np.bincount(slot, minlength=size))
    count = np.bincount(slot[pieces.counted], minlength=size)
    outside = _sums(slot, pieces.outside_m2, size)
    return CellFigures(
        some // groups,
        some % groups,
        (ground_m2 - refused_m2)[some],
        total[some],
        refused_m2[some],
        outside[some],
        count[some],
    )


def _sums(slot: Indices, values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return np.bincount(slot, values, minlength=size).astype(np.float64)


def _green_m2(
    which: Indices,
    share_m2: NDArray[np.float64],
    factor: NDArray[np.float64],
    union_m2: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Unions of clusters, scaled as the shares of their pieces are, all together.

    ``which`` is the cluster of each piece.
    """
    size = len(union_m2)
    shares, parts = _sums(which, share_m2, size), _sums(which, share_m2 / factor, size)
    once = np.divide(union_m2, parts, out=np.ones(size), where=parts > 0)
    return np.asarray(shares * np.minimum(1, once))


def _places(
    cells: Shapes, plots: Shapes, kernels: bool
) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Cells and plots that share ground, sorted, and whether the plot lies wholly in the cell."""
    plot, cell = shapely.STRtree(cells).query(plots)
    whole = np.zeros(len(plot), dtype=np.bool_)
    unsure = np.arange(len(plot))
    if kernels:
        borders = kernel("borders")
        near, where = borders.sorted_out(cells, plots, cell, plot)
        cell, plot, whole = cell[near], plot[near], where == borders.INSIDE
        unsure = np.flatnonzero(where == borders.CUT)

    def related(rows: slice) -> NDArray[np.str_]:
        some = unsure[rows]
        return np.asarray(shapely.relate(plots[plot[some]], cells[cell[some]]), dtype="U9")

    letters = spread(related, len(unsure), np.empty(0, dtype="U9")).view("U1").reshape(-1, 9)
    whole[unsure] = (letters[:, _INSIDE_OUT] == "F") & (letters[:, _BORDER_OUT] == "F")
    ground = np.ones(len(plot), dtype=np.bool_)
    ground[unsure] = letters[:, _INTERIORS] != "F"
    cell, plot, whole = cell[ground], plot[ground], whole[ground]
    order = np.lexsort((plot, cell))
    return cell[order], plot[order], whole[order]


def _pairs(
    cell: Indices, plot: Indices, first_plot: Indices, second_plot: Indices, plots: int
) -> tuple[Indices, Indices]:
    """Pieces of pairs of plots, in every cell that both have pieces in."""
    order = np.argsort(plot, kind="stable")
    begins = np.searchsorted(plot[order], first_plot)
    number = np.searchsorted(plot[order], first_plot, side="right") - begins
    step = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    left = order[np.repeat(begins, number) + step]
    key = cell * plots + plot
    wanted = cell[left] * plots + np.repeat(second_plot, number)
    right = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    both = key[right] == wanted
    return left[both], right[both]


def _shared_m2(shape: Shapes, left: Indices, right: Indices, kernels: bool) -> NDArray[np.float64]:
    if not kernels:
        return _geodesic_m2(common(shape[left], shape[right]))
    some, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    return _undrawn_m2(shape[some], place[: len(left)], place[len(left) :])


def _parts(
    plots: Shapes, cells: Shapes, plot: Indices, cell: Indices, alone: NDArray[np.bool_] | None
) -> tuple[Shapes, NDArray[np.float64]]:
    """What plots have in cells, and its areas.

    Of plots ``alone``, which share ground with no other, the kernels measure parts without drawing
    them: their shape is None. ``alone`` None: without kernels.
    """
    shape, area = np.full(len(plot), None, dtype=object), np.zeros(len(plot))
    drawn = np.ones(len(plot), dtype=np.bool_) if alone is None else ~alone
    shape[drawn] = common(plots[plot[drawn]], cells[cell[drawn]])
    longest_deg = 0.0 if alone is None else SHORT_DEG
    area[drawn] = areas_m2(shape[drawn], checked=True, longest_deg=longest_deg)
    if alone is not None:
        area[alone] = _parts_m2(plots, cells, plot[alone], cell[alone])
    return shape, area


def _parts_m2(plots: Shapes, cells: Shapes, plot: Indices, cell: Indices) -> NDArray[np.float64]:
    """Areas of what plots have in cells."""
    some, of_plot = np.unique(plot, return_inverse=True)
    few, of_cell = np.unique(cell, return_inverse=True)
    return _undrawn_m2(np.concatenate([plots[some], cells[few]]), of_plot, len(some) + of_cell)


def _undrawn_m2(shapes: Shapes, left: Indices, right: Indices) -> NDArray[np.float64]:
    flat = kernel("flat").flattened(shapes)
    area_m2: NDArray[np.float64] = kernel("pairs").shared_m2(shapes, flat, left, right, SHORT_DEG)
    return area_m2


class _InClusters(NamedTuple):
    """By cell and group what clusters have twice, and what of their ground is refused."""

    lost_m2: NDArray[np.float64]
    refused_m2: NDArray[np.float64]


def _in_clusters(
    pieces: Pieces, group: Indices, groups: int, slot: Indices, size: int
) -> _InClusters:
    """Of clusters that are not whole in a group the plots of it are united anew."""
    some = np.flatnonzero(pieces.cluster >= 0)
    if not len(some):
        return _InClusters(np.zeros(size), np.zeros(size))
    _, first, which = np.unique(
        pieces.cluster[some] * groups + group[some], return_index=True, return_inverse=True
    )
    sum_m2 = _sums(which, pieces.area_m2[some], len(first))
    number, cluster = np.bincount(which), pieces.cluster[some[first]]
    green = np.where(number == pieces.cluster_plots[cluster], pieces.cluster_m2[cluster], sum_m2)
    partly = (number > 1) & (number < pieces.cluster_plots[cluster])
    refused = np.where(
        number == pieces.cluster_plots[cluster],
        pieces.cluster_refused_m2[cluster],
        _sums(which, pieces.refused_m2[some], len(first)),
    )
    rows = np.flatnonzero(partly[which])
    place = np.cumsum(partly) - 1
    those = some[rows]
    unions = united(pieces.shape[those], place[which[rows]], int(partly.sum()))
    green[partly] = _green_m2(
        place[which[rows]], pieces.area_m2[those], pieces.factor[those], _geodesic_m2(unions)
    )
    refused[partly] = green[partly] * united_refused(
        unions, pieces.shape[those], pieces.refused[those], place[which[rows]]
    )
    return _InClusters(
        _sums(slot[some[first]], sum_m2 - green, size), _sums(slot[some[first]], refused, size)
    )


def _geodesic_m2(shapes: Shapes) -> NDArray[np.float64]:
    return areas_m2(shapes, checked=True, longest_deg=0.0)
