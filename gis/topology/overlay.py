"""Split, merge, clip: new shapes out of old ones, all on the one grid."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError, NotPolygonError
from gis.grid import GRID_DEG, on_grid
from gis.messages import Message
from gis.polygons import flat_polygon, polygon_parts
from gis.shared_area import refuse_costly_cut
from gis.validity import check_range, check_valid

__all__ = ["clip", "merge", "split", "subtract"]


def split(geometry: BaseGeometry | None, line: BaseGeometry | None) -> list[MultiPolygon]:
    """Cut a plot along a line.

    Parameters
    ----------
    geometry
        Valid Polygon or MultiPolygon in degrees; holes and parts are kept.
    line
        LineString or MultiLineString in degrees. What of it lies outside the plot, or ends
        inside without cutting anything off, is passed over.

    Returns
    -------
    list[MultiPolygon]
        Two pieces or more, the largest first. They share the vertices of the cut, cover the plot
        and do not overlap. Parts that the line does not cut stay with the largest piece.

    Raises
    ------
    GeometryError
        ``missing``, ``empty``, ``not_polygon``, ``not_line``, ``not_finite``, ``out_of_range``,
        ``too_wide``, any code of an invalid shape, ``line_cuts_nothing``, or ``too_many_edges``:
        see `gis.shared_area.refuse_costly_cut`.

    Notes
    -----
    A cut adds vertices to the outline, and the grid moves them by 0.06 mm at most; areas of the
    pieces add up to the whole within :func:`gis.topology.cut_bound_m2`.

    Examples
    --------
    >>> plot = shapely.box(126.0, 43.8, 126.03, 43.81)
    >>> pieces = split(plot, LineString([(126.01, 43.7), (126.01, 43.9)]))
    >>> [piece.bounds[0] for piece in pieces]
    [126.01, 126.0]
    """
    plot, knife = _plot(geometry), _line(line)
    refuse_costly_cut(plot, [knife])
    parts = shapely.get_parts(on_grid(np.array([plot], dtype=object)))
    touched = shapely.intersects(parts, knife)
    cut: list[NDArray[np.object_]] = [_faces(part, knife) for part in parts[touched]]
    faces = [face for pieces in cut if len(pieces) > 1 for face in pieces]
    if not faces:
        raise GeometryError(
            Message(
                "分割线没有把图斑切开，请让它穿过整个图斑。",
                "The line cuts nothing off; draw it right across the plot.",
            ),
            code="line_cuts_nothing",
            at=_start(knife),
        )
    whole = [pieces[0] for pieces in cut if len(pieces) == 1]
    largest, *rest = sorted(faces, key=lambda face: -float(shapely.area(face)))
    main = MultiPolygon([largest, *whole, *parts[~touched]])
    return [main, *(MultiPolygon([face]) for face in rest)]


def _faces(part: BaseGeometry, knife: BaseGeometry) -> NDArray[np.object_]:
    """Faces of outline and line that lie in the part: rings that share their nodes exactly."""
    lines = np.array([shapely.boundary(part), knife], dtype=object)
    noded = shapely.union_all(lines, grid_size=GRID_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.intersects(part, shapely.point_on_surface(faces))
    return np.asarray(shapely.set_precision(faces[inside], 0.0, mode="pointwise"), dtype=object)


def merge(geometries: Iterable[BaseGeometry | None]) -> MultiPolygon:
    """Unite plots: ground that several cover is there once.

    Parameters
    ----------
    geometries
        Valid Polygons or MultiPolygons in degrees, one at least.

    Returns
    -------
    MultiPolygon
        On the grid. Plots that do not touch become its parts.

    Raises
    ------
    GeometryError
        ``empty`` for no plots at all, and the codes of :func:`split` for each of them.

    Examples
    --------
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.01, 43.8, 126.02, 43.81)]
    >>> len(merge(plots).geoms), merge(plots).bounds
    (1, (126.0, 43.8, 126.02, 43.81))
    """
    plots = [_plot(geometry) for geometry in geometries]
    if not plots:
        raise NotPolygonError(
            Message(
                "没有要合并的图斑。",
                "There is no plot to merge; name two at least.",
            ),
            code="empty",
        )
    for n, plot in enumerate(plots[1:], start=1):
        refuse_costly_cut(plot, plots[:n])
    return _settled(shapely.union_all(np.array(plots, dtype=object), grid_size=GRID_DEG))


def clip(geometry: BaseGeometry | None, mask: BaseGeometry | None) -> MultiPolygon:
    """The part of a plot that lies in a mask.

    Parameters
    ----------
    geometry, mask
        Valid Polygons or MultiPolygons in degrees.

    Returns
    -------
    MultiPolygon
        On the grid; empty when they share no ground, as when they only touch.

    Raises
    ------
    GeometryError
        The codes of :func:`split`.

    Examples
    --------
    >>> clip(shapely.box(126.0, 43.8, 126.02, 43.81), shapely.box(126.01, 43.0, 127.0, 44.0)).bounds
    (126.01, 43.8, 126.02, 43.81)
    """
    plot, ground = _plot(geometry), _plot(mask)
    refuse_costly_cut(plot, [ground])
    shared = shapely.intersection(plot, ground, grid_size=GRID_DEG)
    return _settled(shared)


def subtract(geometry: BaseGeometry | None, others: Iterable[BaseGeometry | None]) -> MultiPolygon:
    """The part of a plot that no other plot covers.

    Parameters
    ----------
    geometry
        Valid Polygon or MultiPolygon in degrees.
    others
        Valid ones to take away; none leave the plot as it is, on the grid.

    Returns
    -------
    MultiPolygon
        On the grid; empty when nothing is left.

    Raises
    ------
    GeometryError
        The codes of :func:`split`.

    Examples
    --------
    >>> plot = shapely.box(126.0, 43.8, 126.02, 43.81)
    >>> subtract(plot, [shapely.box(126.01, 43.8, 127.0, 44.0)]).bounds
    (126.0, 43.8, 126.01, 43.81)
    """
    plot = _plot(geometry)
    taken = [_plot(other) for other in others]
    if not taken:
        return _settled(plot)
    refuse_costly_cut(plot, taken)
    away = shapely.union_all(np.array(taken, dtype=object), grid_size=GRID_DEG)
    return _settled(shapely.difference(plot, away, grid_size=GRID_DEG))


def _plot(geometry: BaseGeometry | None) -> Polygon | MultiPolygon:
    plot = flat_polygon(geometry)
    check_valid(plot)
    return plot


def _line(line: BaseGeometry | None) -> BaseGeometry:
    if line is None or line.is_empty:
        raise GeometryError(
            Message(
                "没有分割线，请先绘制。",
                "There is no line; draw one.",
            ),
            code="empty",
        )
    if not isinstance(line, LineString | MultiLineString):
        raise GeometryError(
            Message(
                f"分割线必须是线，收到的是 {line.geom_type}。",
                f"Plots are cut along a LineString, not a {line.geom_type}.",
            ),
            code="not_line",
        )
    check_range(line)
    return shapely.force_2d(line)


def _settled(shape: BaseGeometry) -> MultiPolygon:
    """Polygons only, on the grid: GEOS returns a union of one plot, or A ∩ A, without snapping."""
    loose = on_grid(np.array([polygon_parts(shape)], dtype=object))
    parts = shapely.get_parts(loose)
    return MultiPolygon(list(parts[~shapely.is_empty(parts)]))


def _start(line: BaseGeometry) -> tuple[float, float]:
    lon, lat = shapely.get_coordinates(line)[0]
    return float(lon), float(lat)
