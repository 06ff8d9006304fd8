"""The coordinate detective, tried on borders in every disguise."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis.crs import (
    BEIJING54,
    CGCS2000,
    ELLIPSOID,
    WEB_MERCATOR,
    WGS84,
    XIAN80,
    Zone,
    from_cgcs2000,
    known_crs,
    zone_of,
)
from gis.detect import Detection, Guess, ShiftRule, detect, place
from gis.detect.borders import Borders
from gis.errors import GeometryError
from gis.shift import moved, to_bd09, to_gcj02
from tests.gis.counties import borders, counties, real_districts

Shapes = NDArray[np.object_]
DEMO = ["长春市", "赣州市", "河源市", "重庆市"]


def esri_prj(crs: int) -> str:
    return known_crs(crs).to_wkt("WKT1_ESRI")


def swapped(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.transform(shapes, lambda at: at[:, ::-1]), dtype=object)


def in_zone(zone: Zone) -> Shapes:
    return from_cgcs2000(borders(), zone.epsg)


def farthest_deg(shapes: Shapes, others: Shapes) -> float:
    return float(np.abs(shapely.get_coordinates(shapes) - shapely.get_coordinates(others)).max())


DISGUISES = [
    pytest.param(borders, "degrees", id="degrees"),
    pytest.param(lambda: swapped(borders()), "degrees+swapped", id="swapped degrees"),
    pytest.param(lambda: moved(borders(), to_gcj02), "degrees+gcj02", id="gcj02"),
    pytest.param(lambda: moved(borders(), to_bd09), "degrees+bd09", id="bd09"),
    pytest.param(
        lambda: swapped(moved(borders(), to_gcj02)), "degrees+swapped+gcj02", id="swapped gcj02"
    ),
    pytest.param(lambda: in_zone(Zone(42)), "zone3_prefixed+42", id="zone 42"),
    pytest.param(
        lambda: swapped(in_zone(Zone(42))), "zone3_prefixed+42+swapped", id="zone 42, x north"
    ),
    pytest.param(lambda: in_zone(Zone(42, prefixed=False)), "zone3_bare+42", id="bare zone 42"),
    pytest.param(
        lambda: swapped(in_zone(Zone(42, prefixed=False))),
        "zone3_bare+42+swapped",
        id="bare zone 42, x north",
    ),
    pytest.param(lambda: in_zone(Zone(21, 6)), "zone6_prefixed+21", id="6 degree zone 21"),
    pytest.param(lambda: in_zone(Zone(21, 6, prefixed=False)), "zone6_bare+21", id="bare zone 21"),
    pytest.param(lambda: from_cgcs2000(borders(), WEB_MERCATOR), "web_mercator", id="web mercator"),
    pytest.param(
        lambda: from_cgcs2000(moved(borders(), to_gcj02), WEB_MERCATOR),
        "web_mercator+gcj02",
        id="web mercator of a shifted map",
    ),
]


@cache
def looked_at(disguise: Callable[[], Shapes]) -> tuple[Shapes, Detection]:
    shapes = disguise()
    return shapes, detect(shapes, districts=counties())


@pytest.mark.parametrize(("disguise", "code"), DISGUISES)
def test_the_best_guess_is_the_disguise_that_was_put_on(disguise: Any, code: str) -> None:
    detection = looked_at(disguise)[1]
    assert (detection.guesses[0].code, detection.settled) == (code, True)


@pytest.mark.parametrize(("disguise", "code"), DISGUISES)
def test_taking_the_best_guess_brings_the_borders_home(disguise: Any, code: str) -> None:
    shapes, detection = looked_at(disguise)
    assert farthest_deg(place(shapes, detection.guesses[0]), borders()) < 1e-8


@pytest.mark.parametrize("city", DEMO)
@pytest.mark.parametrize(
    ("shift", "verdict"), [(None, "none"), (to_gcj02, "gcj02"), (to_bd09, "bd09")]
)
def test_a_shift_planted_in_real_districts_is_told(city: str, shift: Any, verdict: str) -> None:
    known = real_districts()
    shapes = np.asarray(known[known["city_name"] == city].geometry.array, dtype=object)
    detection = detect(shapes if shift is None else moved(shapes, shift), districts=known)
    assert (detection.shift.verdict, detection.settled) == (verdict, True)


@pytest.mark.parametrize("city", DEMO)
def test_the_bare_zone_of_real_districts_is_told_by_where_they_lie(city: str) -> None:
    known = real_districts()
    of_city = known[known["city_name"] == city]
    shapes = np.asarray(of_city.geometry.array, dtype=object)[:1]
    zone = Zone(zone_of(float(shapely.centroid(shapes[0]).x)), prefixed=False)
    detection = detect(from_cgcs2000(shapes, zone.epsg), districts=known)
    assert detection.guesses[0].code == f"zone3_bare+{zone.number}"


def test_districts_of_several_parts_are_witnesses_too() -> None:
    several = counties().assign(geometry=[shapely.MultiPolygon([shape]) for shape in borders()])
    assert detect(borders(), districts=several).shift.verdict == "none"


def test_without_districts_a_shift_cannot_be_told() -> None:
    detection = detect(moved(borders(), to_gcj02))
    assert (detection.shift.verdict, detection.settled) == ("cannot_tell", False)


def test_without_districts_a_bare_zone_cannot_be_told() -> None:
    detection = detect(in_zone(Zone(42, prefixed=False)))
    assert {guess.zone for guess in detection.guesses} >= set(range(25, 46))
    assert not detection.settled


def plots_inside(count: int) -> Shapes:
    """Plots that keep away from every border."""
    inner = shapely.buffer(borders()[0], -0.05)
    middle = inner.representative_point()
    return np.array(
        [shapely.Point(middle.x + i * 1e-3, middle.y).buffer(4e-4) for i in range(count)],
        dtype=object,
    )


def test_lying_in_the_right_district_proves_nothing_about_a_shift() -> None:
    detection = detect(moved(plots_inside(8), to_gcj02), districts=counties())
    assert detection.guesses[0].placement is not None
    assert (detection.guesses[0].placement.inside, detection.shift.verdict) == (1.0, "cannot_tell")


def test_when_a_shift_cannot_be_told_both_shifts_stay_among_the_guesses_with_their_place() -> None:
    detection = detect(plots_inside(8), districts=counties())
    shifted = [guess for guess in detection.guesses if guess.shift]
    assert {guess.shift for guess in shifted} == {"gcj02", "bd09"}
    assert all(guess.placement is not None for guess in shifted)


def some_border_vertices(count: int) -> NDArray[np.float64]:
    return to_gcj02(shapely.get_coordinates(borders())[::7][:count])


def test_thirty_vertices_near_a_border_are_enough() -> None:
    assert detect(some_border_vertices(30), districts=counties()).shift.verdict == "gcj02"


def test_twenty_nine_vertices_near_a_border_are_not_enough() -> None:
    assert detect(some_border_vertices(29), districts=counties()).shift.verdict == "cannot_tell"


def test_thirty_vertices_in_one_bend_are_one_witness() -> None:
    first = shapely.get_coordinates(borders())[0]
    bend = first + np.random.default_rng(5).uniform(-1e-3, 1e-3, (40, 2))
    assert detect(to_gcj02(bend), districts=counties()).shift.verdict == "cannot_tell"


def test_borders_that_are_off_by_something_else_are_not_called_shifted() -> None:
    elsewhere = shapely.transform(borders(), lambda at: at + np.array([0.0023, 0.0021]))
    assert detect(elsewhere, districts=counties()).shift.verdict == "cannot_tell"


def test_a_coarser_copy_of_the_borders_is_still_recognised() -> None:
    coarse = shapely.simplify(borders(), 5e-4)
    assert detect(moved(coarse, to_gcj02), districts=counties()).shift.verdict == "gcj02"


def test_the_rule_of_a_shift_is_data() -> None:
    strict = ShiftRule(vertices=10_000)
    detection = detect(moved(borders(), to_gcj02), districts=counties(), rule=strict)
    assert detection.shift.verdict == "cannot_tell"


def test_the_medians_are_told_for_every_reading() -> None:
    medians = detect(moved(borders(), to_gcj02), districts=counties()).shift.medians_m
    assert (medians["gcj02"] < 1.0, medians["none"] > 100.0) == (True, True)


@pytest.mark.parametrize(
    ("zone", "prj", "fault"),
    [
        pytest.param(Zone(42, prefixed=False), CGCS2000, "metres_under_degree_prj", id="metres"),
        pytest.param(Zone(42, prefixed=False), Zone(42).epsg, "prefix_missing", id="no prefix"),
        pytest.param(
            Zone(42), Zone(42, prefixed=False).epsg, "prefix_unexpected", id="one prefix too many"
        ),
    ],
)
def test_a_prj_that_contradicts_the_numbers_is_a_fault(zone: Zone, prj: int, fault: str) -> None:
    detection = detect(in_zone(zone), prj=esri_prj(prj), districts=counties())
    assert ([code for code, _words in detection.faults], detection.settled) == ([fault], False)


def test_a_prj_that_contradicts_the_numbers_does_not_hide_what_they_are() -> None:
    shapes = in_zone(Zone(42, prefixed=False))
    detection = detect(shapes, prj=esri_prj(CGCS2000), districts=counties())
    assert detection.guesses[0].code == "zone3_bare+42"


def test_degrees_under_a_metre_prj_are_a_fault() -> None:
    detection = detect(borders(), prj=esri_prj(Zone(42).epsg), districts=counties())
    assert [code for code, _words in detection.faults] == ["degrees_under_metre_prj"]
    assert detection.guesses[0].code == "degrees"


def test_a_prj_that_is_refuted_does_not_lower_any_other_reading() -> None:
    alone = detect(borders()).guesses[0]
    assert detect(borders(), prj=esri_prj(Zone(42).epsg)).guesses[0].confidence == alone.confidence


@pytest.mark.parametrize("crs", [CGCS2000, WGS84, Zone(42, prefixed=False).epsg, Zone(42).epsg])
def test_a_prj_that_agrees_with_the_numbers_settles_them_without_districts(crs: int) -> None:
    shapes = borders() if crs in (CGCS2000, WGS84) else from_cgcs2000(borders(), crs)
    detection = detect(shapes, prj=esri_prj(crs))
    assert (detection.settled, detection.faults) == (True, ())


@pytest.mark.parametrize(("datum", "name"), [(XIAN80, "xian80"), (BEIJING54, "beijing54")])
def test_an_older_datum_that_is_declared_is_believed_and_its_uncertainty_told(
    datum: int, name: str
) -> None:
    best = detect(borders(), prj=esri_prj(datum)).guesses[0]
    assert best.datum == name
    assert any("偏移" in words.zh or "误差" in words.zh for words in best.evidence)


def test_an_older_datum_is_never_excluded_where_nothing_is_declared() -> None:
    detection = detect(in_zone(Zone(42)), districts=counties())
    assert {"zone3_prefixed+42+xian80", "zone3_prefixed+42+beijing54"} <= {
        guess.code for guess in detection.guesses
    }


@pytest.mark.parametrize("prj", [None, "", "  "])
def test_a_missing_prj_is_no_fault(prj: str | None) -> None:
    assert detect(borders(), prj=prj, districts=counties()).faults == ()


def test_a_prj_that_cannot_be_read_is_told() -> None:
    detection = detect(borders(), prj="PROJCS[broken", districts=counties())
    assert [code for code, _words in detection.faults] == ["unreadable_prj"]


def test_two_zones_in_one_file_are_told() -> None:
    both = np.concatenate([in_zone(Zone(41)), in_zone(Zone(42))])
    assert "mixed_zones" in [code for code, _words in detect(both).faults]


def test_numbers_that_are_nothing_are_told_and_not_guessed() -> None:
    detection = detect(np.array([[1e9, 1e9], [2e9, 1e9]]))
    assert (detection.guesses, [code for code, _words in detection.faults]) == ((), ["no_reading"])


def test_vertices_that_are_no_numbers_are_left_out_and_counted() -> None:
    points = np.vstack([shapely.get_coordinates(borders()), [[np.nan, 43.0], [125.0, np.inf]]])
    detection = detect(points, districts=counties())
    assert (detection.guesses[0].code, detection.faults[0][0]) == ("degrees", "not_finite")


@pytest.mark.parametrize("stray", [(0.0, 0.0), (1e12, -1e12), (-99999.0, -99999.0)])
def test_one_stray_vertex_does_not_hide_what_the_others_are(stray: tuple[float, float]) -> None:
    points = np.vstack([shapely.get_coordinates(in_zone(Zone(42))), [stray]])
    assert detect(points, districts=counties()).guesses[0].code == "zone3_prefixed+42"


def test_degrees_outside_china_are_never_called_shifted() -> None:
    detection = detect(np.array([[-2.275, 4.909], [-2.276, 4.910]]), prj="EPSG:4326")
    assert {guess.shift for guess in detection.guesses} == {None}


@pytest.mark.parametrize(
    "nothing",
    [
        pytest.param(np.empty((0, 2)), id="no points"),
        pytest.param(np.array([None, shapely.Polygon()], dtype=object), id="no shapes"),
        pytest.param(np.array([[np.nan, np.nan]]), id="no numbers"),
    ],
)
def test_nothing_to_look_at_is_refused(nothing: NDArray[Any]) -> None:
    with pytest.raises(GeometryError) as refused:
        detect(nothing)
    assert refused.value.code == "empty"


def test_an_array_that_is_no_list_of_points_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        detect(np.zeros((4, 3)))
    assert refused.value.code == "bad_shape"


def test_every_guess_says_why_in_both_languages() -> None:
    detection = detect(in_zone(Zone(42, prefixed=False)), districts=counties())
    assert all(
        guess.evidence and all(words.zh and words.en for words in guess.evidence)
        for guess in detection.guesses
    )


def test_a_detection_is_plain_data_for_a_report() -> None:
    plain = detect(borders(), districts=counties()).as_json()
    assert set(plain) == {"settled", "guesses", "shift", "faults", "vertices"}
    assert plain["guesses"][0]["districts"][0]["code"].startswith("2201")


@settings(max_examples=15)
@given(st.floats(74.0, 134.0), st.floats(17.0, 53.0))
def test_a_prefixed_easting_always_names_its_zone(lon: float, lat: float) -> None:
    zone = Zone(zone_of(lon))
    points = shapely.get_coordinates(
        from_cgcs2000(np.array([shapely.Point(lon, lat)], dtype=object), zone.epsg)
    )
    assert detect(points).guesses[0].code == f"zone3_prefixed+{zone.number}"


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(74.0, 134.0), st.floats(17.0, 53.0)), min_size=1, max_size=9))
def test_confidences_are_shares_of_one(points: list[tuple[float, float]]) -> None:
    guesses = detect(np.array(points)).guesses
    assert 0.0 < sum(guess.confidence for guess in guesses) <= 1.0 + 1e-9


@given(st.tuples(st.floats(74.0, 134.0), st.floats(17.0, 53.0)))
def test_swapping_twice_is_no_swap(place_in_china: tuple[float, float]) -> None:
    point = np.array([shapely.Point(place_in_china)], dtype=object)
    guess = Guess("degrees", CGCS2000, swapped=True)
    assert place(place(point, guess), guess)[0].equals(point[0])


@given(st.floats(25.0, 50.0), st.floats(50.0, 3000.0), st.floats(0.0, 360.0))
def test_the_distance_to_a_border_is_that_on_the_ground(
    lat: float, metres: float, bearing: float
) -> None:
    # A district so small that its border is one place.
    speck = shapely.Point(110.0, lat).buffer(1e-7)
    known = geopandas.GeoDataFrame({"code": ["a"]}, geometry=[speck], crs=CGCS2000)
    lon, north, _back = ELLIPSOID.fwd(110.0, lat, bearing, metres)
    away = Borders(known).distances_m(np.array([[lon, north]]))[0]
    assert away == pytest.approx(metres, rel=0.01)


def test_vertices_on_borders_tell_a_shift_where_medians_do_not() -> None:
    inner = [shape.buffer(-0.004) for shape in borders()[:6]]
    edges = [np.asarray(shape.exterior.coords)[:6] for shape in shapely.get_parts(borders())[:6]]
    along = [shapely.Polygon([*edge, edge[0] + (0.0001, 0.003)]) for edge in edges]
    shapes = np.array([*inner, *along], dtype=object)
    shift = detect(moved(shapes, to_gcj02), districts=counties()).shift
    assert shift.verdict == "gcj02", shift.words
    assert detect(shapes, districts=counties()).shift.verdict == "none"
