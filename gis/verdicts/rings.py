"""Rings of many polygons as flat arrays: where they double back, repeat or run thin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.grid import GRID_DEG
from gis.plane import metres_per_degree

__all__ = ["Corners", "Outlines", "mean_widths_m", "outlines"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class Corners(NamedTuple):
    """Every vertex once (the closing one left out), with its neighbours along the ring."""

    at: Floats
    """``(n, 2)`` degrees."""
    ring: Indices
    """Number of its ring; the vertices of a ring stand together."""
    part: Indices
    """Number of its polygon."""
    before: Indices
    after: Indices

    def repeats(self) -> NDArray[np.bool_]:
        """Vertices that lie on the one before them, to the grid."""
        step = np.abs(self.at - self.at[self.before])
        same = (step[:, 0] < GRID_DEG / 2) & (step[:, 1] < GRID_DEG / 2)
        return np.asarray(same & (self.before != np.arange(len(step))))

    def distinct(self) -> Corners:
        """Without the vertices that repeat the one before them."""
        keep = ~self.repeats()
        if keep.all():
            return self
        return linked(self.at[keep], self.ring[keep], self.part[keep])

    def thin(self, length_m: float, width_m: float, ratio: float) -> Indices:
        """Vertices that are the tip of a spike, or the end of a slit.

        Both edges at the tip are `length_m` long at least; where the shorter one ends they are
        less than `width_m`, or less than `ratio` of its length, apart.
        """
        east, north = metres_per_degree(self.at[:, 1])
        x, y = self.at.T
        to_before = (x[self.before] - x) * east, (y[self.before] - y) * north
        to_after = (x[self.after] - x) * east, (y[self.after] - y) * north
        shorter = np.minimum(
            to_before[0] ** 2 + to_before[1] ** 2, to_after[0] ** 2 + to_after[1] ** 2
        )
        long: Indices = np.flatnonzero(shorter >= length_m**2)
        back, ahead = (np.column_stack(leg)[long] for leg in (to_before, to_after))
        back /= np.hypot(*back.T)[:, None]
        ahead /= np.hypot(*ahead.T)[:, None]
        legs = np.sqrt(shorter[long])
        base = np.hypot(*(back - ahead).T) * legs
        return np.take(long, np.flatnonzero(base < np.maximum(width_m, ratio * legs)))


class Outlines(NamedTuple):
    """Polygons taken apart."""

    parts: NDArray[np.object_]
    row: Indices
    """Which geometry each part is of."""
    corners: Corners

    def mean_widths_m(self) -> Floats:
        """Of each part; see :func:`mean_widths_m`."""
        bounds = shapely.bounds(self.parts).reshape(-1, 4)
        east, north = metres_per_degree((bounds[:, 1] + bounds[:, 3]) / 2)
        flat = self.corners
        steps = flat.at[flat.after] - flat.at
        lengths = np.hypot(steps[:, 0] * east[flat.part], steps[:, 1] * north[flat.part])
        outline = np.bincount(flat.part, lengths, minlength=len(self.parts))
        area = np.nan_to_num(shapely.area(self.parts) * east * north)
        return np.divide(2 * area, outline, out=np.zeros(len(area)), where=outline > 0)


def outlines(geometries: NDArray[np.object_]) -> Outlines:
    """Take polygons apart.

    Parameters
    ----------
    geometries
        Polygons and MultiPolygons in degrees, finite; None and empty ones have no parts.

    Examples
    --------
    >>> flat = outlines(np.array([shapely.box(126, 43, 127, 44)])).corners
    >>> len(flat.at), flat.after.tolist()
    (4, [1, 2, 3, 0])
    """
    parts, row = shapely.get_parts(geometries, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    closing = np.ones(len(ring), dtype=bool)
    closing[:-1] = ring[1:] != ring[:-1]
    ring_of = ring[~closing]
    return Outlines(parts, row, linked(at[~closing], ring_of, part_of_ring[ring_of]))


def linked(at: Floats, ring: Indices, part: Indices) -> Corners:
    """Corners of rings that stand one after the other."""
    index = np.arange(len(ring))
    first = np.ones(len(ring), dtype=bool)
    first[1:] = ring[1:] != ring[:-1]
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(ring)) - 1
    before, after = index - 1, index + 1
    if len(ring):
        before[starts], after[ends] = ends, starts
    return Corners(at, ring, part, before, after)


def mean_widths_m(polygons: NDArray[np.object_]) -> Floats:
    """Twice the area over the outline: the width of a strip, half that of a square.

    Parameters
    ----------
    polygons
        Polygons or MultiPolygons in degrees, finite.

    Returns
    -------
    NDArray[np.float64]
        Metres, true to 1 % for plots; of several parts the mean by outline; 0 for empty ones.

    Examples
    --------
    >>> strip = shapely.box(126.0, 43.8, 126.01, 43.80001)
    >>> mean_widths_m(np.array([strip])).round(2)
    array([1.11])
    """
    apart = outlines(polygons)
    widths = apart.mean_widths_m()
    weights = shapely.length(apart.parts)
    total = np.bincount(apart.row, weights, minlength=len(polygons))
    summed = np.bincount(apart.row, widths * weights, minlength=len(polygons))
    return np.divide(summed, total, out=np.zeros(len(polygons)), where=total > 0)
