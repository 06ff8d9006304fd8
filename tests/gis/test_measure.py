"""Sizes on the ellipsoid: known figures, refusals, oracles."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.affinity import scale, translate
from shapely.geometry.base import BaseGeometry

from gis import measure
from gis.crs import INVERSE_FLATTENING, SEMI_MAJOR_M
from gis.errors import GeometryError
from gis.measure import area_m2, areas_m2, length_m, lengths_m
from tests.gis import zoo
from tests.gis.shapes import stars

GEOGRAPHICLIB = Geodesic(SEMI_MAJOR_M, 1 / INVERSE_FLATTENING)


def ring_by_geographiclib(ring: BaseGeometry) -> tuple[float, float]:
    """Perimeter in metres and area in m², by Karney's own library in Python."""
    polygon = GEOGRAPHICLIB.Polygon()
    for lon, lat in shapely.get_coordinates(ring)[:-1]:
        polygon.AddPoint(lat, lon)
    _count, perimeter, area = polygon.Compute(reverse=False, sign=True)
    return perimeter, abs(area)


def truth_m2(polygon: Polygon) -> float:
    holes = sum(ring_by_geographiclib(hole)[1] for hole in polygon.interiors)
    return ring_by_geographiclib(polygon.exterior)[1] - holes


def test_a_known_square_has_its_known_area() -> None:
    assert area_m2(zoo.square) == pytest.approx(894_072, abs=0.5)


def test_fifteen_mu_are_a_hectare_exactly() -> None:
    assert measure.to_mu(10_000.0) == 15.0
    assert measure.to_mu(measure.M2_PER_MU) == 1.0


def test_all_units_of_an_array() -> None:
    sizes = np.array([10_000.0, np.nan])
    assert measure.to_ha(sizes)[0] == 1.0
    assert np.isnan(measure.to_mu(sizes)[1])


def test_the_ellipsoid_is_not_that_of_another_country() -> None:
    # Krassowsky's, which Beijing 1954 used, is 108 m larger: 3.4e-5 of every area.
    assert truth_m2(zoo.county) == pytest.approx(area_m2(zoo.county), rel=1e-9)


@pytest.mark.parametrize("name", zoo.VALID)
def test_the_array_says_what_the_single_one_says(name: str) -> None:
    shape = zoo.VALID[name]
    assert areas_m2(np.array([shape]))[0] == pytest.approx(area_m2(shape), rel=1e-7, abs=1e-4)


def test_a_hole_is_left_out_whichever_way_it_runs() -> None:
    assert area_m2(zoo.hole_wound_like_shell) == pytest.approx(area_m2(zoo.with_hole), rel=1e-12)


def test_parts_add_up() -> None:
    parts = sum(area_m2(part) for part in zoo.two_parts.geoms)
    assert area_m2(zoo.two_parts) == pytest.approx(parts, rel=1e-12)


def test_heights_are_ignored() -> None:
    flat = shapely.force_2d(zoo.with_height)
    assert area_m2(zoo.with_height) == area_m2(flat)
    assert np.array_equal(areas_m2(np.array([zoo.with_height])), areas_m2(np.array([flat])))


def test_nothing_drawn_has_no_area() -> None:
    assert area_m2(zoo.empty_polygon) == 0.0
    assert areas_m2(np.array([zoo.empty_polygon, zoo.empty_multipolygon])).tolist() == [0.0, 0.0]


def test_none_in_an_array_is_not_a_number() -> None:
    assert np.isnan(areas_m2(np.array([None, zoo.square], dtype=object))).tolist() == [True, False]


