"""A repair as a proposal: one method everywhere, before and after side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.crs import ELLIPSOID
from gis.edges import MAX_CROSSINGS, crosses_often, refuse_tangled
from gis.errors import GeometryError
from gis.grid import on_grid
from gis.measure import area_m2
from gis.messages import Message
from gis.polygons import flat_polygon, polygon_parts

__all__ = ["METHOD", "Repair", "propose"]

METHOD: Final = "structure"
"""Of the two methods of ``make_valid``: rings are built anew by what they enclose.

``structure`` and ``linework`` differ on 13 of 48 hard cases (project guard rail 23), and
``structure`` is the one that PostGIS gives too on 47 of them.
"""


@dataclass(frozen=True)
class Repair:
    """What a repair would change; it is only a proposal."""

    before: BaseGeometry
    after: MultiPolygon
    """Valid and on the grid; empty when nothing of the shape has ground."""
    before_m2: float
    """Rings as they are drawn, m²: shells less holes, what a desktop GIS shows for it."""
    after_m2: float
    method: str = METHOD

    @property
    def changed(self) -> bool:
        """Whether a vertex or a ring changes; the start of a ring does not matter."""
        before = _multi(self.before)
        return not shapely.equals_exact(before, self.after, tolerance=0.0, normalize=True)

    @property
    def change_m2(self) -> float:
        """Area after less area before, m²."""
        return self.after_m2 - self.before_m2

    def as_json(self) -> dict[str, Any]:
        """Plain data; the geometries as GeoJSON."""
        return {
            "method": self.method,
            "changed": self.changed,
            "before_m2": self.before_m2,
            "after_m2": self.after_m2,
            "change_m2": self.change_m2,
            "before": shapely.geometry.mapping(self.before),
            "after": shapely.geometry.mapping(self.after),
        }


def propose(geometry: BaseGeometry | None) -> Repair:
    """The one repair that this project offers for a shape.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon, valid or not, ``(longitude, latitude)`` in degrees; heights are
        dropped.

    Returns
    -------
    Repair
        For a valid shape only the grid may have moved a vertex.

    Raises
    ------
    GeometryError
        ``missing``, ``empty``, ``not_polygon``, ``not_finite``, ``out_of_range``, ``too_wide``:
        there is nothing that could be repaired without guessing. ``too_tangled`` and
        ``too_many_crossings``: the work has no bound.

    Notes
    -----
    Rings that cross have no area, so that ``before_m2`` is only what their vertices span one
    way round less the other: a bow tie's halves cancel. The change is reported all the same. A hole
    outside its shell becomes ground, here as in PostGIS: look at the change before accepting.

    Examples
    --------
    >>> bow_tie = Polygon([(126.0, 43.8), (126.01, 43.81), (126.01, 43.8), (126.0, 43.81)])
    >>> repair = propose(bow_tie)
    >>> repair.method, len(repair.after.geoms), round(repair.after_m2)
    ('structure', 2, 447036)
    """
    flat = flat_polygon(geometry)
    refuse_tangled(flat)
    whole = flat if flat.is_valid else _structured(flat)
    after = _multi(on_grid(np.array([whole], dtype=object))[0])
    return Repair(flat, after, _as_drawn_m2(flat), area_m2(after))


def _structured(flat: BaseGeometry) -> BaseGeometry:
    if crosses_often(flat):
        raise GeometryError(
            Message(
                f"边界自相交超过 {MAX_CROSSINGS} 处，无法自动修复，请重新绘制。",
                f"The outline crosses itself at more than {MAX_CROSSINGS} places, too many to "
                "be repaired; draw it again.",
            ),
            code="too_many_crossings",
        )
    return polygon_parts(shapely.make_valid(flat, method=METHOD, keep_collapsed=False))


def _multi(shape: BaseGeometry) -> MultiPolygon:
    if isinstance(shape, MultiPolygon):
        return shape
    return MultiPolygon([shape] if isinstance(shape, Polygon) else [])


def _as_drawn_m2(flat: BaseGeometry) -> float:
    total = 0.0
    for part in shapely.get_parts(flat):
        # An empty part has no ring at all.
        for n, ring in enumerate(shapely.get_rings(part)):
            total += abs(_ring_m2(ring)) * (-1 if n else 1)
    return max(total, 0.0)


def _ring_m2(ring: BaseGeometry) -> float:
    lon, lat = shapely.get_coordinates(ring).T
    area, _perimeter = ELLIPSOID.polygon_area_perimeter(lon, lat)
    return float(area)
