"""What is said of a whole file."""

from __future__ import annotations

import json
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from shapely import Polygon, box
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gis.crs import CGCS2000, WGS84, Zone, from_cgcs2000, known_crs
from gis.declared import UNITS, declared_areas
from gis.errors import GeometryError
from gis.measure import area_m2
from gis.report import Report, check_frame
from gis.shift import moved, to_gcj02
from gis.verdicts import Limits
from tests.gis import zoo
from tests.gis.counties import borders, counties, real, real_districts
from tests.gis.shapes import neighbours


def frame(*shapes: BaseGeometry | None, crs: int | None = CGCS2000, **columns: Any) -> Any:
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def rows(report: Report, code: str) -> list[int]:
    return [reported.row for reported in report.problems if reported.problem.code == code]


# --- real files ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stands() -> Report:
    folder = real("forest-stands")
    read = geopandas.read_file(folder / "forest_stands_2012.shp").to_crs(CGCS2000)
    prj = (folder / "forest_stands_2012.prj").read_text(encoding="utf-8")
    return check_frame(read, districts=real_districts(), prj=prj)


def test_the_real_stands_are_seventy_four(stands: Report) -> None:
    assert stands.features == 74


def test_the_real_stands_have_the_area_of_their_own_plane_and_that_of_the_ellipsoid(
    stands: Report,
) -> None:
    # Their plane shrinks lengths by 0.9996 on its axis, so the ellipsoid has 0.05 % more.
    assert stands.as_json()["plane_ha"] == pytest.approx(66.68, abs=0.005)
    assert stands.as_json()["area_ha"] == pytest.approx(66.72, abs=0.005)


def test_the_real_stands_overlap_by_twenty_two_square_metres(stands: Report) -> None:
    assert stands.overlap_m2 == pytest.approx(22.1, abs=0.1)
    assert not stands.blocked


def test_the_reference_system_of_the_real_stands_is_told_by_its_name(stands: Report) -> None:
    assert any("TM35FIN" in words.en for words in stands.summary())


def test_of_the_real_sites_the_two_with_a_wrong_figure_are_told() -> None:
    sites = geopandas.read_file(real("planting-sites") / "planting_polygons.geojson")
    assert rows(check_frame(sites.to_crs(CGCS2000)), "declared_area_off") == [10, 11]


def test_the_real_districts_lie_where_they_should() -> None:
    known = real_districts()
    report = check_frame(known, districts=known)
    assert report.detection is not None
    assert (report.detection.settled, report.detection.shift.verdict) == (True, "none")


# --- sums ----------------------------------------------------------------------------------


def test_the_area_is_the_sum_of_the_features() -> None:
    report = check_frame(frame(zoo.square, zoo.square))
    assert report.area_m2 == pytest.approx(2 * area_m2(zoo.square), rel=1e-9)
    assert report.overlap_m2 == pytest.approx(area_m2(zoo.square), rel=1e-9)


def test_an_invalid_feature_adds_nothing_and_blocks() -> None:
    report = check_frame(frame(zoo.square, zoo.bow_tie, None, zoo.empty_polygon))
    assert report.area_m2 == pytest.approx(area_m2(zoo.square), rel=1e-9)
    assert (report.blocked, rows(report, "self_intersection")) == (True, [2])


def test_rows_are_counted_from_one() -> None:
    assert rows(check_frame(frame(zoo.square, zoo.speck)), "too_small") == [2]


def test_an_overlap_is_a_problem_of_both_and_each_names_the_other() -> None:
    report = check_frame(frame(None, zoo.square, translate(zoo.square, 0.005)))
    sentences = [
        (reported.row, reported.problem.other)
        for reported in report.problems
        if reported.problem.other
    ]
    assert sentences == [(2, "3"), (3, "2")]


def test_bounds_are_handed_on() -> None:
    assert check_frame(frame(zoo.speck), limits=Limits(min_m2=1.0)).problems == ()


def test_a_file_without_features_is_no_fault() -> None:
    report = check_frame(frame())
    assert (report.features, report.area_m2, report.problems, report.detection) == (
        0,
        0.0,
        (),
        None,
    )


def test_a_file_of_nothing_but_gaps_is_told_row_by_row() -> None:
    report = check_frame(frame(None, zoo.empty_polygon))
    assert (report.counts(), report.detection) == ({"missing": 1, "empty": 1}, None)


@settings(max_examples=25, deadline=None)
@given(neighbours())
def test_a_report_is_plain_data_whatever_is_in_the_file(plots: list[Polygon]) -> None:
    report = check_frame(frame(*plots, None, zoo.bow_tie))
    assert json.loads(json.dumps(report.as_json(), allow_nan=False))["features"] == len(plots) + 2


@settings(max_examples=25, deadline=None)
@given(neighbours())
def test_the_order_of_the_features_changes_no_sum(plots: list[Polygon]) -> None:
    forwards, backwards = check_frame(frame(*plots)), check_frame(frame(*plots[::-1]))
    assert backwards.area_m2 == pytest.approx(forwards.area_m2, rel=1e-12)
    # Which plot is cut by which depends on the order, and every cut adds vertices (rule 4).
    assert backwards.overlap_m2 == pytest.approx(forwards.overlap_m2, rel=1e-4, abs=1e-2)


