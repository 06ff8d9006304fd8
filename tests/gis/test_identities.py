"""What holds of areas when shapes are cut and united, and how exactly (design rule 6.4)."""

from __future__ import annotations

from math import hypot

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from gis.measure import area_m2, areas_m2, length_m
from gis.polygons import as_multipolygon, polygon_parts
from gis.topology import outline_bounds_m2
from tests.gis.shapes import stars
from tests.gis.test_measure import truth_m2

FLOOR_M2 = 0.001


def bound_m2(*shapes: BaseGeometry) -> float:
    return float(outline_bounds_m2(np.array(shapes, dtype=object)).sum()) + FLOOR_M2


def through(plot: Polygon, turn: float) -> LineString:
    """A line through the middle of a plot, longer than the plot."""
    middle, (west, south, east, north) = plot.representative_point(), plot.bounds
    reach = hypot(east - west, north - south)
    x, y = reach * np.cos(turn), reach * np.sin(turn)
    return LineString([(middle.x - x, middle.y - y), (middle.x + x, middle.y + y)])


def sizes(*shapes: BaseGeometry) -> NDArray[np.float64]:
    return areas_m2(np.array(shapes, dtype=object))


@given(stars(max_deg=0.05), st.integers(2, 9))
@settings(deadline=None, max_examples=80)
def test_vertices_put_on_edges_move_the_area_by_less_than_the_bound(
    plot: Polygon, pieces: int
) -> None:
    longest = max(plot.bounds[2] - plot.bounds[0], plot.bounds[3] - plot.bounds[1])
    finer = shapely.segmentize(plot, longest / pieces)
    assert abs(truth_m2(finer) - truth_m2(plot)) <= bound_m2(plot)


def test_the_bound_is_not_far_from_what_happens() -> None:
    # One edge due east, where a geodesic leaves the parallel most; halved, it moves by half of
    # L³ tan φ / (12 R) less a quarter of that: three eighths of the bound or more.
    wide = Polygon([(126.0, 43.8), (126.05, 43.8), (126.025, 43.9)])
    finer = Polygon([(126.0, 43.8), (126.025, 43.8), (126.05, 43.8), (126.025, 43.9)])
    moved = abs(truth_m2(finer) - truth_m2(wide))
    edge = LineString([(126.0, 43.8), (126.05, 43.8)])
    assert 0.3 * bound_m2(edge) < moved <= bound_m2(edge)


@given(stars(max_deg=0.05), st.floats(0.0, np.pi))
@settings(deadline=None, max_examples=80)
def test_the_parts_of_a_split_add_up_to_the_whole(plot: Polygon, turn: float) -> None:
    parts = list(split(plot, through(plot, turn)).geoms)
    assert sum(part.area for part in parts) == pytest.approx(plot.area, rel=1e-12)
    line = through(plot, turn).intersection(plot)
    # The cut itself is an edge of both sides and may cross the plot in several pieces.
    assert abs(sizes(*parts).sum() - area_m2(plot)) <= bound_m2(plot, line)


@given(stars(st.just(126.0), st.just(43.8)), stars(st.floats(126.0, 126.02), st.just(43.8)))
@settings(deadline=None, max_examples=80)
def test_two_plots_are_their_union_and_what_they_share(one: Polygon, other: Polygon) -> None:
    union, common = shapely.union(one, other), polygon_parts(shapely.intersection(one, other))
    assert union.area + common.area == pytest.approx(one.area + other.area, rel=1e-12)
    both = sizes(one, other).sum()
    assert abs(sizes(union, common).sum() - both) <= bound_m2(one, other)


@given(stars(max_deg=0.05))
@settings(deadline=None, max_examples=60)
def test_a_plot_twice_as_large_in_the_plane_has_four_times_the_ground_nearly(plot: Polygon) -> None:
    centre = plot.centroid
    twice = shapely.affinity.scale(plot, 2.0, 2.0, origin=centre)
    assert area_m2(twice) == pytest.approx(4.0 * area_m2(plot), rel=5e-3)
    assert length_m(twice) == pytest.approx(2.0 * length_m(plot), rel=5e-3)


@given(stars())
@settings(deadline=None, max_examples=60)
def test_the_grid_changes_an_area_by_less_than_its_outline_times_half_a_step(plot: Polygon) -> None:
    change = abs(area_m2(as_multipolygon(plot)) - area_m2(plot))
    assert change <= length_m(plot) * 1.2e-4 + FLOOR_M2
