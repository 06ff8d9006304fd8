"""PostGIS as an independent oracle of gis/: areas, lengths, coverage, overlaps, splits."""

from collections.abc import Iterator

import geopandas
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from gis.coverage import coverage
from gis.crs import CGCS2000
from gis.measure import area_m2, areas_m2, lengths_m
from gis.overlaps import overlaps
from gis.topology import cut_bound_m2, merge, outline_bounds_m2, split, subtract
from tests.bench.landscape import Landscape, landscape
from tests.gis import zoo
from tests.service.conftest import Database

SHAPES = tuple(zoo.VALID.values())
PLACES = [1, 2]


@pytest.fixture
def postgis(database: Database) -> Iterator[Connection]:
    """A connection with room for tables that go with it."""
    with database.owner.connect() as connection:
        yield connection


def store(connection: Connection, table: str, shapes: NDArray[np.object_]) -> None:
    """Shapes with their positions as ``id``, in a table that goes with the connection."""
    connection.execute(text(f"CREATE TEMPORARY TABLE {table} (id integer, geom geometry)"))
    rows = [{"id": n, "wkb": wkb, "srid": CGCS2000} for n, wkb in enumerate(shapely.to_wkb(shapes))]
    insert = f"INSERT INTO {table} VALUES (:id, ST_GeomFromWKB(:wkb, :srid))"
    connection.execute(text(insert), rows)


def column(connection: Connection, query: str) -> NDArray[np.float64]:
    """The last column of a query's rows."""
    return np.array([row[-1] for row in connection.execute(text(query))], dtype=np.float64)


def province(seed: int) -> Landscape:
    """Plots with holes and several parts, on each other and across borders."""
    made = landscape(1_000, 12, seed=seed)
    kinds = shapely.get_type_id(made.plots)
    assert (kinds == 6).any()
    assert (shapely.get_num_interior_rings(made.plots) > 0).any()
    return made


@pytest.mark.parametrize("seed", PLACES)
def test_areas_are_those_of_postgis(postgis: Connection, seed: int) -> None:
    plots = np.concatenate([province(seed).plots, np.array(SHAPES, dtype=object)])
    store(postgis, "plot_shape", plots)
    theirs = column(postgis, "SELECT ST_Area(geom::geography) FROM plot_shape ORDER BY id")
    np.testing.assert_allclose(areas_m2(plots), theirs, rtol=1e-7, atol=1e-3)
    one_by_one = np.array([area_m2(plot) for plot in plots[-50:]])
    np.testing.assert_allclose(one_by_one, theirs[-50:], rtol=1e-7, atol=1e-3)


@pytest.mark.parametrize("seed", PLACES)
def test_lengths_are_those_of_postgis(postgis: Connection, seed: int) -> None:
    plots = province(seed).plots
    lines = np.concatenate([shapely.boundary(plots), [zoo.line]])
    store(postgis, "line", lines)
    theirs = column(postgis, "SELECT ST_Length(geom::geography) FROM line ORDER BY id")
    np.testing.assert_allclose(lengths_m(lines), theirs, rtol=1e-9)


COVERED = """
    SELECT d.id, coalesce(ST_Area(ST_Union(ST_Intersection(p.geom, d.geom))::geography), 0)
    FROM district d LEFT JOIN plot_shape p ON ST_Intersects(p.geom, d.geom)
    GROUP BY d.id ORDER BY d.id
"""
COUNTED = """
    SELECT d.id, count(p.id) FROM district d
    LEFT JOIN plot_shape p ON ST_Intersects(p.geom, d.geom)
        AND ST_Area(ST_Intersection(p.geom, d.geom)) > 1e-18
    GROUP BY d.id ORDER BY d.id
"""


