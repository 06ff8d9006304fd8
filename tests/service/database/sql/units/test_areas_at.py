"""Reporting areas as they stood at a moment, out of the log of areas."""

from typing import Any

import pytest

from tests.service.database.sql.conftest import Sql

AREA = """
INSERT INTO area (code, name, kind, geom)
VALUES ('GX', 'old', 'KFQ', ST_Multi(ST_MakeEnvelope(125.1, 43.1, 125.123456789, 43.2, 4490)))
"""
LOG = """
UPDATE office_change SET at = CAST(:at AS timestamptz)
WHERE id = (SELECT max(id) FROM office_change WHERE what = 'area')
"""
THEN = "SELECT name, area_m2 FROM areas_at(CAST(:at AS timestamptz))"


def change(sql: Sql, statement: str, at: str) -> None:
    """A change of areas, as if it had been made then."""
    sql.run(statement)
    sql.run(LOG, at=at)


def names(sql: Sql, *moments: str) -> list[list[Any]]:
    """Names of the areas at each."""
    return [[row.name for row in sql.rows(THEN, at=at)] for at in moments]


def test_a_moment_has_the_outline_that_held_then_digit_by_digit(sql: Sql) -> None:
    change(sql, AREA, "2026-01-01")
    before_m2 = sql.value("SELECT area_m2 FROM area")
    wider = "ST_Multi(ST_MakeEnvelope(125.1, 43.1, 125.2, 43.2, 4490))"
    change(sql, f"UPDATE area SET name = 'new', geom = {wider}", "2026-02-01")
    assert names(sql, "2026-01-15", "2026-02-15") == [["old"], ["new"]]
    (then,) = sql.rows(THEN, at="2026-01-15")
    assert then.area_m2 == pytest.approx(before_m2, rel=1e-12)


def test_before_it_was_written_an_area_is_as_it_was_written_first(sql: Sql) -> None:
    change(sql, AREA, "2026-01-01")
    change(sql, "UPDATE area SET name = 'new'", "2026-02-01")
    assert names(sql, "2020-01-01") == [["old"]]


def test_an_area_that_was_deleted_since_is_as_it_stood(sql: Sql) -> None:
    change(sql, AREA, "2026-01-01")
    change(sql, "DELETE FROM area", "2026-02-01")
    assert names(sql, "2026-01-15", "2026-02-15") == [["old"], []]
