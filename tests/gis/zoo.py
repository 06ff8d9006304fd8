"""Geometries with names, so that a test can say which beast it means."""

from __future__ import annotations

import numpy as np
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box, from_wkt
from shapely.geometry.base import BaseGeometry


def ring(*positions: tuple[float, float]) -> Polygon:
    return Polygon(positions)


square = box(126.0, 43.8, 126.01, 43.81)
clockwise = Polygon([(126.0, 43.8), (126.0, 43.81), (126.01, 43.81), (126.01, 43.8)])
with_hole = Polygon(square.exterior, [box(126.002, 43.802, 126.004, 43.806).exterior])
hole_wound_like_shell = Polygon(
    [(126.0, 43.8), (126.01, 43.8), (126.01, 43.81), (126.0, 43.81)],
    [[(126.002, 43.802), (126.004, 43.802), (126.004, 43.806), (126.002, 43.806)]],
)
two_parts = MultiPolygon([square, box(126.02, 43.8, 126.03, 43.81)])
island_in_lake = MultiPolygon([with_hole, box(126.0025, 43.803, 126.0035, 43.805)])
with_height = Polygon([(126.0, 43.8, 210.0), (126.01, 43.8, 220.0), (126.01, 43.81, 230.0)])
dike = box(126.0, 43.8, 126.08, 43.80005)  # 6.4 km long, 5.6 m wide
speck = box(126.0, 43.8, 126.0 + 4e-5, 43.8 + 3e-5)  # 10 m²
county = box(125.5, 43.5, 126.5, 44.5)
province = box(121.6, 40.8, 131.3, 46.3)

empty_polygon = Polygon()
empty_multipolygon = MultiPolygon()

bow_tie = ring((126.0, 43.8), (126.01, 43.81), (126.01, 43.8), (126.0, 43.81))
hole_outside = Polygon(square.exterior, [box(126.02, 43.8, 126.03, 43.81).exterior])
nested_shells = MultiPolygon([square, box(126.002, 43.802, 126.004, 43.806)])
nested_holes = Polygon(
    square.exterior,
    [
        box(126.001, 43.801, 126.009, 43.809).exterior,
        box(126.002, 43.802, 126.004, 43.806).exterior,
    ],
)
cut_by_its_hole = Polygon(
    square.exterior, [[(126.0, 43.805), (126.005, 43.8), (126.01, 43.805), (126.005, 43.81)]]
)
overlapping_parts = MultiPolygon([square, box(126.005, 43.8, 126.015, 43.81)])
spike_back_on_itself = ring((126.0, 43.8), (126.01, 43.8), (126.02, 43.8), (126.01, 43.8))

swapped_axes = ring((43.8, 126.0), (43.81, 126.0), (43.81, 126.01))
in_metres = box(42443742.0, 4860000.0, 42444742.0, 4861000.0)
half_the_globe = box(-90.0, 10.0, 90.0, 20.0)
with np.errstate(invalid="ignore"):  # GEOS compares ordinates while it reads them
    not_a_number = from_wkt("POLYGON ((126 43.8, nan 43.8, 126.01 43.81, 126 43.8))")
    infinite = from_wkt("POLYGON ((126 43.8, inf 43.8, 126.01 43.81, 126 43.8))")

point = Point(126.0, 43.8)
line = LineString([(126.0, 43.8), (126.01, 43.8)])
mixed = GeometryCollection([square, line])
collected = GeometryCollection([square, two_parts.geoms[1]])

INVALID: dict[str, BaseGeometry] = {
    "self_intersection": bow_tie,
    "hole_outside": hole_outside,
    "nested_shells": nested_shells,
    "nested_holes": nested_holes,
    "interior_disconnected": cut_by_its_hole,
}
OFF_THE_GLOBE: dict[str, BaseGeometry] = {
    "swapped_axes": swapped_axes,
    "in_metres": in_metres,
}
VALID: dict[str, BaseGeometry] = {
    "square": square,
    "clockwise": clockwise,
    "with_hole": with_hole,
    "hole_wound_like_shell": hole_wound_like_shell,
    "two_parts": two_parts,
    "island_in_lake": island_in_lake,
    "dike": dike,
    "speck": speck,
    "county": county,
}


def star_polygon(points: int) -> Polygon:
    """A star of an odd number of points, drawn in one line: each edge crosses nearly all others."""
    angles = np.arange(points) * (np.pi * (points - 1) / points)
    spokes = np.column_stack([np.cos(angles), np.sin(angles)])
    return Polygon(np.array([126.005, 43.8]) + 0.005 * spokes)
