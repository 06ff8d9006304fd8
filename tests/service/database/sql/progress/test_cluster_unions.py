"""Area of the union of what some plots of a cluster have in a cell."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT ground_m2 FROM cluster_unions(CAST(:cells AS bigint[]), CAST(:members AS text[]), NULL)
"""


def test_ground_that_two_share_counts_once(sql: Sql) -> None:
    first, second = sql.plot(125.05), sql.plot(125.0506)
    sql.session(WEST)
    (area,) = sql.column(QUERY, cells=[sql.cell()], members=[f"{{{first},{second}}}"])
    assert area == pytest.approx(sql.area_m2(0.0016, 0.001), rel=1e-6)


def test_a_cell_beyond_the_scope_has_no_row(sql: Sql) -> None:
    number, cell = sql.plot(), sql.cell()
    sql.session(EAST)
    assert sql.column(QUERY, cells=[cell], members=[f"{{{number}}}"]) == []
