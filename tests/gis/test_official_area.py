"""The offices' formulas, held to figures measured outside of this project."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from shapely import Polygon, box

from gis.crs import XIAN80, Zone, from_cgcs2000, to_cgcs2000
from gis.errors import GeometryError
from gis.measure import area_m2
from gis.official_area import COEFFICIENTS, explain, official_m2, plane_m2
from tests.gis import zoo
from tests.gis.shapes import stars


def square_in_zone(lon: float, lat: float, side_m: float, zone: Zone) -> Polygon:
    """A plot that is square on the plane of a zone."""
    middle = from_cgcs2000(shapely.points([[lon, lat]]), zone.epsg)
    x, y = shapely.get_coordinates(middle)[0]
    half = side_m / 2
    plane = np.array([box(x - half, y - half, x + half, y + half)], dtype=object)
    plot: Polygon = to_cgcs2000(plane, zone.epsg)[0]
    return plot


def ppm(area: float, reference: float) -> float:
    return (area / reference - 1.0) * 1e6


def test_the_coefficients_are_those_of_cgcs2000() -> None:
    assert (
        pytest.approx(
            (
                1.0033640898341927,
                0.0011241893819271072,
                1.6994594735188535e-6,
                2.717857845577432e-9,
                4.358419004834252e-12,
            ),
            rel=1e-12,
        )
        == COEFFICIENTS
    )


@pytest.mark.parametrize(
    ("lon", "lat", "zone", "expected"),
    [
        pytest.param(125.32, 43.88, 42, 73, id="Changchun"),
        pytest.param(124.55, 43.88, 42, 334, id="Changchun, edge of the zone"),
        pytest.param(106.55, 29.56, 35, 557, id="Chongqing, past the edge of its zone"),
        pytest.param(114.93, 24.44, 38, 220, id="Heping"),
        pytest.param(125.32, 43.88, 43, 2152, id="Changchun in the wrong zone"),
    ],
)
def test_the_plane_is_larger_than_the_ground_by_so_many_ppm(
    lon: float, lat: float, zone: int, expected: float
) -> None:
    plot = square_in_zone(lon, lat, 365.0, Zone(zone))
    assert ppm(plane_m2(plot, Zone(zone)), official_m2(plot)) == pytest.approx(expected, abs=1.0)


def test_a_plot_has_the_same_area_by_the_official_formula_and_by_geodesics() -> None:
    plot = square_in_zone(125.32, 43.88, 365.0, Zone(42))
    assert ppm(area_m2(plot), official_m2(plot)) == pytest.approx(0.0, abs=0.05)


def test_fifty_kilometres_differ_by_what_an_edge_is_held_to_be() -> None:
    large = square_in_zone(125.32, 43.88, 50_000.0, Zone(42))
    exact = official_m2(large)
    assert ppm(official_m2(large, longest_m=None), exact) == pytest.approx(9.4, abs=0.2)
    assert ppm(area_m2(large), exact) == pytest.approx(5.1, abs=0.2)


@given(stars())
@settings(deadline=None, max_examples=40)
def test_plots_agree_within_a_tenth_of_a_ppm_and_their_direction_does_not_matter(
    plot: Polygon,
) -> None:
    fine = shapely.segmentize(plot, 0.0005)  # so that edges mean the same to both
    assert official_m2(fine, longest_m=None) == pytest.approx(area_m2(fine), rel=1e-7, abs=1e-2)
    assert official_m2(fine.reverse()) == pytest.approx(official_m2(fine), rel=1e-9)


def test_a_hole_and_a_second_part_are_counted() -> None:
    assert official_m2(zoo.with_hole) == pytest.approx(area_m2(zoo.with_hole), rel=1e-6)
    assert official_m2(zoo.two_parts) == pytest.approx(area_m2(zoo.two_parts), rel=1e-6)


def test_the_prefix_of_a_zone_does_not_change_its_plane() -> None:
    bare = plane_m2(zoo.square, Zone(42, prefixed=False))
    assert plane_m2(zoo.square, Zone(42)) == pytest.approx(bare, rel=1e-9)


def test_an_explanation_names_both_areas_and_the_zone() -> None:
    explanation = explain(zoo.square)
    assert explanation.zone == Zone(42)
    assert f"{explanation.plane_m2:.2f}" in str(explanation.message)
    assert f"{explanation.geodesic_m2:.2f}" in str(explanation.message)


def test_nothing_drawn_has_no_official_area() -> None:
    assert official_m2(zoo.empty_polygon) == 0.0


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        pytest.param(zoo.bow_tie, "self_intersection", id="bow tie"),
        pytest.param(zoo.swapped_axes, "out_of_range", id="swapped axes"),
        pytest.param(zoo.point, "not_polygon", id="point"),
    ],
)
def test_what_has_no_area_has_no_official_one(geometry: Polygon, code: str) -> None:
    for way in (official_m2, lambda shape: plane_m2(shape, Zone(42))):
        with pytest.raises(GeometryError) as refused:
            way(geometry)
        assert refused.value.code == code


def test_a_plot_far_from_china_has_no_zone() -> None:
    with pytest.raises(GeometryError) as refused:
        official_m2(box(10.0, 50.0, 10.01, 50.01))
    assert refused.value.code == "unknown_zone"


def test_an_old_datum_is_no_plane_for_new_coordinates() -> None:
    with pytest.raises(GeometryError) as refused:
        plane_m2(zoo.square, Zone(42, datum=XIAN80))
    assert refused.value.code == "other_datum"


@pytest.mark.parametrize("longest_m", [0.0, -1.0, float("nan")])
def test_edges_of_no_length_are_refused(longest_m: float) -> None:
    with pytest.raises(GeometryError) as refused:
        official_m2(zoo.square, longest_m=longest_m)
    assert refused.value.code == "bad_length"


@pytest.mark.parametrize("zone", [None, Zone(42)])
def test_nothing_drawn_cannot_be_explained(zone: Zone | None) -> None:
    with pytest.raises(GeometryError) as refused:
        explain(zoo.empty_polygon, zone=zone)
    assert refused.value.code == "empty"
