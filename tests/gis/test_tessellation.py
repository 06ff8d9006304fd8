"""Overlaps and gaps among districts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.crs import CGCS2000
from gis.measure import area_m2
from gis.tessellation import report


def districts(**shapes: BaseGeometry | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=CGCS2000)


WEST, EAST = box(126.0, 43.0, 126.1, 43.2), box(126.1, 43.0, 126.2, 43.2)
NORTH = box(126.0, 43.2, 126.2, 43.3)


def test_neighbours_that_share_borders_have_no_findings() -> None:
    assert report(districts(w=WEST, e=EAST, n=NORTH)) == []


def test_an_overlap_names_both_its_area_and_a_point_in_it() -> None:
    [problem] = report(districts(e=box(126.09, 43.0, 126.2, 43.2), w=WEST))
    assert (problem.kind, problem.codes) == ("overlap", ("e", "w"))
    assert problem.area_m2 == pytest.approx(area_m2(box(126.09, 43.0, 126.1, 43.2)), rel=1e-9)
    assert 126.09 < problem.at[0] < 126.1


def test_a_gap_names_the_districts_around_it() -> None:
    dented = Polygon([(126.1, 43.0), (126.2, 43.0), (126.2, 43.2), (126.1, 43.2), (126.12, 43.1)])
    [problem] = report(districts(w=WEST, e=dented, n=NORTH))
    assert (problem.kind, problem.codes) == ("gap", ("e", "n", "w"))
    assert 126.1 < problem.at[0] < 126.12


def test_a_hole_that_a_district_fills_is_no_gap() -> None:
    lake = box(126.02, 43.05, 126.04, 43.1)
    assert report(districts(w=Polygon(WEST.exterior, [lake.exterior]), lake=lake)) == []


def test_a_hole_that_nobody_fills_is_a_gap_of_one_district() -> None:
    lake = box(126.02, 43.05, 126.04, 43.1)
    [problem] = report(districts(w=Polygon(WEST.exterior, [lake.exterior]), e=EAST))
    assert (problem.kind, problem.codes) == ("gap", ("w",))


def test_slivers_below_the_bound_are_left_out() -> None:
    noisy = districts(w=WEST, e=box(126.1 - 1e-11, 43.0, 126.2, 43.2))
    assert report(noisy) == []
    assert len(report(noisy, min_m2=0.0)) == 1


def test_the_largest_place_comes_first() -> None:
    problems = report(
        districts(a=WEST, b=box(126.09, 43.0, 126.2, 43.2), c=box(126.0, 43.1, 126.05, 43.2))
    )
    assert [finding.codes for finding in problems] == [("a", "c"), ("a", "b")]


def test_missing_and_empty_districts_are_left_out() -> None:
    assert report(districts(w=WEST, e=None, n=Polygon())) == []
    assert report(districts(none=None)) == []


def test_a_multipart_district_may_lie_on_both_sides_of_another() -> None:
    sides = MultiPolygon([WEST, box(126.2, 43.0, 126.3, 43.2)])
    assert report(districts(sides=sides, middle=EAST)) == []


def test_the_report_does_not_change_the_frame() -> None:
    frame = districts(w=WEST, e=EAST)
    before = np.array(frame.geometry)
    report(frame)
    assert all(shape is other for shape, other in zip(before, frame.geometry, strict=True))