@pytest.mark.parametrize("fast", [False, True], ids=["plain", "compiled"])
@pytest.mark.parametrize("seed", PLACES)
def test_coverage_counts_ground_once_as_postgis_does(
    postgis: Connection, seed: int, fast: bool
) -> None:
    made = province(seed)
    store(postgis, "district", made.districts)
    store(postgis, "plot_shape", made.plots)
    ours = coverage(
        geopandas.GeoDataFrame({"code": made.codes}, geometry=made.districts, crs=CGCS2000),
        geopandas.GeoDataFrame(geometry=made.plots, crs=CGCS2000),
        fast=fast,
    )
    # Each cuts at places of its own: design rule 6.4.
    bound = outline_bounds_m2(made.plots).sum() / len(made.districts) + 0.01
    np.testing.assert_allclose(ours["green_m2"], column(postgis, COVERED), rtol=1e-7, atol=bound)
    assert ours["plot_count"].tolist() == column(postgis, COUNTED).tolist()
    assert (ours["overlap_m2"] > 0).any()


OVERLAPS = """
    SELECT a.id, b.id, ST_Area(ST_Intersection(a.geom, b.geom)::geography)
    FROM plot_shape a JOIN plot_shape b ON a.id < b.id AND a.geom && b.geom
        AND ST_Relate(a.geom, b.geom, 'T********')
    ORDER BY 1, 2
"""


@pytest.mark.parametrize("fast", [False, True], ids=["plain", "compiled"])
@pytest.mark.parametrize("seed", PLACES)
def test_overlaps_are_those_of_postgis(postgis: Connection, seed: int, fast: bool) -> None:
    plots = province(seed).plots
    store(postgis, "plot_shape", plots)
    theirs = postgis.execute(text(OVERLAPS)).all()
    ours = overlaps(plots, fast=fast)
    assert ours[["left", "right"]].to_numpy().tolist() == [[row[0], row[1]] for row in theirs]
    np.testing.assert_allclose(ours["area_m2"], [row[2] for row in theirs], rtol=1e-6, atol=1e-3)


PIECES = """
    SELECT ST_Area(piece.geom::geography) AS m2
    FROM plot_shape, LATERAL ST_Dump(ST_Split(geom, ST_GeomFromText(:line, :srid))) AS piece
    WHERE id = :id ORDER BY m2 DESC
"""


def through(shape: BaseGeometry) -> shapely.LineString:
    """A line from corner to corner of a shape's box, and a little beyond."""
    west, south, east, north = shape.bounds
    return shapely.LineString([(west - 0.001, south - 0.001), (east + 0.001, north + 0.001)])


@pytest.mark.parametrize("seed", PLACES)
def test_splits_make_the_pieces_of_postgis_and_lose_no_ground(
    postgis: Connection, seed: int
) -> None:
    plots = province(seed).plots
    # PostGIS deals out the parts of a plot one by one; ours keeps those together that are not cut.
    whole = plots[shapely.get_type_id(plots) == 3]
    some = np.concatenate([whole[::25], whole[shapely.get_num_interior_rings(whole) > 0][:20]])
    store(postgis, "plot_shape", some)
    for n, plot in enumerate(some):
        line = through(plot)
        pieces = split(plot, line)
        ours = sorted((area_m2(piece) for piece in pieces), reverse=True)
        params = {"line": line.wkt, "srid": CGCS2000, "id": n}
        theirs = postgis.scalars(text(PIECES), params).all()
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=0.01)
        bound = cut_bound_m2([plot], pieces) + 0.001
        assert sum(ours) == pytest.approx(area_m2(plot), rel=0, abs=bound)


MERGED = "SELECT ST_Area(ST_Union(geom)::geography) FROM plot_shape"
LEFT = """
    SELECT ST_Area(ST_Difference(a.geom, b.geom)::geography)
    FROM plot_shape a, (SELECT ST_Union(geom) AS geom FROM plot_shape WHERE id > 0) b
    WHERE a.id = 0
"""


@pytest.mark.parametrize("seed", PLACES)
def test_merging_and_taking_away_leave_the_ground_of_postgis(
    postgis: Connection, seed: int
) -> None:
    plots = province(seed).plots
    pairs = overlaps(plots)
    for left, right in pairs[["left", "right"]].to_numpy()[::40]:
        both = plots[[left, right]]
        store(postgis, "plot_shape", both)
        for ours, query in ((merge(both), MERGED), (subtract(both[0], both[1:]), LEFT)):
            bound = cut_bound_m2(both, [ours]) + 0.05  # the grid, along the whole outline
            assert area_m2(ours) == pytest.approx(column(postgis, query)[0], rel=0, abs=bound)
        postgis.execute(text("DROP TABLE plot_shape"))
