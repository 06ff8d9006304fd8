"""Zones, degrees and old datums, held to PROJ's own register."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from gis import crs
from gis.crs import Zone
from gis.errors import GeometryError
from tests.gis import zoo

WIDTHS: tuple[crs.Width, ...] = (3, 6)
ALL_ZONES = [
    Zone(number, width, prefixed, datum)
    for width in WIDTHS
    for datum, prefixed in itertools.product(
        (crs.CGCS2000, crs.XIAN80, crs.BEIJING54), (True, False)
    )
    for number in crs.ZONES[width]
]


@pytest.mark.parametrize("zone", ALL_ZONES, ids=lambda zone: str(zone.epsg))
def test_the_register_knows_each_zone_as_we_do(zone: Zone) -> None:
    entry = CRS.from_epsg(zone.epsg)
    assert entry.coordinate_operation is not None
    said = {item.name: float(item.value) for item in entry.coordinate_operation.params}
    assert said["Longitude of natural origin"] == zone.central_meridian
    assert said["False easting"] == zone.false_easting_m
    assert said["Scale factor at natural origin"] == 1.0
    assert entry.geodetic_crs is not None
    assert entry.geodetic_crs.to_epsg() == zone.datum


@pytest.mark.parametrize("zone", ALL_ZONES[::7], ids=lambda zone: str(zone.epsg))
def test_a_zone_is_found_again_from_its_number(zone: Zone) -> None:
    assert crs.zone_from(zone.epsg) == zone


def test_a_zone_is_found_from_the_wkt_of_a_shapefile() -> None:
    assert crs.zone_from(CRS.from_epsg(4551).to_wkt("WKT1_ESRI")) == Zone(42, 3, prefixed=False)


def test_the_ellipsoid_is_that_of_cgcs2000() -> None:
    registered = CRS.from_epsg(crs.CGCS2000).ellipsoid
    assert registered is not None
    assert registered.semi_major_metre == crs.SEMI_MAJOR_M
    assert registered.inverse_flattening == crs.INVERSE_FLATTENING


@given(st.floats(73.6, 136.4))
@settings(deadline=None, max_examples=50)
def test_no_meridian_is_farther_than_half_a_zone(lon: float) -> None:
    assert abs(lon - Zone(crs.zone_of(lon)).central_meridian) <= 1.5
    narrow = Zone(crs.zone_of(min(lon, 135.0), width=6), 6)
    assert abs(min(lon, 135.0) - narrow.central_meridian) <= 3.0


@pytest.mark.parametrize("lon", [float("nan"), float("inf"), 0.0, 73.4, 140.0, -126.0])
def test_no_zone_is_guessed_outside_china(lon: float) -> None:
    with pytest.raises(GeometryError) as refused:
        crs.zone_of(lon)
    assert refused.value.code == "unknown_zone"


def test_zone_46_does_not_exist() -> None:
    with pytest.raises(GeometryError) as refused:
        _ = Zone(46).epsg
    assert refused.value.code == "unknown_zone"


def test_a_zone_with_the_prefix_and_one_without_name_the_same_ground() -> None:
    with_prefix = crs.to_cgcs2000(shapely.points([[42443742.57, 4860000.0]]), 4530)
    without = crs.to_cgcs2000(shapely.points([[443742.57, 4860000.0]]), 4551)
    assert shapely.distance(with_prefix, without)[0] < 1e-12


@given(st.floats(124.6, 127.4), st.floats(20.0, 53.0))
@settings(deadline=None, max_examples=50)
def test_there_and_back_is_where_we_started(lon: float, lat: float) -> None:
    here = shapely.points([[lon, lat]])
    for target in (Zone(42).epsg, crs.WEB_MERCATOR, Zone(42, datum=crs.BEIJING54).epsg):
        back = crs.to_cgcs2000(crs.from_cgcs2000(here, target), target)
        assert shapely.distance(here, back)[0] < 1e-9


def test_degrees_of_cgcs2000_and_wgs84_are_left_as_they_are() -> None:
    shapes = np.array([zoo.square, None], dtype=object)
    for system in (crs.CGCS2000, "EPSG:4326", "OGC:CRS84"):
        assert crs.to_cgcs2000(shapes, system) is shapes


def test_none_stays_none() -> None:
    assert crs.to_cgcs2000(np.array([None], dtype=object), "EPSG:4530")[0] is None


def test_beijing_1954_is_moved_where_the_register_has_parameters() -> None:
    ordos = shapely.points([[108.5, 38.0]])
    lon, lat = shapely.get_coordinates(crs.to_cgcs2000(ordos, crs.BEIJING54))[0]
    moved = Geod(ellps="GRS80").inv(108.5, 38.0, lon, lat)[2]
    assert 10 < moved < 200


@pytest.mark.parametrize(
    ("system", "metres"),
    [(4490, 0.0), (4530, 0.0), (3857, 1.0), (4326, 1.0), (4610, None), (2369, None), (4214, None)],
)
def test_the_accuracy_of_an_old_datum_is_told(system: int, metres: float | None) -> None:
    assert crs.accuracy(system).metres == metres


def test_the_accuracy_of_a_foreign_datum_is_unknown() -> None:
    assert crs.accuracy("EPSG:4267").metres is None


@pytest.mark.parametrize("name", ["EPSG:999999", "", "China", 0, "4490 or so"])
def test_an_unknown_system_is_refused(name: object) -> None:
    with pytest.raises(GeometryError) as refused:
        crs.known_crs(name)
    assert refused.value.code == "unknown_crs"


def test_an_empty_district_has_no_zone() -> None:
    with pytest.raises(GeometryError) as refused:
        crs.zone_of_geometry(zoo.empty_polygon)
    assert refused.value.code == "empty"
