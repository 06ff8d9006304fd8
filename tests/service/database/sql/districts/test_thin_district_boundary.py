"""Every boundary has simpler shapes for maps far out, one a scale."""

from tests.service.database.sql.conftest import Sql

SCALES = "SELECT scale FROM district_shape WHERE boundary_id = :id ORDER BY scale"
POINTS = "SELECT scale, ST_NPoints(geom) FROM district_shape WHERE boundary_id = :id ORDER BY scale"
ROUND = """
UPDATE district_boundary
SET geom = ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(125, 43), 4490), 0.5, 500)) WHERE id = :id
"""


def test_a_new_boundary_gets_a_shape_for_each_scale(sql: Sql) -> None:
    assert sql.column(SCALES, id=sql.county()) == [4, 7, 10]


def test_a_boundary_that_moves_gets_others(sql: Sql) -> None:
    boundary = sql.county()
    sql.run(ROUND, id=boundary)
    assert sql.column(SCALES, id=boundary) == [4, 7, 10]
    query = "SELECT min(ST_XMin(geom)) < 124.6 FROM district_shape WHERE boundary_id = :id"
    assert sql.value(query, id=boundary) is True


def test_the_nearer_the_scale_the_more_vertices(sql: Sql) -> None:
    boundary = sql.county()
    sql.run(ROUND, id=boundary)
    points = [row[1] for row in sql.rows(POINTS, id=boundary)]
    assert points == sorted(set(points))


def test_no_vertex_is_further_away_than_half_a_pixel(sql: Sql) -> None:
    boundary = sql.county()
    sql.run(ROUND, id=boundary)
    distances = sql.rows(
        "SELECT ST_HausdorffDistance(b.geom, s.geom) AS degrees, 180 / 256.0 / 2 ^ scale AS most"
        " FROM district_shape s JOIN district_boundary b ON b.id = s.boundary_id WHERE b.id = :id",
        id=boundary,
    )
    assert all(row.degrees <= float(row.most) for row in distances)
