"""A boundary becomes visible only after the writers that have not seen it."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

# What commits of boundaries and writers of plots stand in each other's way with.
LOCKED = """
SELECT count(*) FROM pg_locks
WHERE pid = pg_backend_pid() AND relation = 'plot_version'::regclass AND mode = 'ShareLock'
"""


def test_at_its_commit_a_new_boundary_locks_the_plots(sql: Sql) -> None:
    sql.county()
    assert sql.value(LOCKED) == 0
    sql.run("SET CONSTRAINTS ALL IMMEDIATE")
    assert sql.value(LOCKED) == 1


def test_a_boundary_that_moves_locks_the_plots(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET geom = ST_Translate(geom, 1, 0) WHERE code = :c", c=WEST)
    sql.run("SET CONSTRAINTS ALL IMMEDIATE")
    assert sql.value(LOCKED) == 1


def test_a_boundary_that_ends_waits_too_for_shares_beside_it_change(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() WHERE code = :c", c=WEST)
    assert sql.value(LOCKED) == 0
    sql.run("SET CONSTRAINTS ALL IMMEDIATE")
    assert sql.value(LOCKED) == 1
