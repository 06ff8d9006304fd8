"""Shares: what a plot has in each of its cells, so that they add up to its own area.

A cut adds vertices, and an edge that is straight in degrees is no geodesic: the parts of a plot add
up to its area within Σ L³·tan φ / (8R) of its edges only (`gis.topology.bounds`). A share is a part
times own area / (all parts, and what lies in no cell). Where boundaries overlap, each has that
ground whole, and it is added once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.measure import areas_m2
from gis.polygons import polygon_parts
from gis.refusal import common
from gis.threads import spread

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

NARROWEST_DEG: Final = 1e-8
"""Gaps between cells of less mean width, a millimetre, are the rounding of their coordinates."""
_SLIGHT: Final = 1e-6
"""A smaller part of a plot in several boundaries is the rounding of their coordinates."""
_POLYGONAL: Final = (3, 6)


class Scale(NamedTuple):
    """How the parts of each plot become shares."""

    factor: Floats
    """Own area / (parts + what lies in no cell); 1 where a plot has nothing of either."""
    beyond: Floats
    """What lies in no cell / parts."""


def scale(plot_m2: Floats, inside_m2: Floats, once: Floats, beyond_m2: Floats) -> Scale:
    """Factors of plots.

    Parameters
    ----------
    plot_m2
        Own areas of the plots, m².
    inside_m2
        What their parts in all cells add up to, m².
    once
        What of that is left when ground of several boundaries is added once, as a ratio.
    beyond_m2
        What of them lies in no cell, m².

    Examples
    --------
    >>> scale(np.array([99.0]), np.array([75.0]), np.array([1.0]), np.array([25.0]))
    Scale(factor=array([0.99]), beyond=array([0.33333333]))
    """
    total = inside_m2 * once + beyond_m2
    return Scale(
        np.divide(plot_m2, total, out=np.ones(len(total)), where=total > 0),
        np.divide(beyond_m2, inside_m2, out=np.zeros(len(total)), where=inside_m2 > 0),
    )


class Ground(NamedTuple):
    """What the cells leave of each plot, and what they have twice."""

    beyond_m2: Floats
    """What lies in no cell, m² on the ellipsoid, without gaps narrower than `NARROWEST_DEG`."""
    once: Floats
    """Parts counted once / parts: less than 1 where boundaries overlap on the plot."""


def ground(
    plots: Shapes, cells: Shapes, boundary_of: Indices, plot: Indices, cell: Indices
) -> Ground:
    """How plots lie in cells that should cover the ground once.

    Parameters
    ----------
    plots, cells
        Valid polygons in degrees of CGCS2000.
    boundary_of
        Boundary of each cell, any number: cells of one share no ground.
    plot, cell
        Positions of plots and cells that share ground; every such pair.

    Returns
    -------
    Ground
        For each of `plots`; 0 and 1 for those that are not in `plot`.

    Examples
    --------
    >>> halves = np.array([shapely.box(126, 43, 126.1, 43.1), shapely.box(126.1, 43, 126.2, 43.1)])
    >>> wood = np.array([shapely.box(126.19, 43.05, 126.21, 43.06)])
    >>> ground(wood, halves, np.array([1, 2]), np.array([0]), np.array([1])).beyond_m2.round(-3)
    array([905000.])
    """
    missing, once = np.zeros(len(plots)), np.ones(len(plots))
    owner = np.unique(np.stack([plot, boundary_of[cell]]), axis=1)[0]
    several = np.flatnonzero(np.bincount(owner, minlength=len(plots)) > 1)
    rim = _at_the_rim(plots, cells, np.unique(plot), np.unique(cell))
    near = np.flatnonzero(np.isin(plot, np.union1d(rim, several)))
    some, row = np.unique(plot[near], return_inverse=True)
    if not len(some):
        return Ground(missing, once)
    gaps = _gaps(plots[some], cells[cell[near]], row)
    part, of_gap = shapely.get_parts(gaps, return_index=True)
    broad = 2 * shapely.area(part) >= NARROWEST_DEG * shapely.length(part)
    part_m2 = areas_m2(part[broad], checked=True, longest_deg=0.0)
    missing[some] = np.bincount(of_gap[broad], part_m2, minlength=len(some))
    twice = np.flatnonzero(np.isin(some[row], several))
    parts = shapely.area(shapely.intersection(plots[plot[near[twice]]], cells[cell[near[twice]]]))
    whole = np.bincount(row[twice], parts, minlength=len(some))
    covered = np.divide(
        shapely.area(plots[some]) - shapely.area(gaps),
        whole,
        out=np.ones(len(some)),
        where=whole > 0,
    )
    once[some] = np.where(covered < 1 - _SLIGHT, covered, 1)
    return Ground(missing, once)


def _gaps(plots: Shapes, cells: Shapes, row: Indices) -> Shapes:
    """Polygons that the cells leave of each plot; ``row`` is the plot of each cell."""
    own = np.empty(len(plots), dtype=object)
    order = np.argsort(row, kind="stable")
    # Cut first, united then: see gis.unions.
    cut = common(plots[row[order]], cells[order])
    shapely.geometrycollections(cut, indices=row[order], out=own)

    def rest(rows: slice) -> Shapes:
        united = shapely.union_all(own[rows, None], axis=1)
        return np.asarray(shapely.difference(plots[rows], united), dtype=object)

    gaps = spread(rest, len(plots), np.empty(0, dtype=object))
    for place in np.flatnonzero(~np.isin(shapely.get_type_id(gaps), _POLYGONAL)):
        gaps[place] = polygon_parts(gaps[place])
    return gaps


def _at_the_rim(plots: Shapes, cells: Shapes, some: Indices, few: Indices) -> Indices:
    """Those of some plots that may reach beyond the cells: others cannot leave their union."""
    if not len(few):
        return some
    rim = shapely.boundary(shapely.union_all(cells[few]))
    xy, of_line = shapely.get_coordinates(shapely.get_parts(rim), return_index=True)
    along = np.flatnonzero(of_line[1:] == of_line[:-1])
    edges = np.asarray(shapely.linestrings(np.stack([xy[along], xy[along + 1]], axis=1)))
    return np.asarray(some[np.unique(shapely.STRtree(edges).query(plots[some])[0])])
