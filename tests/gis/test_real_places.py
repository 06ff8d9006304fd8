"""Stands and counties that nobody here drew."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis.crs import to_cgcs2000
from gis.measure import area_m2, areas_m2, to_ha
from gis.overlaps import overlaps
from gis.tessellation import report


@pytest.fixture(scope="module")
def stands(real: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(real / "forest-stands" / "forest_stands_2012.shp")


@pytest.fixture(scope="module")
def in_degrees(stands: gpd.GeoDataFrame) -> NDArray[np.object_]:
    return to_cgcs2000(np.asarray(stands.geometry.array), stands.crs)


@pytest.fixture(scope="module")
def counties(real: Path) -> gpd.GeoDataFrame:
    frame = gpd.read_file(real / "districts" / "places_tianditu_cgcs2000.geojson")
    return frame.rename(columns={"district_adcode": "code"})


def test_the_ground_of_the_stands_is_larger_than_their_plane(
    stands: gpd.GeoDataFrame, in_degrees: NDArray[np.object_]
) -> None:
    # TM35FIN shrinks by 0.9996 on its central meridian, and a little less two degrees from it.
    assert to_ha(float(stands.area.sum())) == pytest.approx(66.68, abs=0.005)
    assert to_ha(float(areas_m2(in_degrees).sum())) == pytest.approx(66.72, abs=0.005)


def test_the_stands_overlap_by_22_m2_in_all(in_degrees: NDArray[np.object_]) -> None:
    pairs = overlaps(in_degrees)
    assert len(pairs) == 2
    assert pairs["area_m2"].sum() == pytest.approx(22.13, abs=0.01)


def test_the_73_counties_leave_no_gap_and_do_not_overlap(counties: gpd.GeoDataFrame) -> None:
    assert len(counties) == 73
    assert report(counties) == []


def test_counties_are_measured_as_karney_does(counties: gpd.GeoDataFrame) -> None:
    shapes = np.asarray(counties.geometry.array)[::12]
    truth = [area_m2(shape) for shape in shapes]
    np.testing.assert_allclose(areas_m2(shapes), truth, rtol=1e-9)


def test_a_hole_punched_between_counties_is_found(counties: gpd.GeoDataFrame) -> None:
    holed = counties.copy()
    middle = shapely.point_on_surface(np.asarray(counties.geometry.array)[0])
    holed.loc[0, "geometry"] = counties.geometry.iloc[0].difference(middle.buffer(0.001))
    [problem] = report(holed)
    assert (problem.kind, problem.codes) == ("gap", (counties["code"].iloc[0],))
