"""The proof finds what is wrong and mends it; a crash in the middle leaves nothing wrong."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.coverage.db.queue import waiting
from service.coverage.db.verify import boundaries, faults, forget
from service.districts.db.districts import store_districts
from service.embedded import Cluster, Endpoint
from service.run.coverage_worker import settle
from tests.service.conftest import (
    EAST,
    WEST,
    Database,
    district_frame,
    mortal_database,
    new_database,
)
from tests.service.coverage.db.test_queue import as_dict, live, plant


def wrong(database: Database) -> list[str]:
    """Everything that the proof finds, in words."""
    return [
        fault.text("en")
        for number, code in boundaries(database.owner)
        for fault in faults(database.owner, number, code)
    ]


@pytest.fixture
def planted(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """Some plots on each other, all drained."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            for n in range(6):
                plant(connection, 125.05 + n * 0.0015, kind=("RGZL", "G11")[n % 2])
            plant(connection, 125.0995)
        settle(database.service)
        yield database


def test_what_is_drained_is_right(planted: Database) -> None:
    assert wrong(planted) == []


@pytest.mark.parametrize(
    ("harm", "where"),
    [
        ("UPDATE coverage_piece SET area_m2 = area_m2 + 1 WHERE plot_id = 1", "piece"),
        ("DELETE FROM coverage_piece WHERE plot_id = 1", "piece"),
        ("UPDATE coverage_cell SET green_m2 = green_m2 * (1 + 1e-8)", "cell"),
        ("UPDATE coverage_district SET sum_m2 = sum_m2 * (1 + 1e-8)", "district"),
        ("UPDATE coverage_district SET plot_count = plot_count + 1", "district"),
    ],
)
def test_a_figure_that_was_tampered_with_is_found_and_mended(
    planted: Database, harm: str, where: str
) -> None:
    before = as_dict(live(planted.service))
    with planted.owner.begin() as connection:
        connection.execute(text(harm))
    faults_found = wrong(planted)
    assert faults_found
    assert any(f" {where} " in fault for fault in faults_found)
    for number, code in boundaries(planted.owner):
        if list(faults(planted.owner, number, code)):
            forget(planted.owner, number)
    settle(planted.service)
    assert wrong(planted) == []
    assert as_dict(live(planted.service)) == before


def test_a_plot_that_no_trigger_saw_is_found(planted: Database) -> None:
    with planted.owner.begin() as connection:
        connection.execute(text("ALTER TABLE plot_version DISABLE TRIGGER USER"))
        connection.execute(text("ALTER TABLE plot_version ENABLE TRIGGER plot_version_measured"))
        plant(connection, 125.15, county=EAST)
        connection.execute(text("ALTER TABLE plot_version ENABLE TRIGGER USER"))
    assert any(fault.startswith(EAST) for fault in wrong(planted))


def test_after_a_kill_in_the_middle_of_writes_nothing_is_wrong(migrated_home: Path) -> None:
    with mortal_database(migrated_home) as (cluster, database):
        written = killed_while_writing(cluster, database)
        cluster.up()
        assert database.scalar("SELECT count(*) FROM plot_version") >= written > 0
        before = as_dict(live(database.service))
        settle(database.service)
        after = as_dict(live(database.service))
        assert after[WEST, None] == pytest.approx(before[WEST, None], rel=1e-9)
        assert waiting(database.service) == (0, None)
        assert wrong(database) == []


def killed_while_writing(
    cluster: Cluster, database: Database, plots: int = 400, seconds: float = 10.0
) -> int:
    """Writers and drainers at work, and then PostgreSQL is gone; how many plots were committed."""
    over = threading.Event()
    committed = [0, 0]

    def write(n: int) -> None:
        with suppress(DBAPIError):
            while not over.is_set():
                with database.owner.begin() as connection:
                    x, y = committed[n] % 40, committed[n] // 40 % 40
                    plant(connection, 125.001 + 0.002 * x, 43.001 + 0.002 * y + 0.0007 * n)
                committed[n] += 1

    def drained() -> None:
        with suppress(DBAPIError):
            while not over.is_set():
                settle(database.service)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(2)]
    threads.append(threading.Thread(target=drained))
    for thread in threads:
        thread.start()
    last = time.monotonic() + seconds
    while sum(committed) < plots and time.monotonic() < last:
        time.sleep(0.01)
    pid = cluster.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    over.set()
    for thread in threads:
        thread.join()
    return sum(committed)


@pytest.mark.parametrize("identity", ["", "RESTART IDENTITY"])
def test_districts_that_were_truncated_and_come_again_have_their_figures_once(
    planted: Database, identity: str
) -> None:
    before = as_dict(live(planted.service))
    with planted.owner.begin() as connection:
        connection.execute(text(f"TRUNCATE district_boundary {identity} CASCADE"))
    with planted.owner.begin() as connection:
        store_districts(connection, district_frame())
    settle(planted.service)
    assert wrong(planted) == []
    assert as_dict(live(planted.service)) == before
    left = "SELECT count(*) FROM coverage_district f LEFT JOIN district_boundary b"
    assert planted.scalar(f"{left} ON b.id = f.boundary_id WHERE b.id IS NULL") == 0
