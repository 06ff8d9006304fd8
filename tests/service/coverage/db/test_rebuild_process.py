"""The process beside a rebuild computes what is marked, and ends with whoever began it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from service.coverage.db.queue import waiting
from service.coverage.db.rebuild_process import rebuild_all
from service.coverage.db.verify import boundaries, forget
from service.embedded import Endpoint
from service.run.coverage_worker import settle
from tests.service.conftest import Database, new_database
from tests.service.coverage.db.test_coverage_machine import ROUND, two_counties
from tests.service.coverage.db.test_coverage_proof import wrong
from tests.service.coverage.db.test_queue import plant
from tests.waiting import until

WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'coverage_dirty'::regclass
"""


@pytest.fixture(scope="module")
def marked(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """Plots in two counties, of which nothing is computed."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            two_counties(connection)
            for n in range(20):
                plant(connection, 127.0 + 0.0007 * n, 44.0, size=0.001, county=ROUND)
                plant(connection, 125.05 + 0.0015 * n, 43.05, size=0.002)
        settle(database.service)
        yield database


@pytest.fixture(autouse=True)
def _unknown(marked: Database) -> None:
    for number, _code in boundaries(marked.owner):
        forget(marked.owner, number)


@contextmanager
def beside(database: Database) -> Iterator["subprocess.Popen[bytes]"]:
    """The process, told where the database is."""
    command = [sys.executable, "-P", "-m", "service.coverage.db.rebuild_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0) as child:
        assert child.stdin is not None
        address = database.owner.url.render_as_string(hide_password=False)
        child.stdin.write(f"{address}\n".encode())
        yield child
        child.terminate()


def test_the_process_beside_computes_what_is_marked(marked: Database) -> None:
    with beside(marked) as child:
        assert child.wait(60) == 0
    assert waiting(marked.service) == (0, None)
    assert wrong(marked) == []


def test_the_process_beside_ends_with_its_parent_and_leaves_the_marks(marked: Database) -> None:
    cells = waiting(marked.service)[0]
    with marked.owner.begin() as holder:
        holder.execute(text("LOCK TABLE coverage_dirty IN ACCESS EXCLUSIVE MODE"))
        with beside(marked) as child:
            until(lambda: marked.scalar(WAITING))
            assert child.stdin is not None
            child.stdin.close()
            assert child.wait(60) == 1
    assert waiting(marked.service)[0] == cells > 0


def test_both_compute_each_cell_once_and_none_wrong(marked: Database) -> None:
    rebuild_all(marked.owner)
    assert waiting(marked.service) == (0, None)
    assert wrong(marked) == []


def test_what_a_process_that_cannot_start_would_do_is_done_here(
    marked: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))
    rebuild_all(marked.owner)
    assert waiting(marked.service) == (0, None)
    assert wrong(marked) == []
