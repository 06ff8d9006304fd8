"""Snap a plot to its neighbours: shared borders get the same vertices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.grid import GRID_DEG, on_grid
from gis.messages import Message
from gis.plane import metres_per_degree
from gis.polygons import as_multipolygon

__all__ = ["snap"]

Points = NDArray[np.float64]
Shapes = NDArray[np.object_]
_SAME_DEG: Final = 1.5 * GRID_DEG
_DIGITS: Final = 9


def snap(
    geometry: BaseGeometry, neighbours: Iterable[BaseGeometry], tolerance_m: float
) -> MultiPolygon:
    """Draw the outline of a plot onto that of its neighbours where they nearly meet.

    Parameters
    ----------
    geometry
        Valid Polygon or MultiPolygon in degrees.
    neighbours
        Valid ones that are not moved; none leave the plot as it is, on the grid.
    tolerance_m
        How far a vertex may be moved, in metres on the ground, above 0.

    Returns
    -------
    MultiPolygon
        On the grid. Along a shared border it has the vertices of the neighbour, and no others.

    Raises
    ------
    GeometryError
        ``bad_tolerance``; ``snap_breaks`` when the outline would cross itself, as a tolerance
        wider than the plot makes it do; the codes of an invalid shape.

    Notes
    -----
    Vertices go to a neighbour's vertex first, then edges take up the neighbour's vertices, then
    what is still within tolerance goes onto the neighbour's edge. A vertex that ends the shared
    border there lies on that edge to the grid (0.06 mm), no nearer. Vertices of the neighbour that
    are nearer than the tolerance to each other, or to an edge that is not theirs, cannot be told
    apart: look at the result.

    Examples
    --------
    >>> drawn = shapely.box(126.010004, 43.8, 126.02, 43.81)
    >>> snap(drawn, [shapely.box(126.0, 43.8, 126.01, 43.81)], 1.0).bounds[0]
    126.01
    """
    if not (np.isfinite(tolerance_m) and tolerance_m > 0):
        raise GeometryError(
            Message(
                f"捕捉容差必须大于 0 米，收到的是 {tolerance_m}。",
                f"A tolerance must be above 0 metres, not {tolerance_m}.",
            ),
            code="bad_tolerance",
        )
    plot = as_multipolygon(geometry)
    around = on_grid(np.array(list(neighbours), dtype=object))
    sight = _Sight.of(plot, around, tolerance_m)
    if not len(sight.fixed):
        return plot
    met = shapely.transform(sight.onto_vertices(plot), sight.onto_edges)
    rings = [
        [sight.without_idle(ring) for ring in shapely.get_rings(part)]
        for part in shapely.get_parts(met)
    ]
    return _checked(MultiPolygon([(shell, holes) for shell, *holes in rings]), plot)


class _Sight(NamedTuple):
    """The neighbours of a plot, as targets of snapping."""

    fixed: Points
    """Their vertices, degrees."""
    border: BaseGeometry
    """Their outlines, in metres."""
    scale: Points
    """Metres a degree, east and north, at the middle of the plot."""
    tolerance_m: float

    @classmethod
    def of(cls, plot: MultiPolygon, around: Shapes, tolerance_m: float) -> _Sight:
        _west, south, _east, north = plot.bounds
        scale = np.array([float(metres) for metres in metres_per_degree((south + north) / 2)])
        fixed = np.unique(shapely.get_coordinates(around), axis=0)
        rings = shapely.get_rings(shapely.get_parts(around))
        outlines = shapely.transform(rings, lambda at: at * scale)
        return cls(fixed, shapely.MultiLineString(list(outlines)), scale, tolerance_m)

    def onto_vertices(self, plot: BaseGeometry) -> BaseGeometry:
        """Snap with GEOS, which snaps to vertices only and needs one unit for both axes."""
        flat = shapely.transform(plot, lambda at: at * self.scale)
        snapped = shapely.snap(flat, shapely.MultiPoint(self.fixed * self.scale), self.tolerance_m)
        there: BaseGeometry = shapely.transform(snapped, lambda at: self.named(at / self.scale))
        return there

    def named(self, at: Points) -> Points:
        """Give a neighbour's vertex its exact digits again, and round the others to the grid."""
        targets = np.asarray(shapely.points(self.fixed), dtype=object)
        nearest = shapely.STRtree(targets).nearest(np.asarray(shapely.points(at), dtype=object))
        close = np.abs(self.fixed[nearest] - at).max(axis=1) < _SAME_DEG
        return np.where(close[:, None], self.fixed[nearest], at.round(_DIGITS))

    def onto_edges(self, at: Points) -> Points:
        """What is still within tolerance of an edge goes onto it."""
        points = np.asarray(shapely.points(at * self.scale), dtype=object)
        ways = shapely.shortest_line(points, self.border)
        there = shapely.get_coordinates(ways)[1::2] / self.scale
        own = ~np.isin(_keys(at), _keys(self.fixed))
        moves = own & (shapely.length(ways) <= self.tolerance_m)
        return np.where(moves[:, None], there.round(_DIGITS), at)

    def without_idle(self, ring: BaseGeometry) -> list[Points]:
        """Without own vertices that lie on the edge between two of the neighbour's."""
        at = shapely.get_coordinates(ring)[:-1]
        anchors = np.flatnonzero(np.isin(_keys(at), _keys(self.fixed)))
        if len(anchors) < 2:
            return list(at)
        at = np.roll(at, -anchors[0], axis=0)
        anchors = anchors - anchors[0]
        vertices: list[Points] = []
        for here, following in zip(anchors, [*anchors[1:], len(at)], strict=True):
            run = at[here + 1 : following]
            chord = shapely.LineString([at[here], at[following % len(at)]])
            idle = shapely.distance(shapely.points(run), chord).max(initial=0.0) <= _SAME_DEG
            vertices += [at[here], *([] if idle else run)]
        return vertices


def _keys(at: Points) -> NDArray[np.complex128]:
    """Positions as single values, to be looked up exactly."""
    return np.asarray(at[:, 0] + 1j * at[:, 1])


def _checked(shape: BaseGeometry, plot: MultiPolygon) -> MultiPolygon:
    if shape.is_empty or not shape.is_valid:
        at = shapely.get_coordinates(plot)[0]
        raise GeometryError(
            Message(
                "按这个容差捕捉会使边界自相交，请减小容差。",
                "Snapping by this tolerance makes the outline cross itself; take a smaller one.",
            ),
            code="snap_breaks",
            at=(float(at[0]), float(at[1])),
        )
    return as_multipolygon(shape)
