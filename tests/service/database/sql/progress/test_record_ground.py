"""What counties have of the lines and the ground of records: each metre once, cut at borders."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

RECORD = """
INSERT INTO record (register, name, state, since, county, geom)
VALUES (:register, 'x', 'done', '2026-05-01', :county, ST_GeomFromText(:wkt, 4490))
"""
QUERY = """
SELECT county, quantity FROM record_ground(:register, '{}', 'P', '2026-01-01', '2027-01-01',
                                           CAST(:moment AS timestamptz), :dimension)
"""
LENGTH = "SELECT ST_Length(ST_GeomFromText(:wkt, 4490)::geography)"
AREA = "SELECT ST_Area(ST_GeomFromText(:wkt, 4490)::geography)"
ACROSS = "LINESTRING (125.07 43.05, 125.13 43.05)"


def ground(sql: Sql, register: str = "greenway", **given: object) -> dict[str, float]:
    asked = {"moment": None, "dimension": 1, "register": register, **given}
    return dict(tuple(row) for row in sql.rows(QUERY, **asked))


def test_a_line_across_a_border_is_cut_there(sql: Sql) -> None:
    sql.run(RECORD, register="greenway", county=WEST, wkt=ACROSS)
    # What lies on it already adds nothing.
    again = "LINESTRING (125.09 43.05, 125.11 43.05)"
    sql.run(RECORD, register="greenway", county=EAST, wkt=again)
    sql.session("*")
    parts = {
        WEST: sql.value(LENGTH, wkt="LINESTRING (125.07 43.05, 125.1 43.05)"),
        EAST: sql.value(LENGTH, wkt="LINESTRING (125.1 43.05, 125.13 43.05)"),
    }
    assert ground(sql) == {code: pytest.approx(m, rel=1e-7) for code, m in parts.items()}


def test_a_line_along_a_border_counts_once(sql: Sql) -> None:
    along = "LINESTRING (125.1 43.02, 125.1 43.06)"
    sql.run(RECORD, register="greenway", county=WEST, wkt=along)
    sql.session("*")
    assert sum(ground(sql).values()) == pytest.approx(sql.value(LENGTH, wkt=along), rel=1e-9)


def test_the_record_of_a_neighbour_counts_as_far_as_it_reaches(sql: Sql) -> None:
    sql.run(RECORD, register="greenway", county=WEST, wkt=ACROSS)
    sql.session("*")
    everywhere = ground(sql)
    sql.session(EAST)
    assert ground(sql) == {EAST: pytest.approx(everywhere[EAST])}


def test_ground_is_cut_as_lines_are(sql: Sql) -> None:
    square = "POLYGON (({0} 43.02, {1} 43.02, {1} 43.04, {0} 43.04, {0} 43.02))"
    sql.run(RECORD, register="redemption", county=WEST, wkt=square.format(125.08, 125.12))
    sql.session("*")
    half = sql.value(AREA, wkt=square.format(125.08, 125.1))
    found = ground(sql, "redemption", dimension=2)
    assert found == {code: pytest.approx(half, rel=1e-6) for code in (WEST, EAST)}


def test_a_past_moment_has_the_records_of_then(sql: Sql) -> None:
    sql.run(RECORD, register="greenway", county=WEST, wkt=ACROSS)
    sql.session("*")
    assert ground(sql, moment="2020-01-01") == {}
    assert ground(sql, moment="2100-01-01") == pytest.approx(ground(sql))
