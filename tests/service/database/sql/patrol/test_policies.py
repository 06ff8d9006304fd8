"""Zones, patrols and findings are seen by whose ground they lie on."""

import pytest
from sqlalchemy.exc import DBAPIError

from tests.service.conftest import CITY, EAST, WEST
from tests.service.database.sql.conftest import Sql

# A zone of a county, and one of the city above it, with a row of everything in each.
FILL = """
WITH walked AS (
    INSERT INTO patrol (zone_id, county, source_hash, length_m, track)
    SELECT id, :county, convert_to(code, 'UTF8'), 100,
           'SRID=4490;LINESTRING(125.02 43.02,125.03 43.03)' FROM zone WHERE id = :zone
    RETURNING id
), crossed AS (
    INSERT INTO patrol_zone (patrol_id, zone_id, own, day, county, counties, length_m, inside_s,
                             walked_m2)
    SELECT walked.id, :zone, true, '2026-05-01', :county, zone.counties, 100, 60, 10
    FROM walked, zone WHERE zone.id = :zone
), merged AS (
    INSERT INTO zone_walked (zone_id, period, county, counties, after)
    SELECT :zone, '2026-05', :county, counties, '2026-05-01' FROM zone WHERE id = :zone
), seen AS (
    INSERT INTO record (register, name, zone, county, geom, state)
    SELECT 'finding', '火情', code, :county, 'SRID=4490;POINT(125.03 43.03)', 'found'
    FROM zone WHERE id = :zone RETURNING id
)
INSERT INTO record_step (record_id, state, on_day, actor)
SELECT id, 'found', '2026-05-01', 'wang' FROM seen
"""
OF_COUNTY = ["patrol", "patrol_zone", "zone_walked", "record", "record_step"]
OF_ZONE = ["zone", "zone_version"]


def fill(sql: Sql) -> None:
    """A zone of the western county and one of both, each with a patrol of the western county."""
    sql.run(FILL, zone=sql.zone("county"), county=WEST)
    city = sql.zone("city", level="city", district=CITY, counties=(WEST, EAST))
    sql.run(FILL, zone=city, county=WEST)


@pytest.mark.parametrize("table", OF_COUNTY)
@pytest.mark.parametrize(("counties", "seen"), [((), 0), ((WEST,), 2), ((EAST,), 0), (("*",), 2)])
def test_what_happened_in_a_county_is_seen_by_it(
    sql: Sql, table: str, counties: tuple[str, ...], seen: int
) -> None:
    fill(sql)
    sql.session(*counties)
    assert sql.value(f"SELECT count(*) FROM {table}") == seen


@pytest.mark.parametrize("table", OF_ZONE)
@pytest.mark.parametrize(
    ("counties", "seen"), [((), 0), ((WEST,), 1), ((EAST,), 0), ((WEST, EAST), 2), (("*",), 2)]
)
def test_a_zone_is_seen_by_who_sees_all_its_counties(
    sql: Sql, table: str, counties: tuple[str, ...], seen: int
) -> None:
    fill(sql)
    sql.session(*counties)
    assert sql.value(f"SELECT count(*) FROM {table}") == seen


@pytest.mark.parametrize(("counties", "seen"), [((), 0), ((WEST, EAST), 0), (("*",), 4)])
def test_the_log_is_seen_by_the_whole_tree_only(
    sql: Sql, counties: tuple[str, ...], seen: int
) -> None:
    sql.zone("z1")
    sql.zone("z2")
    sql.session(*counties)
    assert sql.value("SELECT count(*) FROM patrol_log") == seen


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET county = '220103'",
        "UPDATE patrol SET county = '220103'",
        "UPDATE zone SET counties = ARRAY['220102', '220103'] WHERE code = 'county'",
    ],
)
def test_nothing_is_moved_to_foreign_ground(sql: Sql, statement: str) -> None:
    fill(sql)
    sql.session(WEST)
    with pytest.raises(DBAPIError, match="row-level security"):
        sql.run(statement)