def test_no_geometries_have_no_areas() -> None:
    assert len(areas_m2(np.array([], dtype=object))) == 0
    assert len(lengths_m(np.array([], dtype=object))) == 0


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        pytest.param(None, "missing", id="none"),
        pytest.param(zoo.point, "not_polygon", id="point"),
        pytest.param(zoo.mixed, "not_polygon", id="collection"),
        pytest.param(zoo.not_a_number, "not_finite", id="nan"),
        pytest.param(zoo.infinite, "not_finite", id="infinite"),
        pytest.param(zoo.swapped_axes, "out_of_range", id="swapped axes"),
        pytest.param(zoo.in_metres, "out_of_range", id="metres"),
        pytest.param(zoo.half_the_globe, "too_wide", id="180 degrees"),
        *(pytest.param(shape, code, id=code) for code, shape in zoo.INVALID.items()),
    ],
)
def test_no_figure_is_given_for_what_has_no_area(geometry: BaseGeometry | None, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        area_m2(geometry)
    assert refused.value.code == code
    if geometry is not None:
        with pytest.raises(GeometryError) as refused:
            areas_m2(np.array([zoo.square, geometry]))
        assert refused.value.code == code


@given(stars(max_deg=0.03))
@settings(deadline=None, max_examples=80)
def test_areas_are_those_of_geographiclib(plot: Polygon) -> None:
    truth = truth_m2(plot)
    assert area_m2(plot) == pytest.approx(truth, rel=1e-8, abs=1e-4)
    assert areas_m2(np.array([plot]))[0] == pytest.approx(truth, rel=1e-7, abs=1e-4)


@given(stars())
@settings(deadline=None, max_examples=60)
def test_area_ignores_ring_direction(plot: Polygon) -> None:
    both = areas_m2(np.array([plot, plot.reverse()]))
    assert both[0] == pytest.approx(both[1], rel=1e-9)
    assert area_m2(plot.reverse()) == pytest.approx(area_m2(plot), rel=1e-9)


@given(stars(), st.floats(-5, 5))
@settings(deadline=None, max_examples=60)
def test_area_is_the_same_at_every_longitude(plot: Polygon, shift: float) -> None:
    both = areas_m2(np.array([plot, translate(plot, xoff=shift)]))
    assert both[0] == pytest.approx(both[1], rel=1e-7, abs=1e-3)


@given(stars())
@settings(deadline=None, max_examples=60)
def test_area_is_the_same_south_of_the_equator(plot: Polygon) -> None:
    south = scale(plot, 1, -1, origin=(0, 0))
    both = areas_m2(np.array([plot, south]))
    assert both[0] == pytest.approx(both[1], rel=1e-9)


@given(stars(), st.floats(0.1, 0.9))
@settings(deadline=None, max_examples=60)
def test_a_hole_takes_away_exactly_its_own_area(plot: Polygon, shrink: float) -> None:
    hole = scale(plot, shrink, shrink, origin=plot.representative_point())
    ringed = Polygon(plot.exterior, [hole.exterior])
    if not ringed.is_valid:  # a bent star may not hold a smaller one of itself
        return
    whole, taken, left = areas_m2(np.array([plot, hole, ringed]))
    assert left == pytest.approx(whole - taken, rel=1e-9, abs=1e-6)


def test_a_degree_of_the_equator_is_111_km() -> None:
    assert length_m(LineString([(100, 0), (101, 0)])) == pytest.approx(111_319.4908, abs=1e-4)


@given(stars(max_deg=1.0))
@settings(deadline=None, max_examples=60)
def test_outlines_are_those_of_geographiclib(plot: Polygon) -> None:
    truth = ring_by_geographiclib(plot.exterior)[0]
    assert length_m(plot) == pytest.approx(truth, rel=1e-9)


def test_the_outline_of_a_polygon_counts_its_holes() -> None:
    rings = [LineString(zoo.with_hole.exterior), LineString(zoo.with_hole.interiors[0])]
    assert length_m(zoo.with_hole) == pytest.approx(sum(map(length_m, rings)))


def test_the_gap_between_two_lines_has_no_length() -> None:
    apart = shapely.union(
        LineString([(126, 43), (126.1, 43)]), LineString([(127, 43), (127.1, 43)])
    )
    parts = [length_m(part) for part in shapely.get_parts(apart)]
    assert length_m(apart) == pytest.approx(sum(parts), rel=1e-12)


def test_points_and_empty_lines_have_no_length() -> None:
    assert length_m(zoo.point) == 0.0
    assert length_m(LineString()) == 0.0


def test_the_length_of_none_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        length_m(None)
    assert refused.value.code == "missing"


@pytest.mark.parametrize(
    ("line", "code"), [(zoo.swapped_axes, "out_of_range"), (zoo.infinite, "not_finite")]
)
def test_a_line_off_the_globe_is_refused(line: BaseGeometry, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        length_m(line)
    assert refused.value.code == code
