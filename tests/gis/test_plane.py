"""A flat plane around a place, and how far it may be trusted."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import ELLIPSOID
from gis.errors import GeometryError
from gis.plane import Plane, metres_per_degree, plane_around
from tests.gis import zoo
from tests.gis.shapes import CHINA_LAT, CHINA_LON


@given(CHINA_LON, CHINA_LAT, st.floats(0, 360), st.floats(1.0, 50_000.0))
def test_a_distance_in_the_plane_is_the_one_on_the_ground(
    lon: float, lat: float, bearing: float, metres: float
) -> None:
    east, north, _back = ELLIPSOID.fwd(lon, lat, bearing, metres)
    flat = Plane(lon, lat).to_metres(shapely.Point(east, north))
    assert flat.distance(shapely.Point(0, 0)) == pytest.approx(metres, rel=1e-6, abs=1e-4)


@given(CHINA_LON, CHINA_LAT, st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_there_and_back_is_the_same_place(lon: float, lat: float, dx: float, dy: float) -> None:
    point = shapely.Point(lon + dx, lat + dy)
    plane = Plane(lon, lat)
    assert plane.to_degrees(plane.to_metres(point)).distance(point) < 1e-8


@given(CHINA_LAT)
def test_a_degree_is_as_long_as_the_ellipsoid_says(lat: float) -> None:
    east, north = metres_per_degree(lat)
    tiny = 1e-4
    along = ELLIPSOID.inv(100.0, lat, 100.0 + tiny, lat)[2] / tiny
    across = ELLIPSOID.inv(100.0, lat - tiny / 2, 100.0, lat + tiny / 2)[2] / tiny
    assert (float(east), float(north)) == pytest.approx((along, across), rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        pytest.param(zoo.empty_polygon, "empty", id="empty"),
        pytest.param(zoo.swapped_axes, "out_of_range", id="swapped"),
        pytest.param(zoo.not_a_number, "not_finite", id="nan"),
        pytest.param(zoo.half_the_globe, "too_wide", id="half the globe"),
    ],
)
def test_a_plane_around_nothing_is_refused(shape: shapely.Polygon, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        plane_around(shape)
    assert refused.value.code == code
