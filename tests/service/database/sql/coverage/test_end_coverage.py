"""A boundary that ended has no figures; one that holds again is computed anew."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

END = "UPDATE district_boundary SET valid_to = beijing_today() WHERE id = :id"
ROWS = """
SELECT (SELECT count(*) FROM coverage_piece) + (SELECT count(*) FROM coverage_cell)
     + (SELECT count(*) FROM coverage_district)
"""


def test_with_its_end_its_figures_and_marks_go(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.plot(125.07)
    sql.run(END, id=sql.boundary())
    assert (sql.value(ROWS), sql.marked()) == (0, [])


def test_a_boundary_that_holds_again_is_marked(sql: Sql) -> None:
    boundary = sql.boundary()
    sql.run(END, id=boundary)
    sql.run("UPDATE district_boundary SET valid_to = NULL WHERE id = :id", id=boundary)
    assert sql.marked() == [WEST]


def test_another_day_of_its_end_marks_nothing(sql: Sql) -> None:
    boundary = sql.boundary()
    sql.run(END, id=boundary)
    sql.run("UPDATE district_boundary SET valid_to = valid_to + 1 WHERE id = :id", id=boundary)
    assert sql.marked() == []
