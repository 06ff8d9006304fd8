"""Verdicts: every fault is told by its code, at its spot, in both languages."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gis.crs import CGCS2000
from gis.measure import area_m2, areas_m2
from gis.messages import Message
from gis.topology import cut_bound_m2
from gis.validity import REASONS
from gis.verdicts import (
    LIMITS,
    PROBLEMS,
    ControlLine,
    Limits,
    Problem,
    Surroundings,
    check,
    check_geojson,
    check_many,
    counted_twice_m2,
    overlaps_among,
    problem_codes,
)
from gis.verdicts.ground import declared, misplaced
from gis.verdicts.rings import mean_widths_m
from tests.gis import zoo
from tests.gis.counties import real
from tests.gis.shapes import neighbours, stars

TOUCHING_ITSELF = Polygon(
    [
        (126.0, 43.8),
        (126.002, 43.8),
        (126.001, 43.801),
        (126.002, 43.802),
        (126.0, 43.802),
        (126.001, 43.801),
    ]
)
SPIKED = Polygon(
    [
        (126.0, 43.8),
        (126.01, 43.8),
        (126.01, 43.805),
        (126.011, 43.8050005),
        (126.01, 43.805001),
        (126.01, 43.81),
        (126.0, 43.81),
    ]
)
SLIT = Polygon(
    [
        (126.0, 43.8),
        (126.01, 43.8),
        (126.01, 43.805),
        (126.005, 43.8050005),
        (126.01, 43.805001),
        (126.01, 43.81),
        (126.0, 43.81),
    ]
)
REPEATING = Polygon(
    [(126.0, 43.8), (126.01, 43.8), (126.01, 43.8), (126.01, 43.81), (126.0, 43.81)]
)
THREAD = box(126.0, 43.8, 126.02, 43.800005)
SHARED_EDGE = MultiPolygon([zoo.square, translate(zoo.square, 0.01)])
TWO_BOWS = Polygon(
    [
        (126.0, 43.8),
        (126.01, 43.81),
        (126.02, 43.8),
        (126.03, 43.81),
        (126.03, 43.8),
        (126.02, 43.81),
        (126.01, 43.8),
        (126.0, 43.81),
    ]
)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("name", [name for name in zoo.VALID if name not in ("speck", "county")])
def test_nothing_is_wrong_with_a_sound_plot(name: str) -> None:
    assert check(zoo.VALID[name]) == []


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        pytest.param(None, "missing", id="none"),
        pytest.param(zoo.empty_polygon, "empty", id="empty"),
        pytest.param(zoo.empty_multipolygon, "empty", id="empty multipolygon"),
        pytest.param(zoo.point, "not_polygon", id="one point"),
        pytest.param(zoo.mixed, "not_polygon", id="mixed"),
        pytest.param(zoo.line, "ring_not_closed", id="open line"),
        pytest.param(zoo.not_a_number, "not_finite", id="nan"),
        pytest.param(zoo.infinite, "not_finite", id="infinite"),
        pytest.param(zoo.swapped_axes, "out_of_range", id="inverted latitude"),
        pytest.param(zoo.in_metres, "out_of_range", id="metres"),
        pytest.param(zoo.half_the_globe, "too_wide", id="180 degrees wide"),
        pytest.param(zoo.bow_tie, "self_intersection", id="bow tie"),
        pytest.param(TOUCHING_ITSELF, "ring_self_intersection", id="ring touches itself"),
        pytest.param(zoo.hole_outside, "hole_outside", id="hole outside"),
        pytest.param(zoo.nested_holes, "nested_holes", id="nested holes"),
        pytest.param(zoo.nested_shells, "overlapping_parts", id="part in part"),
        pytest.param(zoo.overlapping_parts, "overlapping_parts", id="parts overlap"),
        pytest.param(SHARED_EDGE, "parts_share_edge", id="parts share an edge"),
        pytest.param(zoo.cut_by_its_hole, "interior_disconnected", id="cut by its hole"),
        pytest.param(SPIKED, "spike", id="spike"),
        pytest.param(SLIT, "spike", id="slit"),
        pytest.param(THREAD, "sliver", id="sliver"),
        pytest.param(REPEATING, "duplicate_vertex", id="duplicate vertex"),
        pytest.param(zoo.speck, "too_small", id="too small"),
        pytest.param(zoo.county, "too_large", id="too large"),
    ],
)
def test_a_fault_is_told_by_its_code(shape: BaseGeometry | None, code: str) -> None:
    assert codes(check(shape)) == [code]


@pytest.mark.parametrize(
    ("shape", "spot"),
    [
        pytest.param(zoo.bow_tie, (126.005, 43.805), id="bow tie"),
        pytest.param(SPIKED, (126.011, 43.8050005), id="spike"),
        pytest.param(SLIT, (126.005, 43.8050005), id="slit"),
        pytest.param(REPEATING, (126.01, 43.8), id="duplicate vertex"),
    ],
)
def test_a_fault_is_told_at_its_spot(shape: Polygon, spot: tuple[float, float]) -> None:
    assert check(shape)[0].at == pytest.approx(spot, abs=1e-9)


def test_every_spot_of_a_self_intersection_is_told_and_not_only_the_first() -> None:
    spots = [problem.at for problem in check(TWO_BOWS)]
    assert sorted(spot[0] for spot in spots if spot) == pytest.approx([126.005, 126.015, 126.025])


def test_a_scribble_gets_ten_pins_and_no_more() -> None:
    rng = np.random.default_rng(1)
    scribble = Polygon(rng.uniform((126.0, 43.8), (126.01, 43.81), (60, 2)))
    assert codes(check(scribble)).count("self_intersection") == 10


def test_a_spike_that_runs_back_on_itself_is_told_beside_the_invalid_ring() -> None:
    problems = check(zoo.spike_back_on_itself)
    assert "spike" in codes(problems)
    assert problems[0].severity == "block"


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        pytest.param(zoo.hole_outside, box(126.02, 43.8, 126.03, 43.81), id="hole outside"),
        pytest.param(zoo.overlapping_parts, box(126.005, 43.8, 126.01, 43.81), id="parts"),
        pytest.param(zoo.nested_shells, box(126.002, 43.802, 126.004, 43.806), id="part in part"),
        pytest.param(zoo.nested_holes, box(126.002, 43.802, 126.004, 43.806), id="holes"),
    ],
)
def test_the_ground_of_a_fault_is_measured(shape: BaseGeometry, place: Polygon) -> None:
    assert check(shape)[0].area_m2 == pytest.approx(area_m2(place), rel=1e-6)


def test_a_corner_that_is_only_sharp_is_no_spike() -> None:
    wedge = Polygon([(126.0, 43.8), (126.01, 43.8003), (126.01, 43.7997)])
    assert check(wedge) == []


def test_a_tip_of_two_metres_is_no_spike() -> None:
    tip = (126.01 + 2.5e-5, 43.8050002)
    ring = [(126.0, 43.8), (126.01, 43.8), (126.01, 43.805), tip, (126.01, 43.8050005)]
    assert check(Polygon([*ring, (126.01, 43.81), (126.0, 43.81)])) == []


def test_an_edge_that_overshoots_its_corner_by_two_metres_is_no_spike() -> None:
    ring = [(126.0, 43.8), (126.01 + 2.5e-5, 43.8), (126.01, 43.8000001), (126.01, 43.81)]
    assert check(Polygon([*ring, (126.0, 43.81)])) == []


def test_a_narrow_shelter_belt_is_no_sliver() -> None:
    assert check(zoo.dike) == []


def test_heights_are_passed_over() -> None:
    assert check(zoo.with_height) == []


OPEN_RING = [[[126.0, 43.8], [126.01, 43.8], [126.01, 43.81], [126.0, 43.81]]]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        pytest.param({"type": "Polygon", "coordinates": OPEN_RING}, "ring_not_closed", id="open"),
        pytest.param({"type": "Point", "coordinates": [126, 43]}, "not_polygon", id="point"),
        pytest.param({"type": "Polygon", "coordinates": [[[126, 43]]]}, "too_few_points", id="one"),
        pytest.param({"type": "Polygon", "coordinates": [[["a", 4]]]}, "not_geojson", id="text"),
        pytest.param({}, "not_polygon", id="nothing"),
        pytest.param({"type": "Polygon", "coordinates": []}, "empty", id="empty"),
    ],
)
def test_a_fault_of_geojson_is_a_problem_too(mapping: dict[str, Any], code: str) -> None:
    assert codes(check_geojson(mapping)) == [code]


def test_geojson_is_told_every_spot_as_a_geometry_is() -> None:
    assert check_geojson(shapely.geometry.mapping(TWO_BOWS)) == check(TWO_BOWS)


DISTRICT = box(126.0, 43.8, 126.1, 43.9)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        pytest.param(0.0, [], id="on its border"),
        pytest.param(0.05, [], id="inside"),
        pytest.param(-0.00005, ["crosses_district"], id="half a percent outside"),
        pytest.param(-0.002, ["outside_district"], id="a fifth outside"),
        pytest.param(-0.5, ["outside_district"], id="far away"),
    ],
)
def test_a_plot_is_held_to_its_district(shift: float, expected: list[str]) -> None:
    problems = check(translate(zoo.square, shift), around=Surroundings(district=DISTRICT))
    assert codes(problems) == expected


def test_what_lies_outside_is_measured_and_shown() -> None:
    problem = check(translate(zoo.square, -0.002), around=Surroundings(district=DISTRICT))[0]
    assert problem.area_m2 == pytest.approx(area_m2(box(125.998, 43.8, 126.0, 43.81)), rel=1e-6)
    assert problem.at is not None
    assert problem.at[0] < 126.0


def test_a_whole_file_is_held_to_its_district_as_one_plot_is() -> None:
    plots = np.array([zoo.square, translate(zoo.square, -0.5), None], dtype=object)
    problems = check_many(plots, district=DISTRICT)
    assert [(row, problem.code) for row, problem in problems] == [
        (1, "outside_district"),
        (2, "missing"),
    ]


def beside(*others: Polygon) -> Surroundings:
    return Surroundings(others=np.array(others, dtype=object), names=["甲", "乙", "丙"])


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(translate(zoo.square, 0.01), [], id="touching"),
        pytest.param(translate(zoo.square, 0.005), ["overlap"], id="half"),
        pytest.param(
            translate(zoo.square, 0.01 - 4e-6), ["overlap_within_tolerance"], id="0.3 m wide"
        ),
        pytest.param(zoo.square, ["same_ground"], id="the same"),
        pytest.param(translate(zoo.square, 5.0), [], id="elsewhere"),
    ],
)
def test_an_overlap_is_judged_by_area_and_width(other: Polygon, expected: list[str]) -> None:
    assert codes(check(zoo.square, around=beside(other))) == expected


def test_an_overlap_names_the_other_plot_and_its_ground() -> None:
    overlap = check(zoo.square, around=beside(translate(zoo.square, 0.005)))[0]
    assert overlap.other == "甲"
    assert overlap.area_m2 == pytest.approx(area_m2(box(126.005, 43.8, 126.01, 43.81)), rel=1e-6)
    assert overlap.message.zh.startswith("与图斑 甲 重叠")


def test_an_overlap_names_the_other_plot_in_words_and_refers_to_it_by_its_key() -> None:
    other = np.array([translate(zoo.square, 0.005)], dtype=object)
    words = Message("东县的图斑", "a plot of East county")
    (overlap,) = check(zoo.square, around=Surroundings(others=other, names=[words], keys=["p7"]))
    assert overlap.other == "p7"
    assert overlap.message.zh.startswith("与东县的图斑重叠")
    assert "with a plot of East county;" in overlap.message.en


@pytest.mark.parametrize("severity", ["block", "warn"])
def test_a_control_line_brings_its_own_severity(severity: Any) -> None:
    name = Message("永久基本农田", "permanent basic farmland")
    line = ControlLine(name, box(126.0, 43.8, 126.001, 43.9), severity)
    problems = check(zoo.square, around=Surroundings(control_lines=(line,)))
    assert [(problem.code, problem.severity, problem.other) for problem in problems] == [
        ("on_control_line", severity, "永久基本农田")
    ]


def test_a_control_line_that_only_touches_says_nothing() -> None:
    line = ControlLine(Message("红线", "the red line"), box(125.9, 43.8, 126.0, 43.9))
    assert check(zoo.square, around=Surroundings(control_lines=(line,))) == []


def test_an_invalid_plot_is_not_held_to_its_surroundings() -> None:
    around = Surroundings(district=box(0, 0, 1, 1))
    assert codes(check(zoo.bow_tie, around=around)) == ["self_intersection"]


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(1.0, []), (1.049, []), (1.051, ["declared_area_off"]), (0.94, ["declared_area_off"])],
)
def test_a_declared_area_may_be_off_by_five_percent(ratio: float, expected: list[str]) -> None:
    stated = area_m2(zoo.square) * ratio
    assert codes(check(zoo.square, declared_m2=stated)) == expected


def test_hectares_declared_as_mu_are_off() -> None:
    assert codes(check(zoo.square, declared_m2=area_m2(zoo.square) / 15)) == ["declared_area_off"]


@pytest.mark.parametrize("stated", [None, float("nan")])
def test_an_area_that_is_not_declared_is_no_fault(stated: float | None) -> None:
    assert check(zoo.square, declared_m2=stated) == []


def test_rounding_to_whole_hectares_is_no_fault() -> None:
    assert declared(5_721.0, 10_000.0, LIMITS, step_m2=10_000.0) is None
    assert declared(5_721.0, 10_000.0, LIMITS, step_m2=0.0) is not None


def test_bounds_are_data() -> None:
    assert check(zoo.speck, limits=Limits(min_m2=5.0)) == []


def test_every_bound_names_its_source() -> None:
    assert [limit["name"] for limit in LIMITS.described()] == [
        field.name for field in fields(Limits)
    ]
    assert all(limit["source"] for limit in LIMITS.described())


def test_every_reason_that_geos_gives_has_its_code_in_the_list() -> None:
    codes = {code for code, _words in REASONS.values()} - {"nested_shells"}
    assert codes <= set(PROBLEMS)


def test_the_list_of_codes_is_bilingual_and_ordered_by_severity() -> None:
    listed = problem_codes()
    order = [["block", "warn", "info"].index(row["severity"]) for row in listed]
    assert order == sorted(order)
    assert all(row["label_zh"] and row["label_en"].isascii() for row in listed)


@pytest.mark.parametrize("name", sorted(zoo.INVALID))
def test_every_message_is_said_in_both_languages(name: str) -> None:
    for problem in check(zoo.INVALID[name]):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in problem.message.zh)
        assert problem.message.en
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in problem.message.en)


def test_blocking_problems_come_first() -> None:
    problems = check(MultiPolygon([SPIKED, translate(SPIKED, 0.002)]))
    assert [problem.severity for problem in problems] == sorted(
        [problem.severity for problem in problems], key=["block", "warn", "info"].index
    )


def test_a_problem_is_plain_data() -> None:
    assert check(zoo.bow_tie)[0].as_json()["at"] == pytest.approx([126.005, 43.805])


def test_a_file_is_judged_row_by_row_as_plots_are_alone() -> None:
    beasts = [zoo.square, zoo.bow_tie, None, SPIKED, zoo.speck, zoo.empty_polygon, zoo.not_a_number]
    plots = np.empty(len(beasts), dtype=object)
    plots[:] = beasts
    alone = [(row, problem) for row, beast in enumerate(beasts) for problem in check(beast)]
    assert check_many(plots) == alone


def test_an_empty_file_has_no_problems() -> None:
    assert check_many(np.empty(0, dtype=object)) == []


@given(stars(min_deg=1e-3))
def test_a_plot_that_sees_all_of_itself_has_no_blocking_problem(plot: Polygon) -> None:
    assert all(problem.severity != "block" for problem in check(plot))


@given(stars(min_deg=1e-3), st.floats(-3, 3))
def test_a_verdict_does_not_depend_on_the_longitude(plot: Polygon, east: float) -> None:
    assert codes(check(translate(plot, east))) == codes(check(plot))


@given(stars(min_deg=1e-3))
def test_a_verdict_does_not_depend_on_the_direction(plot: Polygon) -> None:
    assert codes(check(plot.reverse())) == codes(check(plot))


@settings(max_examples=50)
@given(neighbours())
def test_ground_counted_twice_is_the_sum_less_the_union(plots: list[Polygon]) -> None:
    array = np.array(plots, dtype=object)
    union = area_m2(shapely.union_all(array))
    expected = float(areas_m2(array).sum()) - union
    bound = cut_bound_m2(plots, [shapely.union_all(array)])
    assert counted_twice_m2(array) == pytest.approx(expected, rel=1e-7, abs=2 * bound)


@settings(max_examples=50)
@given(neighbours())
def test_every_pair_that_shares_ground_is_found_once(plots: list[Polygon]) -> None:
    array = np.array(plots, dtype=object)
    pairs = {(shared.left, shared.right) for shared in overlaps_among(array)}
    expected = {
        (i, j)
        for j in range(len(plots))
        for i in range(j)
        if plots[i].intersection(plots[j]).area > 1e-9
    }
    assert expected <= pairs


def test_neighbours_that_only_touch_count_nothing_twice() -> None:
    pair = np.array([zoo.square, translate(zoo.square, 0.01), None], dtype=object)
    assert (counted_twice_m2(pair), overlaps_among(pair)) == (0.0, [])


def test_ground_under_three_plots_counts_twice_too_often() -> None:
    three = np.array([zoo.square] * 3, dtype=object)
    assert counted_twice_m2(three) == pytest.approx(2 * area_m2(zoo.square), rel=1e-9)


def test_the_mean_width_of_a_strip_is_its_width() -> None:
    assert mean_widths_m(np.array([zoo.dike]))[0] == pytest.approx(5.555, rel=0.01)


def test_the_mean_width_of_nothing_is_zero() -> None:
    assert mean_widths_m(np.array([zoo.empty_polygon, None], dtype=object)).tolist() == [0.0, 0.0]


def test_a_line_is_no_outline() -> None:
    assert codes(
        check(LineString([(126.0, 43.8), (126.1, 43.8), (126.0, 43.9), (126.0, 43.8)]))
    ) == ["not_polygon"]


def test_real_neighbours_overlap_by_slivers_and_nothing_else_is_wrong() -> None:
    stands = geopandas.read_file(real("forest-stands")).to_crs(CGCS2000)
    shapes = np.asarray(stands.geometry.array, dtype=object)
    assert {problem.code for _row, problem in check_many(shapes)} <= {"duplicate_vertex"}
    assert counted_twice_m2(shapes) == pytest.approx(22.1, abs=0.1)


def test_the_two_real_sites_with_a_wrong_figure_are_found_among_the_rounded_ones() -> None:
    sites = geopandas.read_file(real("planting-sites") / "planting_polygons.geojson")
    stated = sites["calc_area_ha_recorded"].to_numpy() * 10_000
    shapes = np.asarray(sites.geometry.array, dtype=object)
    problems = check_many(shapes, declared_m2=stated, declared_step_m2=10_000.0)
    assert [row for row, problem in problems if problem.code == "declared_area_off"] == [9, 10]


def test_the_words_of_older_versions_of_geos_have_their_codes() -> None:
    # GEOS 3.10 and later call equal holes a self-intersection.
    assert REASONS["Duplicate Rings"][0] == "duplicate_rings"
    assert PROBLEMS["duplicate_rings"].severity == "block"


def test_edges_that_cross_at_too_many_places_are_told_once() -> None:
    assert "too_many_crossings" in codes(check(zoo.star_polygon(201)))


def test_edges_that_meet_too_often_are_not_examined() -> None:
    assert "too_tangled" in codes(check(zoo.star_polygon(6_001)))


def test_a_long_outline_is_measured_once_and_not_for_each_neighbour() -> None:
    outline = shapely.segmentize(shapely.box(126.0, 43.8, 126.1, 43.9), 1e-5)
    others = [shapely.box(x, 43.85, x + 5e-4, 43.851) for x in np.arange(126.0, 126.09, 1e-3)]
    around = Surroundings(others=np.array(others, dtype=object))
    begun = time.process_time()
    area_m2(outline)
    measured = time.process_time() - begun
    begun = time.process_time()
    problems = list(misplaced(outline, around, LIMITS))
    assert len(problems) == len(others)
    assert time.process_time() - begun < 30 * measured
