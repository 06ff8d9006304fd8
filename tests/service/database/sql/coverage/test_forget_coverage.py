"""All figures of a boundary are dropped and all its cells marked, as if it were new."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

ROWS = """
SELECT boundary_id FROM coverage_piece UNION SELECT boundary_id FROM coverage_cell
UNION SELECT boundary_id FROM coverage_district ORDER BY 1
"""


def test_its_figures_go_and_its_cells_are_marked(sql: Sql) -> None:
    sql.plot()
    sql.plot(125.15, county=EAST)
    sql.drain()
    sql.run("SELECT forget_coverage(:id)", id=sql.boundary(WEST))
    assert sql.column(ROWS) == [sql.boundary(EAST)]
    assert sql.marked() == [WEST]


def test_draining_brings_the_figures_back(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    query = "SELECT green_m2 FROM coverage_district WHERE grouping = 'all'"
    before = sql.value(query)
    sql.run("SELECT forget_coverage(:id)", id=sql.boundary())
    sql.drain()
    assert sql.value(query) == before


def test_a_boundary_that_is_not_there_changes_nothing(sql: Sql) -> None:
    sql.run("SELECT forget_coverage(-1)")
    assert sql.marked() == []
