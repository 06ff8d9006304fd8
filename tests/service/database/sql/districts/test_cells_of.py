"""A boundary is cut into cells of at most 64 vertices and 0.11° to a side, without loss."""

import pytest

from tests.service.database.sql.conftest import Sql

CELLS = """
SELECT ST_NPoints(cell) AS points, ST_XMax(cell) - ST_XMin(cell) AS wide,
       ST_YMax(cell) - ST_YMin(cell) AS tall, ST_SRID(cell) AS srid, GeometryType(cell) AS type
FROM cells_of(CAST(:shape AS geometry)) cell
"""
# How much a boundary and its cells differ, and by how much cells overlap, square degrees.
DIFFERENCE = """
SELECT ST_Area(ST_SymDifference(CAST(:shape AS geometry), ST_Union(cell))) AS beside,
       sum(ST_Area(cell)) - ST_Area(ST_Union(cell)) AS twice
FROM cells_of(CAST(:shape AS geometry)) cell
"""
SMALL = "SRID=4490;POLYGON((125 43,125.1 43,125.1 43.1,125 43.1,125 43))"
LARGE = "SRID=4490;POLYGON((125 43,125.5 43,125.5 43.3,125 43.3,125 43))"
HOLED = (
    "SRID=4490;MULTIPOLYGON(((125 43,125.3 43,125.3 43.3,125 43.3,125 43),"
    "(125.05 43.05,125.05 43.2,125.2 43.2,125.05 43.05)),((126 43,126.01 43,126 43.01,126 43)))"
)


def test_a_small_boundary_is_one_cell(sql: Sql) -> None:
    assert len(sql.rows(CELLS, shape=SMALL)) == 1


def test_a_large_one_is_cut_into_columns_and_rows(sql: Sql) -> None:
    assert len(sql.rows(CELLS, shape=LARGE)) == 15


def test_a_round_one_has_cells_of_few_vertices(sql: Sql) -> None:
    circle = sql.value(
        "SELECT ST_AsEWKT(ST_Buffer(ST_SetSRID(ST_MakePoint(125, 43), 4490), 0.1, 200))"
    )
    cells = sql.rows(CELLS, shape=circle)
    assert max(cell.points for cell in cells) <= 65  # the first vertex is repeated at the end
    assert max(max(cell.wide, cell.tall) for cell in cells) <= 0.11


@pytest.mark.parametrize("shape", [SMALL, LARGE, HOLED])
def test_cells_cover_the_boundary_once(sql: Sql, shape: str) -> None:
    (row,) = sql.rows(DIFFERENCE, shape=shape)
    assert (row.beside, row.twice) == (pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12))


def test_cells_are_polygons_in_the_same_reference_system(sql: Sql) -> None:
    assert {(cell.type, cell.srid) for cell in sql.rows(CELLS, shape=HOLED)} == {("POLYGON", 4490)}


@pytest.mark.parametrize("shape", [None, "SRID=4490;POLYGON EMPTY"])
def test_nothing_has_no_cells(sql: Sql, shape: str | None) -> None:
    assert sql.rows(CELLS, shape=shape) == []
