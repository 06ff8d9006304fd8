"""From any geometry to a checked MultiPolygon, or a refusal with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.edges import refuse_tangled
from gis.errors import GeometryError, InvalidShapeError, NotPolygonError, Position
from gis.grid import GRID_DEG, on_grid
from gis.messages import Message
from gis.validity import check_positions, check_range, check_valid, first_position

_POLYGON: Final = 3
_POLYGONAL: Final = (_POLYGON, 6)  # GEOS numbers of Polygon and MultiPolygon


def as_multipolygon(geometry: BaseGeometry | None) -> MultiPolygon:
    """One checked MultiPolygon on the 1e-9° grid, without heights.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon, or a collection of nothing but these; ``(longitude, latitude)``
        in degrees. Rings may run either way round.

    Returns
    -------
    MultiPolygon
        Valid, not empty. Shapes are never repaired: only the grid may move a vertex, by less
        than half of 1e-9°.

    Raises
    ------
    NotPolygonError
        ``missing`` (None), ``empty`` (nothing drawn, or nothing left on the grid) or
        ``not_polygon``.
    OutOfRangeError
        ``not_finite``, ``out_of_range`` (latitudes beyond 90 are often swapped axes or metres)
        or ``too_wide`` (180° and more: which way round the globe?).
    InvalidShapeError
        A code of `gis.validity.REASONS`, with the spot in ``at``.
    GeometryError
        ``too_tangled``: see `gis.edges.refuse_tangled`.

    Examples
    --------
    >>> from shapely import Polygon, box
    >>> as_multipolygon(box(126.0, 43.8, 126.1, 43.9)).geom_type
    'MultiPolygon'
    >>> bow_tie = Polygon([(126.0, 43.8), (126.1, 43.9), (126.1, 43.8), (126.0, 43.9)])
    >>> try:
    ...     as_multipolygon(bow_tie)
    ... except InvalidShapeError as refused:
    ...     print(refused.code, [round(degrees, 6) for degrees in refused.at])
    self_intersection [126.05, 43.85]
    """
    flat = shapely.force_2d(_only_polygons(geometry))
    check_range(flat)
    refuse_tangled(flat)
    whole = _quantised(flat)
    if whole.is_empty:
        raise NotPolygonError(
            Message(
                "面积小于坐标精度（1e-9°），请重新绘制。",
                "Nothing of the shape is left on the 1e-9° grid; draw it again.",
            ),
            code="empty",
            at=first_position(flat),
        )
    return MultiPolygon([*shapely.get_parts(whole)])


def flat_polygon(geometry: BaseGeometry | None) -> Polygon | MultiPolygon:
    """A polygon on the globe, valid or not, without heights.

    Raises
    ------
    GeometryError
        ``missing`` (None), ``empty``, ``not_polygon``, and the codes of
        `gis.validity.check_range`.

    Examples
    --------
    >>> flat_polygon(shapely.box(126.0, 43.8, 126.1, 43.9)).geom_type
    'Polygon'
    """
    drawn = _drawn(geometry)
    if not isinstance(drawn, Polygon | MultiPolygon):
        raise _not_polygon(drawn)
    check_range(drawn)
    return shapely.force_2d(drawn)


def polygon_parts(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons in the result of an overlay: lines and points are dropped.

    Returns
    -------
    BaseGeometry
        Polygon or MultiPolygon, empty when there was none. Parts of the collection must not
        overlap; the result of an overlay never does.

    Examples
    --------
    >>> from shapely import box, intersection
    >>> touching = intersection(box(0, 0, 1, 1), box(1, 0, 2, 1))
    >>> touching.geom_type, polygon_parts(touching).is_empty
    ('LineString', True)
    """
    if shapely.get_type_id(geometry) in _POLYGONAL:
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    polygons = [part for part in parts if isinstance(part, Polygon)]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def from_geojson(mapping: Mapping[str, Any]) -> MultiPolygon:
    """A GeoJSON geometry as a checked MultiPolygon.

    Parameters
    ----------
    mapping
        ``Polygon`` or ``MultiPolygon`` of RFC 7946: ``(longitude, latitude)`` in degrees, a
        third ordinate is ignored, every ring closed.

    Raises
    ------
    GeometryError
        Every code of `as_multipolygon`, and ``not_geojson`` (nesting or types are wrong),
        ``ring_not_closed``, ``too_few_points`` (a ring needs four positions).

    Examples
    --------
    >>> square = [[[126, 43], [126.1, 43], [126.1, 43.1], [126, 43.1], [126, 43]]]
    >>> from_geojson({"type": "Polygon", "coordinates": square}).wkt
    'MULTIPOLYGON (((126 43.1, 126.1 43.1, 126.1 43, 126 43, 126 43.1)))'
    """
    return as_multipolygon(drawn_geojson(mapping))


