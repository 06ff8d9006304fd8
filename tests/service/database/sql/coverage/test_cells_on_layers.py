"""Cells that share a point with the ground of versions of layers."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = "SELECT cell_id FROM cells_on_layers(CAST(:versions AS bigint[])) ORDER BY cell_id"


def test_each_cell_is_named_once(sql: Sql) -> None:
    version = sql.layer()
    for west in (125.05, 125.06, 125.0995):
        sql.layer_feature(version, west)
    assert sql.column(QUERY, versions=[version]) == sorted([sql.cell(WEST), sql.cell(EAST)])


def test_cells_of_a_boundary_that_ended_are_not(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version)
    sql.run("UPDATE district_boundary SET valid_to = '2026-01-01' WHERE code = :code", code=WEST)
    assert sql.column(QUERY, versions=[version]) == []


def test_no_version_has_no_cell(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    assert sql.column(QUERY, versions=None) == []
    assert sql.column(QUERY, versions=[]) == []
