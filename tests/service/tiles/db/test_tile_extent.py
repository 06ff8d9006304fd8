"""Plots in units of a tile: what is quick to draw is what ``ST_AsMVTGeom`` draws."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from sqlalchemy import text

from service.tiles.db.tile_extent import (
    BUFFER,
    EXTENT,
    Ground,
    drawn,
    drawn_box,
    drawn_plot,
    places,
)
from service.tiles.tiles import GRIDS, GridName, tile
from tests.service.conftest import Database

LON, LAT = 125.05, 43.05
# What a tile shows: itself and its margin.
SEEN = box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)


def at(grid: GridName, z: int, lon: float = LON, lat: float = LAT) -> Ground:
    there = GRIDS[grid].tile(lon, lat, z)
    return tile(grid, z, there.y, there.x).ground


def both(database: Database, shape: BaseGeometry, ground: Ground) -> tuple[Any, Any]:
    """A plot as it is drawn quickly, and as PostGIS draws it."""
    quick = drawn_plot("v", mercator=ground.mercator)
    careful = drawn("v.geom", mercator=ground.mercator)
    statement = text(
        f"SELECT ST_AsBinary({quick}), ST_AsBinary({careful}) FROM (SELECT geom,"
        " ST_Area(geom::geography) AS area_m2"
        " FROM ST_GeomFromWKB(CAST(:shape AS bytea), 4490) geom) v"
    )
    with database.owner.begin() as connection:
        row = connection.execute(statement, {**places(ground), "shape": shape.wkb}).one()
    mine, theirs = (None if wkb is None else shapely.from_wkb(wkb) for wkb in row)
    return mine, theirs


def star(corners: list[float], size: float, lon: float, lat: float) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, len(corners), endpoint=False)
    radius = size * np.array(corners)
    return Polygon(np.column_stack([lon + radius * np.cos(turn), lat + radius * np.sin(turn)]))


SHAPES = st.builds(
    lambda corners, power, east, north, turn: orient(
        star(corners, 10**power, LON + east, LAT + north), turn
    ),
    st.lists(st.floats(0.3, 1), min_size=3, max_size=30),
    st.floats(-4.5, -1.5),
    st.floats(-0.02, 0.02),
    st.floats(-0.02, 0.02),
    st.sampled_from([-1, 1]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(shape=SHAPES, z=st.integers(11, 17), grid=st.sampled_from(list(GRIDS)))
def test_a_plot_drawn_quickly_is_the_plot_drawn_with_care(
    database: Database, shape: Polygon, z: int, grid: GridName
) -> None:
    quick, careful = both(database, shape, at(grid, z))
    mine, theirs = (
        Polygon() if wkb is None else shapely.make_valid(wkb).intersection(SEEN)
        for wkb in (quick, careful)
    )
    # A corner may fall to the other side of half a unit, and cutting moves it to the grid again.
    unsure = 0.75 * (mine.length + theirs.length) + 1
    assert mine.symmetric_difference(theirs).area <= unsure


@pytest.mark.parametrize("grid", list(GRIDS))
@pytest.mark.parametrize("clockwise", [False, True])
def test_rings_turn_as_the_format_wants_them(
    database: Database, grid: GridName, clockwise: bool
) -> None:
    hole = Polygon(
        box(LON, LAT, LON + 0.002, LAT + 0.002).exterior.coords,
        [box(LON + 0.0005, LAT + 0.0005, LON + 0.001, LAT + 0.001).exterior.coords],
    )
    shape = MultiPolygon([orient(hole, -1 if clockwise else 1)])
    ground = at(grid, 14, LON + 0.001, LAT + 0.001)
    for wkb in both(database, shape, ground):
        [part] = shapely.get_parts(wkb)
        assert part.exterior.is_ccw
        assert [ring.is_ccw for ring in part.interiors] == [False]


def test_a_plot_far_beyond_the_tile_is_cut(database: Database) -> None:
    shape = box(LON - 0.2, LAT - 0.2, LON + 0.2, LAT + 0.2)
    quick, careful = both(database, shape, at("WebMercatorQuad", 16))
    assert quick.equals(careful)
    assert SEEN.covers(quick)


def test_a_plot_that_ends_beside_the_tile_is_drawn_whole(database: Database) -> None:
    ground = at("CGCS2000Quad", 14)
    side = (ground.east - ground.west) / 4
    shape = box(ground.east - side, LAT, ground.east + side, LAT + side / 2)
    quick, _ = both(database, shape, ground)
    assert quick.bounds[0::2] == (EXTENT * 3 / 4, EXTENT * 5 / 4)


def test_a_strip_narrower_than_the_grid_is_made_valid(database: Database) -> None:
    """A spike of half a unit would fold over: such a plot is drawn with care."""
    ground = at("WebMercatorQuad", 11)
    unit = (ground.east - ground.west) / EXTENT
    turn = np.linspace(0, 40 * np.pi, 400)
    line = np.column_stack([LON + unit * turn / 20, LAT + unit * np.sin(turn)])
    strip = shapely.LineString(line).buffer(unit / 5)
    quick, careful = both(database, strip, ground)
    assert quick is None or quick.is_valid
    assert (quick is None) == (careful is None)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    z=st.integers(0, 12),
    grid=st.sampled_from(list(GRIDS)),
    step=st.tuples(st.integers(-40, 40), st.integers(-40, 40)),
    near_pole=st.booleans(),
)
def test_a_box_drawn_quickly_is_the_box_drawn_with_care(
    database: Database, z: int, grid: GridName, step: tuple[int, int], near_pole: bool
) -> None:
    ground = at(grid, z, LON, 84.9 if near_pole else LAT)
    side = 360 / 2 ** (z + 5)
    west = min(max(LON + step[0] * side, -180), 180 - side)
    south = min(max(LAT + step[1] * side, -90), 90 - side)
    sides = [f"CAST({bound!r} AS float8)" for bound in (west, south, west + side, south + side)]
    quick = drawn_box(*sides, mercator=ground.mercator)
    careful = drawn(f"ST_MakeEnvelope({', '.join(sides)}, 4490)", mercator=ground.mercator)
    statement = text(f"SELECT ST_AsBinary({quick}), ST_AsBinary({careful})")
    with database.owner.begin() as connection:
        row = connection.execute(statement, places(ground)).one()
    mine, theirs = (None if wkb is None else shapely.from_wkb(wkb) for wkb in row)
    if mine is None or theirs is None:
        assert (mine or theirs or Polygon()).area <= 4 * EXTENT
    else:
        assert mine.exterior.is_ccw == theirs.exterior.is_ccw
        assert mine.bounds == pytest.approx(theirs.bounds, abs=1)
