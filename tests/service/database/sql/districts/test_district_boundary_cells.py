"""Cells are made with the boundary of a county, and made anew when it moves."""

import pytest

from tests.service.conftest import CITY, WEST
from tests.service.database.sql.conftest import Sql

CELLS = "SELECT id FROM district_cell WHERE boundary_id = :id ORDER BY id"


def test_a_new_boundary_is_cut_into_cells(sql: Sql) -> None:
    assert len(sql.column(CELLS, id=sql.county(wide=0.3))) == 3


def test_cells_bear_the_code_of_their_district(sql: Sql) -> None:
    boundary = sql.county("220104")
    query = "SELECT DISTINCT code FROM district_cell WHERE boundary_id = :id"
    assert sql.column(query, id=boundary) == ["220104"]


@pytest.mark.parametrize("code", [CITY, "220000"])
def test_cities_and_provinces_have_none(sql: Sql, code: str) -> None:
    assert sql.column(CELLS, id=sql.boundary(code)) == []


def test_a_boundary_that_moves_gets_other_cells(sql: Sql) -> None:
    before = sql.cell()
    sql.run("UPDATE district_boundary SET geom = ST_Translate(geom, 1, 0) WHERE code = :c", c=WEST)
    assert sql.cell() != before
    assert sql.value("SELECT ST_XMin(geom) FROM district_cell WHERE id = :id", id=sql.cell()) == 126


def test_a_boundary_that_keeps_its_shape_keeps_its_cells(sql: Sql) -> None:
    before = sql.cell()
    sql.run("UPDATE district_boundary SET source = 'other' WHERE code = :c", c=WEST)
    assert sql.cell() == before
