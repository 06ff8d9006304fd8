"""Counties and places of many plots are those that PostGIS finds for each by itself."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.plots.db.places import places_of
from service.plots.db.shares import county_shares
from tests.service.conftest import EAST, WEST, Database

BOUNDARY = text("""
WITH made AS (
    INSERT INTO district (code, name, level, parent) VALUES (:code, '镇', :level, :parent)
)
INSERT INTO district_boundary (code, valid_from, geom, source, complete)
VALUES (:code, '1949-10-01', ST_Multi(ST_GeomFromWKB(:wkb, 4490)), 'test', true)
""")
SHARES = text("""
SELECT b.code, ST_Area(ST_Intersection(b.geom, plot.geom)) / ST_Area(plot.geom) AS share
FROM ST_GeomFromWKB(:wkb, :srid) AS plot(geom)
JOIN district_boundary b ON b.valid_to IS NULL AND ST_Relate(b.geom, plot.geom, 'T********')
JOIN district d ON d.code = b.code AND d.level = 'county'
ORDER BY share DESC, code
""")
PLACE = text("SELECT town, village FROM place_of(ST_GeomFromWKB(:wkb, :srid), :county)")


def slices(county: str, west: float, count: int, digits: str) -> dict[str, shapely.Polygon]:
    """Strips of a county with ragged borders, from west to east."""
    rng = np.random.default_rng(int(county))
    lats = np.linspace(43.0, 43.1, 40)
    lines = [np.full(40, west + 0.1 * n / count) for n in range(count + 1)]
    lines[1:-1] = [line + rng.uniform(-0.004, 0.004, 40) for line in lines[1:-1]]
    return {
        f"{county}{n + 1:03d}{digits}": shapely.Polygon(
            [*zip(lines[n], lats, strict=True), *zip(lines[n + 1][::-1], lats[::-1], strict=True)]
        )
        for n in range(count)
    }


@pytest.fixture
def places(database: Database) -> Iterator[Connection]:
    """Towns in both counties, villages in one of them."""
    with database.owner.connect() as connection:
        for county, west in ((WEST, 125.0), (EAST, 125.1)):
            for code, shape in slices(county, west, 4, "").items():
                values = {"code": code, "level": "town", "parent": county}
                connection.execute(BOUNDARY, {**values, "wkb": shapely.to_wkb(shape)})
        for code, shape in slices(WEST, 125.0, 6, "001").items():
            parent = code[:9] if code[:9] <= f"{WEST}004" else WEST
            values = {"code": code, "level": "village", "parent": parent}
            connection.execute(BOUNDARY, {**values, "wkb": shapely.to_wkb(shape)})
        yield connection
        connection.rollback()


def scattered(count: int, seed: int) -> NDArray[np.object_]:
    """Small plots with bays and parts, in both counties, on their borders and outside."""
    rng = np.random.default_rng(seed)
    shapes = np.empty(count, dtype=object)
    for n in range(count):
        parts = []
        for _ in range(rng.choice([1, 1, 2])):
            lon, lat = rng.uniform((124.99, 42.99), (125.21, 43.11))
            turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 30)))
            radii = rng.uniform(0.0005, 0.004, len(turns))
            ring = np.column_stack([lon + radii * np.cos(turns), lat + radii * np.sin(turns)])
            parts.append(shapely.Polygon(np.round(ring, 9)).buffer(0))
        shapes[n] = shapely.union_all(parts)
    return shapes[[not shape.is_empty for shape in shapes]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shares_are_those_of_postgis(places: Connection, seed: int) -> None:
    plots = [*scattered(250, seed), shapely.box(124.9, 42.9, 125.3, 43.2)]
    found = county_shares(places, plots)
    for plot, shares in zip(plots, found, strict=True):
        values = {"wkb": shapely.to_wkb(plot), "srid": CGCS2000}
        expected = [tuple(row) for row in places.execute(SHARES, values)]
        assert {s.county: s.share for s in shares} == pytest.approx(dict(expected), abs=1e-9)
        assert [s.share for s in shares] == sorted((s.share for s in shares), reverse=True)


@pytest.mark.parametrize("seed", [4, 5])
def test_shares_do_not_hang_on_what_else_is_in_the_file(places: Connection, seed: int) -> None:
    plots = list(scattered(60, seed))
    together = county_shares(places, plots)
    assert together == [county_shares(places, [plot])[0] for plot in plots]


@pytest.mark.parametrize("seed", [6, 7, 8])
def test_places_are_those_of_the_database(places: Connection, seed: int) -> None:
    plots = list(scattered(250, seed))
    counties = [WEST if n % 3 else EAST for n in range(len(plots))]
    expected = []
    for plot, county in zip(plots, counties, strict=True):
        values = {"wkb": shapely.to_wkb(plot), "srid": CGCS2000, "county": county}
        expected.append(tuple(places.execute(PLACE, values).one()))
    found = [tuple(place) for place in places_of(places, plots, counties)]
    assert found == expected
    assert {town for town, _village in found if town} == {
        f"{county}{n:03d}" for county in (WEST, EAST) for n in range(1, 5)
    }
    assert sum(village is not None for _town, village in found) > 5


def test_nothing_is_asked_for_no_shape(places: Connection) -> None:
    assert county_shares(places, []) == []
    assert places_of(places, [], []) == []