# --- coordinates ---------------------------------------------------------------------------


def test_a_file_that_nobody_could_place_is_told_what_its_numbers_are() -> None:
    flat = from_cgcs2000(borders(), Zone(42).epsg)
    report = check_frame(frame(*flat, crs=None), districts=counties())
    assert report.detection is not None
    assert report.detection.guesses[0].code == "zone3_prefixed+42"
    assert report.counts() == {"out_of_range": 6}


def test_a_file_that_was_converted_is_judged_by_its_own_numbers() -> None:
    prj = known_crs(Zone(42).epsg).to_wkt("WKT1_ESRI")
    report = check_frame(frame(*borders()), districts=counties(), prj=prj)
    assert report.detection is not None
    assert (report.detection.guesses[0].code, report.detection.faults) == ("zone3_prefixed+42", ())


def test_a_frame_in_a_plane_is_refused() -> None:
    flat = from_cgcs2000(borders(), Zone(42).epsg)
    with pytest.raises(GeometryError) as refused:
        check_frame(frame(*flat, crs=Zone(42).epsg))
    assert refused.value.code == "not_degrees"


def test_a_shift_shows_in_the_summary() -> None:
    shifted = moved(borders(), to_gcj02)
    said = check_frame(frame(*shifted), districts=counties()).summary()
    assert any("GCJ-02" in words.zh and "把握" in words.zh for words in said)


def test_a_prj_that_nobody_can_read_is_told_and_stops_nothing() -> None:
    report = check_frame(frame(zoo.square), prj="GEOGCS[broken")
    assert report.detection is not None
    assert [code for code, _words in report.detection.faults] == ["unreadable_prj"]


def test_a_file_in_degrees_has_no_plane() -> None:
    assert check_frame(frame(zoo.square), prj=f"EPSG:{WGS84}").plane_m2 is None


# --- declared areas ------------------------------------------------------------------------

SIZES = np.array([area_m2(zoo.square), area_m2(zoo.two_parts), area_m2(zoo.with_hole)])


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("面积_亩", "mu"),
        ("面积（公顷）", "ha"),
        ("area_ha", "ha"),
        ("calc_area_ha_recorded", "ha"),
        ("tbmj", "m2"),
        ("area_km2", "km2"),
        ("mianji_mu", "mu"),
        ("MIAN_JI", "ha"),
        ("xbmj", "mu"),
    ],
)
def test_a_column_of_areas_is_found_with_its_unit(name: str, unit: str) -> None:
    table = pd.DataFrame({name: SIZES / UNITS[unit], "name": ["a", "b", "c"]})
    columns = declared_areas(table, SIZES)
    assert [(column.column, column.unit) for column in columns] == [(name, unit)]


@pytest.mark.parametrize("name", ["name", "hall", "总数", "code", "geometry_note"])
def test_a_column_of_something_else_is_no_area(name: str) -> None:
    assert declared_areas(pd.DataFrame({name: SIZES}), SIZES) == []


def test_mu_in_a_column_of_hectares_are_told() -> None:
    column = declared_areas(pd.DataFrame({"area_ha": SIZES / UNITS["mu"]}), SIZES)[0]
    assert (column.unit, "mu" in column.notes[0].en) == ("ha", True)


def test_a_unit_that_was_guessed_is_told() -> None:
    column = declared_areas(pd.DataFrame({"面积": SIZES / UNITS["mu"]}), SIZES)[0]
    assert (column.unit, len(column.notes)) == ("mu", 1)


def test_figures_that_fit_no_unit_are_left_alone() -> None:
    assert declared_areas(pd.DataFrame({"面积": SIZES * 7.0e9}), SIZES) == []


@pytest.mark.parametrize(
    ("figures", "step"),
    [([29.0, 11.0, 3.0], 1.0), ([29.5, 11.0, 3.0], 0.1), ([29.55, 11.0, 3.01], 0.01)],
)
def test_the_rounding_of_a_column_is_seen(figures: list[float], step: float) -> None:
    column = declared_areas(pd.DataFrame({"area_ha": figures}), np.array(figures) * 1e4)[0]
    assert column.step_m2 == pytest.approx(step * 10_000.0)


def test_text_zero_and_gaps_declare_nothing() -> None:
    table = pd.DataFrame({"area_ha": ["不详", 0, None, "89.4"]})
    column = declared_areas(table, np.full(4, 894_000.0))[0]
    assert np.isfinite(column.m2).tolist() == [False, False, False, True]


def test_a_column_without_a_number_is_passed_over() -> None:
    assert declared_areas(pd.DataFrame({"area_ha": ["a", "b", "c"]}), SIZES) == []


def test_a_column_that_agrees_is_no_problem() -> None:
    plots = frame(zoo.square, box(126.02, 43.8, 126.03, 43.81), area_ha=[89.41, 89.41])
    assert check_frame(plots).counts() == {}


def test_shapes_with_heights_are_measured_without_them() -> None:
    assert check_frame(frame(zoo.with_height)).area_m2 == pytest.approx(
        area_m2(shapely.force_2d(zoo.with_height))
    )
