"""The cells of a new boundary are marked: they have no figures yet."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

COUNT = "SELECT count(*) FROM coverage_dirty"


def test_every_cell_of_a_new_boundary_is_marked(sql: Sql) -> None:
    sql.county("220104", wide=0.3)
    assert (sql.marked(), sql.value(COUNT)) == (["220104"], 3)


def test_cells_of_a_boundary_that_moves_are_marked(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET geom = ST_Translate(geom, 1, 0) WHERE code = :c", c=WEST)
    assert sql.marked() == [WEST]


def test_cells_of_a_boundary_that_ended_before_are_not(sql: Sql) -> None:
    sql.run("INSERT INTO district (code, name, level) VALUES ('220104', 'North', 'county')")
    sql.run(
        "INSERT INTO district_boundary (code, geom, source, valid_from, valid_to)"
        " SELECT '220104', geom, 'test', '1990-01-01', '1991-01-01' FROM district_boundary"
        " WHERE code = :code",
        code=WEST,
    )
    assert sql.marked() == []