def drawn_geojson(mapping: Mapping[str, Any]) -> MultiPolygon:
    """A GeoJSON geometry as it is drawn: rings must be closed, but may cross.

    Parts without a ring are left out.

    Raises
    ------
    GeometryError
        ``not_polygon``, ``not_geojson``, ``ring_not_closed``, ``too_few_points``,
        ``not_finite``, ``out_of_range``.

    Examples
    --------
    >>> square = [[[126, 43], [126.1, 43], [126.1, 43.1], [126, 43.1], [126, 43]]]
    >>> len(drawn_geojson({"type": "MultiPolygon", "coordinates": [[], square]}).geoms)
    1
    """
    kind = mapping.get("type") if isinstance(mapping, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise NotPolygonError(
            Message(
                f"图斑必须是 Polygon 或 MultiPolygon，收到的是 {str(kind)[:40]!r}。",
                f"A plot must be a Polygon or a MultiPolygon, not {str(kind)[:40]!r}.",
            ),
            code="not_polygon",
        )
    coordinates = mapping.get("coordinates")
    nested = [coordinates] if kind == "Polygon" else coordinates
    polygons = [_polygon(rings) for rings in _listed(nested, "coordinates")]
    return MultiPolygon([polygon for polygon in polygons if polygon is not None])


def _polygon(rings: object) -> Polygon | None:
    listed = _listed(rings, "polygon")
    if not listed:
        return None
    shell, *holes = [_ring(ring) for ring in listed]
    return Polygon(shell, holes)


def _ring(ring: object) -> list[Position]:
    positions = [_position(position) for position in _listed(ring, "ring")]
    if positions:
        check_positions(np.array(positions))
    at = positions[0] if positions else None
    if len(positions) < 4:
        raise InvalidShapeError(
            Message(
                f"环只有 {len(positions)} 个坐标，至少要 4 个（首尾相同）。",
                f"A ring has {len(positions)} positions and needs four, the last equal to the "
                "first.",
            ),
            code="too_few_points",
            at=at,
        )
    if positions[0] != positions[-1]:
        raise InvalidShapeError(
            Message(
                "环没有闭合，请让最后一个坐标等于第一个。",
                "A ring is not closed; repeat its first position at its end.",
            ),
            code="ring_not_closed",
            at=at,
        )
    return positions


def _position(position: object) -> Position:
    ordinates = _listed(position, "position")
    numbers = [
        _degrees(ordinate)
        for ordinate in ordinates
        if isinstance(ordinate, int | float) and not isinstance(ordinate, bool)
    ]
    if len(numbers) != len(ordinates) or not 2 <= len(numbers) <= 4:
        raise _not_geojson("position")
    return numbers[0], numbers[1]


def _degrees(ordinate: float) -> float:
    try:
        return float(ordinate)
    except OverflowError:  # a whole number of hundreds of digits
        return float("inf")


def _listed(value: object, what: str) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value
    raise _not_geojson(what)


def _not_geojson(what: str) -> GeometryError:
    return GeometryError(
        Message(
            f"GeoJSON 的 {what} 嵌套或类型不对，请对照 RFC 7946。",
            f"The {what} of this GeoJSON is nested or typed wrongly; see RFC 7946.",
        ),
        code="not_geojson",
    )


def _only_polygons(geometry: BaseGeometry | None) -> BaseGeometry:
    drawn = _drawn(geometry)
    if shapely.get_type_id(drawn) in _POLYGONAL:
        return drawn
    parts = shapely.get_parts(drawn)
    if not np.isin(shapely.get_type_id(parts), _POLYGONAL).all():
        raise _not_polygon(drawn)
    return MultiPolygon([*shapely.get_parts(parts)])


def _drawn(geometry: BaseGeometry | None) -> BaseGeometry:
    if not isinstance(geometry, BaseGeometry):
        raise NotPolygonError(
            Message(
                "没有几何。",
                "There is no geometry.",
            ),
            code="missing",
        )
    if geometry.is_empty:
        raise NotPolygonError(
            Message(
                "几何为空，请先绘制。",
                "The geometry is empty; draw it.",
            ),
            code="empty",
        )
    return geometry


def _not_polygon(geometry: BaseGeometry) -> NotPolygonError:
    return NotPolygonError(
        Message(
            f"需要面（Polygon 或 MultiPolygon），收到的是 {geometry.geom_type}。",
            f"A Polygon or MultiPolygon is needed, not a {geometry.geom_type}.",
        ),
        code="not_polygon",
        at=first_position(geometry),
    )


def _quantised(flat: BaseGeometry) -> BaseGeometry:
    if flat.is_valid:
        snapped: BaseGeometry = on_grid(np.array([flat], dtype=object))[0]
        return snapped
    # `valid_output` would silently repair a bow tie. A shape that is invalid only in its last
    # digits becomes valid by rounding; any other is refused with the place that GEOS reports.
    rounded = shapely.set_precision(flat, GRID_DEG, mode="pointwise")
    # A part that is no more than a line is left as a line by the rounding.
    if rounded.is_valid and (shapely.get_type_id(shapely.get_parts(rounded)) == _POLYGON).all():
        return shapely.set_precision(rounded, 0.0, mode="pointwise")
    check_valid(flat)
    return flat
