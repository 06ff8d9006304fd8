"""Cells of ground are locked until the end of the transaction, alone or together with others."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tests.service.database.sql.conftest import Sql

TAKE = "SELECT take_ground(CAST(:keys AS bigint[]), CAST(:alone AS boolean[]), :wait_ms)"
HELD = """
SELECT objid::bigint AS key, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'advisory' ORDER BY objid
"""


def take(sql: Sql, *keys: int, alone: bool = True, wait_ms: int = 50) -> None:
    """Lock cells, all alone or all shared."""
    sql.run(TAKE, keys=list(keys), alone=[alone] * len(keys), wait_ms=wait_ms)


def test_cells_are_held_until_the_end_of_the_transaction(sql: Sql) -> None:
    sql.as_service()
    sql.run(TAKE, keys=[5, 7], alone=[True, False], wait_ms=50)
    assert sql.rows(HELD) == [(5, "ExclusiveLock"), (7, "ShareLock")]


def test_no_cells_are_no_locks(sql: Sql) -> None:
    take(sql)
    assert sql.rows(HELD) == []


def test_two_who_share_a_cell_do_not_wait(sql: Sql, drained: Engine) -> None:
    take(sql, 5, alone=False)
    with drained.connect() as connection:
        take(Sql(connection), 5, alone=False)


@pytest.mark.parametrize("alone", [True, False])
def test_who_meets_somebody_alone_is_refused_after_the_wait(
    sql: Sql, drained: Engine, alone: bool
) -> None:
    take(sql, 5)
    with (
        drained.connect() as connection,
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        take(Sql(connection), 5, alone=alone)


def test_the_wait_for_other_locks_is_as_before(sql: Sql) -> None:
    sql.run("SET LOCAL lock_timeout = '1234ms'")
    take(sql, 5)
    assert sql.value("SHOW lock_timeout") == "1234ms"
