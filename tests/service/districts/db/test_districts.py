"""Districts in the database: boundary versions, derived parents."""

from datetime import date

import geopandas
import pytest
import shapely
from shapely import Point, box
from sqlalchemy import text

from gis.crs import CGCS2000
from service.districts.db import districts
from tests.service.conftest import CITY, EAST, SQUARES, WEST, Database, district_frame


def county(code: str, shape: object, source: str = "later") -> geopandas.GeoDataFrame:
    """One county of 长春市."""
    row = (code, f"县{code}", "county", CITY, source, True, shape)
    columns = ["code", "name", "level", "parent", "source", "complete", "geometry"]
    return geopandas.GeoDataFrame([row], columns=columns, geometry="geometry", crs=CGCS2000)


def store(database: Database, frame: geopandas.GeoDataFrame) -> None:
    """Write a frame of districts."""
    with database.service.begin() as connection:
        districts.store_districts(connection, frame)


@pytest.fixture
def stored(empty: Database) -> Database:
    """The three square counties in a database of their own."""
    store(empty, district_frame())
    return empty


def test_a_frame_stored_twice_has_one_boundary_each(stored: Database) -> None:
    store(stored, district_frame())
    assert stored.scalar("SELECT count(*) FROM district_boundary") == 7


def test_a_border_that_moved_gets_a_new_version_and_keeps_the_old(stored: Database) -> None:
    with stored.owner.begin() as connection:
        connection.execute(text("UPDATE district_boundary SET valid_from = '2020-01-01'"))
    store(stored, county(WEST, box(125.0, 43.0, 125.1, 43.12)))
    versions = "SELECT count(*) FROM district_boundary WHERE code = :code"
    assert stored.scalar(versions, code=WEST) == 2
    assert stored.scalar(f"{versions} AND valid_to IS NULL", code=WEST) == 1


def test_shapes_of_a_day_are_those_that_held_on_it(stored: Database) -> None:
    with stored.owner.begin() as connection:
        connection.execute(text("UPDATE district_boundary SET valid_from = '2020-01-01'"))
    later = box(125.0, 43.0, 125.1, 43.12)
    with stored.service.begin() as connection:
        districts.store_districts(connection, county(WEST, later), valid_from=date(2026, 6, 1))
        areas = {
            day: districts.frame(connection, [WEST], day).geometry.iloc[0].area
            for day in (date(2019, 1, 1), date(2026, 5, 31), date(2026, 6, 1), None)
        }
    assert list(areas.values()) == pytest.approx([0.01, 0.01, 0.012, 0.012])


def test_a_derived_parent_is_made_of_all_known_children(stored: Database) -> None:
    store(stored, county("220104", box(125.2, 43.0, 125.3, 43.1)))
    with stored.service.connect() as connection:
        shape = districts.shapes(connection, [CITY])[CITY]
    assert shape.equals(box(125.0, 43.0, 125.3, 43.1))


def test_a_parent_with_a_polygon_of_its_own_is_not_derived_again(stored: Database) -> None:
    declared = district_frame().query(f"code == '{CITY}'").assign(source="official", complete=True)
    store(stored, declared)
    store(stored, county("220104", box(125.2, 43.0, 125.3, 43.1)))
    with stored.service.connect() as connection:
        assert districts.tree(connection)[CITY].source == "official"


def test_cells_cover_their_county_and_only_counties_have_some(stored: Database) -> None:
    rows = stored.scalar(
        "SELECT string_agg(code || round(ST_Area(u)::numeric, 6), ' ' ORDER BY code) FROM "
        "(SELECT code, ST_Union(geom) AS u FROM district_cell GROUP BY code) s"
    )
    area = f"{SQUARES[WEST].area:.6f}"
    assert rows == f"{WEST}{area} {EAST}{area} 360702{area}"


def test_a_large_county_is_cut_into_small_cells_without_gap_or_overlap(stored: Database) -> None:
    bends = Point(125.4, 43.4).buffer(0.37, quad_segs=20).union(box(125.39, 43.3, 126.1, 43.45))
    whole = bends.difference(Point(125.43, 43.38).buffer(0.05))
    with stored.owner.connect() as connection:
        query = text(f"SELECT ST_AsBinary(cells_of(ST_GeomFromWKB(:wkb, {CGCS2000})))")
        cells_wkb = connection.execute(query, {"wkb": whole.wkb}).scalars()
        cells = shapely.from_wkb([bytes(wkb) for wkb in cells_wkb])
    west, south, east, north = shapely.bounds(cells).T
    assert max((east - west).max(), (north - south).max()) <= 0.11 + 1e-12
    assert set(shapely.get_type_id(cells)) == {shapely.GeometryType.POLYGON}
    assert shapely.get_num_coordinates(cells).max() <= 70
    assert shapely.area(cells).sum() == pytest.approx(whole.area, rel=1e-12)
    assert shapely.union_all(cells).symmetric_difference(whole).area < 1e-12


def test_a_tree_that_is_kept_in_memory_follows_whoever_changes_a_district(
    database: Database,
) -> None:
    with database.owner.connect() as writer, database.owner.connect() as reader:
        before = districts.tree(reader)
        assert districts.tree(reader) is before
        writer.execute(text("UPDATE district SET name = '新名' WHERE code = :code"), {"code": WEST})
        assert districts.tree(writer)[WEST].name == "新名"
        assert districts.tree(reader) is before
        writer.execute(text("UPDATE district SET name = '又名' WHERE code = :code"), {"code": WEST})
        assert districts.tree(writer)[WEST].name == "又名"
        writer.rollback()
        assert districts.tree(writer)[WEST].name == before[WEST].name
        with database.owner.begin() as other:
            other.execute(text("UPDATE district SET name = '定名' WHERE code = :c"), {"c": WEST})
        assert districts.tree(reader)[WEST].name == "定名"
        with database.owner.begin() as other:
            other.execute(text("UPDATE district SET name = '西县' WHERE code = :c"), {"c": WEST})
        assert districts.tree(reader)[WEST].name == "西县"


def test_a_boundary_that_changes_changes_the_tree(database: Database) -> None:
    with database.owner.connect() as writer:
        before = districts.tree(writer)
        writer.execute(
            text("UPDATE district_boundary SET source = 'other' WHERE code = :code"), {"code": WEST}
        )
        assert districts.tree(writer)[WEST].source == "other"
        writer.rollback()
        assert districts.tree(writer) is before
