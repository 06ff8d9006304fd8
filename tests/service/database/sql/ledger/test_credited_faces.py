"""Ground of several plots cut into faces, the holder first."""

import pytest

from tests.service.database.sql.conftest import Sql

FACES = """
SELECT f.holders, f.area_m2
FROM (SELECT array_agg(plot_id ORDER BY plot_id) AS plots, array_agg(geom ORDER BY plot_id) AS parts
      FROM plot_version WHERE slot = 'approved') given
CROSS JOIN LATERAL credited_faces(given.plots, given.parts) f
ORDER BY f.holders
"""
EARLIER = "UPDATE plot_history SET valid_from = valid_from - interval '1 year' WHERE plot_id = :id"


def test_three_plots_share_out_their_ground(sql: Sql) -> None:
    first = sql.plot(125.05, wide=0.002)
    second = sql.plot(125.051, wide=0.002)
    third = sql.plot(125.0505, wide=0.002)
    faces = {tuple(row.holders): row.area_m2 for row in sql.rows(FACES)}
    assert set(faces) == {
        (first,),
        (first, third),
        (first, second, third),
        (second, third),
        (second,),
    }
    union = sql.value("SELECT ST_Area(ST_Union(geom)::geography) FROM plot_version")
    assert sum(faces.values()) == pytest.approx(union, rel=1e-6)


def test_who_was_approved_earlier_holds(sql: Sql) -> None:
    first, second = sql.plot(125.05), sql.plot(125.05)
    assert [row.holders for row in sql.rows(FACES)] == [[first, second]]
    sql.run(EARLIER, id=second)
    assert [row.holders for row in sql.rows(FACES)] == [[second, first]]


def test_holes_are_nobodys(sql: Sql) -> None:
    number = sql.plot(125.05, wide=0.003, tall=0.003)
    sql.run("""
        UPDATE plot_version SET geom = ST_Multi(ST_Difference(
            geom, ST_MakeEnvelope(125.051, 43.051, 125.052, 43.052, 4490)))
    """)
    assert [row.holders for row in sql.rows(FACES)] == [[number]]
