"""The series for areas: as exact as plots need, the same in numpy and compiled."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Polygon, box
from shapely.affinity import rotate, scale, translate

from gis import authalic
from gis.kernels import AVAILABLE, kernel
from gis.measure import area_m2, areas_m2
from gis.rings import rings_of
from tests.gis import zoo
from tests.gis.shapes import stars
from tests.gis.test_measure import truth_m2

needs_numba = pytest.mark.skipif(not AVAILABLE, reason="the extra `fast` is not installed")


def by_series(*polygons: Polygon, longest_deg: float = authalic.LONGEST_DEG) -> NDArray[np.float64]:
    rings = rings_of(np.array(polygons, dtype=object))
    return authalic.ring_areas_m2(rings.positions, rings.starts, longest_deg)


@given(stars(min_deg=1e-4, max_deg=0.01), st.floats(1, 50), st.floats(0, 180))
@settings(deadline=None, max_examples=150)
def test_elongated_plots_are_measured_as_geographiclib_does(
    star: Polygon, stretch: float, turn: float
) -> None:
    plot = rotate(scale(star, stretch**0.5, stretch**-0.5), turn)
    # GeographicLib itself is sure of 1e-4 m² or so.
    assert by_series(plot)[0] == pytest.approx(truth_m2(plot), rel=1e-7, abs=1e-3)


@given(stars(min_deg=1e-5, max_deg=authalic.SHORT_DEG / 2), st.floats(-60, 60))
@settings(deadline=None, max_examples=200)
def test_rings_of_short_edges_have_the_area_of_geodesics_but_for_its_rounding(
    star: Polygon, lat: float
) -> None:
    plot = translate(star, yoff=lat - star.centroid.y)
    assert by_series(plot, longest_deg=authalic.SHORT_DEG)[0] == pytest.approx(
        area_m2(plot), rel=1e-9, abs=1e-4
    )


def test_an_edge_longer_than_asked_for_is_left_to_karney() -> None:
    plots = np.array([box(126, 43, 126.03, 43.01), box(126, 43, 126.01, 43.01)])
    assert np.isnan(by_series(*plots, longest_deg=0.02)).tolist() == [True, False]
    assert areas_m2(plots, longest_deg=0.02)[0] == area_m2(plots[0])


@pytest.mark.parametrize("lat", [16.0, 30.0, 53.6])
def test_counties_are_measured_within_1e_8(lat: float) -> None:
    county = shapely.segmentize(box(110.0, lat - 0.5, 111.0, lat), 0.01)
    assert by_series(county)[0] == pytest.approx(truth_m2(county), rel=1e-8)


def test_the_whole_ellipsoid_is_510_million_km2() -> None:
    # Moritz, "Geodetic Reference System 1980": authalic radius 6 371 007.181 m.
    whole = 4 * np.pi * authalic.B2 * authalic.height(np.array([1.0]))[0]
    assert whole == pytest.approx(4 * np.pi * 6_371_007.1809**2, rel=1e-10)


def test_long_edges_are_left_to_karney() -> None:
    assert np.isnan(by_series(zoo.county)[0])
    assert areas_m2(np.array([zoo.county]))[0] == pytest.approx(area_m2(zoo.county), rel=1e-12)


def test_the_pole_is_left_to_karney() -> None:
    cap = Polygon([(10.0, 89.9), (10.1, 89.9), (10.1, 89.95), (10.0, 89.95)])
    assert np.isnan(by_series(cap)[0])
    assert areas_m2(np.array([cap]))[0] == pytest.approx(area_m2(cap), rel=1e-12)


def test_one_long_ring_does_not_spoil_its_neighbours() -> None:
    first, second, third = by_series(zoo.square, zoo.county, zoo.speck)
    assert np.isnan(second)
    assert first == pytest.approx(area_m2(zoo.square), rel=1e-8)
    assert third == pytest.approx(area_m2(zoo.speck), abs=1e-3)


def test_no_rings_have_no_areas() -> None:
    assert len(by_series()) == 0
    assert areas_m2(np.array([None, zoo.empty_polygon], dtype=object))[1] == 0.0


@needs_numba
@given(st.lists(stars(max_deg=0.3), min_size=1, max_size=5))
@settings(deadline=None, max_examples=60)
def test_the_compiled_path_equals_the_plain_one(plots: list[Polygon]) -> None:
    rings = rings_of(np.array([*plots, zoo.with_hole], dtype=object))
    plain = authalic.ring_areas_m2(rings.positions, rings.starts)
    compiled = kernel("authalic").ring_areas_m2(rings.positions, rings.starts)
    np.testing.assert_allclose(compiled, plain, rtol=1e-11, atol=1e-6)


def test_many_plots_are_measured_as_few() -> None:
    plots = np.array([zoo.square, None, zoo.with_hole, zoo.two_parts, zoo.speck], dtype=object)
    few = areas_m2(plots)
    np.testing.assert_allclose(areas_m2(np.tile(plots, 4000))[-5:], few, rtol=1e-12)


def test_rings_of_several_kinds_keep_their_owners() -> None:
    shapes = np.array([None, zoo.island_in_lake, zoo.empty_polygon, zoo.square], dtype=object)
    rings = rings_of(shapes)
    assert sorted(rings.owner.tolist()) == [1, 1, 1, 3]
    assert rings.hole[rings.owner == 1].tolist() == [False, True, False]
    assert rings.starts[-1] == len(rings.positions) == 20
