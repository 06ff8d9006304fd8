"""Upper bounds of the difference of ellipsoidal areas before and after a cut.

For callers of `gis.topology.split` and `merge` that compare sums; the tests compare by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import ELLIPSOID
from gis.grid import GRID_DEG
from gis.measure import edges_of
from gis.plane import metres_per_degree

__all__ = ["cut_bound_m2", "cut_edges", "edge_bound_m2", "outline_bounds_m2"]

Edges = NDArray[np.float64]
Floats = NDArray[np.float64]

_RADIUS_M: Final = 6_371_008.8  # mean radius of the ellipsoid (IUGG)
_ROUNDING_M2: Final = 0.001
_ON_EDGE_DEG: Final = 1.5 * GRID_DEG


def edge_bound_m2(edges: Edges) -> float:
    """Most that one vertex or more on each of these edges can change an area.

    Parameters
    ----------
    edges
        ``(n, 2, 2)``: ends of each edge, longitude and latitude in degrees.

    Returns
    -------
    float
        m²: Σ L³·tan φ / (8R) + 0.001. No edges give 0.001.

    Notes
    -----
    An edge is a geodesic, a cut is straight in degrees: along an edge of length L at latitude φ
    the two are L²·tan φ / (8R) apart at most, and what lies between them is two thirds of that
    times L. Derived for this project (contract, rule 4); a test holds the bound to GeographicLib.

    Examples
    --------
    >>> edge_bound_m2(np.array([[[126.0, 45.0], [126.0127, 45.0]]])).__round__(1)
    19.7
    """
    return float(_bounds_m2(edges).sum()) + _ROUNDING_M2


def outline_bounds_m2(geometries: NDArray[np.object_]) -> Floats:
    """Most that the area of each shape can change when all of its edges get new vertices.

    Parameters
    ----------
    geometries
        Polygons or lines in degrees, or multis of these.

    Returns
    -------
    NDArray[np.float64]
        m²: :func:`edge_bound_m2` of all edges, without the rounding; 0 for None.

    Examples
    --------
    >>> outline_bounds_m2(np.array([shapely.box(126.00, 43.80, 126.01, 43.81)])).round()
    array([71.])
    """
    edges, owner = _edges(np.asarray(geometries, dtype=object))
    return np.bincount(owner, _bounds_m2(edges), minlength=len(geometries)).astype(np.float64)


def cut_edges(before: Iterable[BaseGeometry], after: Iterable[BaseGeometry]) -> Edges:
    """Edges of the outlines before on which the shapes after have a new vertex.

    Parameters
    ----------
    before, after
        Polygons or MultiPolygons in degrees.

    Returns
    -------
    NDArray[np.float64]
        ``(n, 2, 2)``.

    Examples
    --------
    >>> whole, half = shapely.box(0, 0, 2, 1), shapely.box(0, 0, 1, 1)
    >>> len(cut_edges([whole], [half]))
    2
    """
    edges, _owner = _edges(np.array(list(before), dtype=object))
    vertices = np.unique(shapely.get_coordinates(np.array(list(after), dtype=object)), axis=0)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(edges), dtype=object))
    points = np.asarray(shapely.points(vertices), dtype=object)
    vertex, edge = tree.query(points, predicate="dwithin", distance=_ON_EDGE_DEG)
    away = np.abs(edges[edge] - vertices[vertex][:, None, :]).max(axis=2).min(axis=1)
    return np.take(edges, np.unique(edge[away > _ON_EDGE_DEG]), axis=0)


def cut_bound_m2(before: Iterable[BaseGeometry], after: Iterable[BaseGeometry]) -> float:
    """Most that the areas before and after a split, merge or clip may disagree.

    Parameters
    ----------
    before, after
        Polygons or MultiPolygons in degrees that cover the same ground equally often.

    Returns
    -------
    float
        m²: :func:`edge_bound_m2` of the edges that got a vertex, and what the grid adds by
        moving those vertices by half of 1e-9° at most.

    Examples
    --------
    >>> whole, half = shapely.box(126, 44, 126.02, 44.01), shapely.box(126, 44, 126.01, 44.01)
    >>> other = shapely.box(126.01, 44, 126.02, 44.01)
    >>> round(cut_bound_m2([whole], [half, other]))
    157
    """
    edges = cut_edges(before, after)
    east, north = metres_per_degree(edges[:, :, 1].mean(axis=1))
    moved = np.hypot(east, north) * GRID_DEG / 2
    return edge_bound_m2(edges) + float((_lengths_m(edges) * moved).sum())


def _edges(geometries: NDArray[np.object_]) -> tuple[Edges, NDArray[np.intp]]:
    """Edges of all lines and rings, and the geometry of each."""
    starts, ends, owner = edges_of(geometries)
    return np.stack([starts, ends], axis=1), owner


def _bounds_m2(edges: Edges) -> Floats:
    lat = np.abs(edges[:, :, 1]).max(axis=1)
    return np.asarray(_lengths_m(edges) ** 3 * np.tan(np.radians(lat)) / (8 * _RADIUS_M))


def _lengths_m(edges: Edges) -> NDArray[np.float64]:
    (lon_a, lat_a), (lon_b, lat_b) = edges[:, 0].T, edges[:, 1].T
    _forth, _back, metres = ELLIPSOID.inv(lon_a, lat_a, lon_b, lat_b)
    return np.asarray(metres, dtype=np.float64)
