"""Features of layers are cut into polygons of at most 64 vertices, without loss."""

import pytest

from tests.service.database.sql.conftest import Sql

ROUND = """
INSERT INTO layer_feature (version_id, geom)
SELECT :version, ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(125.05, 43.05), 4490), 0.01, 200))
"""
DIFFERENCE = """
SELECT ST_Area(ST_SymDifference(f.geom, (SELECT ST_Union(c.geom) FROM layer_cell c
                                         WHERE c.feature_id = f.id)))
FROM layer_feature f
"""


def test_a_small_feature_is_one_cell_of_its_version(sql: Sql) -> None:
    version = sql.layer()
    feature = sql.layer_feature(version)
    cells = sql.rows("SELECT feature_id, version_id FROM layer_cell")
    assert [tuple(cell) for cell in cells] == [(feature, version)]


def test_a_round_one_has_cells_of_few_vertices(sql: Sql) -> None:
    sql.run(ROUND, version=sql.layer())
    assert max(sql.column("SELECT ST_NPoints(geom) FROM layer_cell")) <= 65


def test_cells_cover_the_feature(sql: Sql) -> None:
    sql.run(ROUND, version=sql.layer())
    assert sql.value(DIFFERENCE) == pytest.approx(0, abs=1e-12)


def test_cells_go_with_their_version(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version)
    sql.run("DELETE FROM layer_version WHERE id = :id", id=version)
    assert sql.value("SELECT count(*) FROM layer_cell") == 0


def test_the_service_makes_cells_only_through_features(sql: Sql) -> None:
    version = sql.layer()
    sql.session("*")
    sql.layer_feature(version)
    assert sql.value("SELECT count(*) FROM layer_cell") == 1
    assert not sql.value("SELECT has_table_privilege('luotu_service', 'layer_cell', 'INSERT')")
