"""What was killed comes back by itself, with every row that was acknowledged."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from service.embedded import Cluster, Endpoint
from service.embedded.os_account import account_for
from tests.service.embedded.actors import (
    USER,
    act,
    alive,
    ask,
    connect,
    killed,
    leave,
    line,
    slay,
)
from tests.waiting import until


def _postmaster(home: Path) -> int:
    pid = Cluster(home).status().pid
    assert pid is not None
    return pid


def _write(endpoint: Endpoint, acknowledged: list[int]) -> None:
    try:
        with connect(endpoint, "owner") as connection:
            for number in range(1_000_000):
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged.append(number)
    except psycopg.OperationalError:
        return


@pytest.fixture
def sleeper(home: Path) -> Iterator[int]:
    """A living process of the cluster's own user that is no PostgreSQL."""
    account = account_for(home / "postgres" / "data")
    process = subprocess.Popen(["sleep", "60"], user=account.uid if account.switched else None)
    yield process.pid
    process.kill()
    process.wait()


def test_every_acknowledged_row_outlives_a_killed_postmaster(home: Path) -> None:
    acknowledged: list[int] = []
    cluster = Cluster(home)
    with cluster.running() as endpoint:
        ask(endpoint, "CREATE TABLE kept (number int)", "owner")
        writers = [threading.Thread(target=_write, args=(endpoint, acknowledged))]
        for writer in writers:
            writer.start()
        until(lambda: len(acknowledged) > 200)
        slay(_postmaster(home))
        for writer in writers:
            writer.join()
        cluster.ensure()
        with cluster.running() as again:
            rows = ask(again, "SELECT number FROM kept", "owner")
    assert set(acknowledged) <= {number for (number,) in rows}


def test_it_comes_back_when_everything_was_killed(home: Path) -> None:
    user = act(USER, home)
    postmaster = int(line(user))
    killed(user)
    slay(postmaster)
    with Cluster(home).running() as endpoint:
        assert ask(endpoint, "SELECT 1") == [(1,)]


def test_a_long_computation_does_not_keep_a_killed_server_from_its_return(home: Path) -> None:
    with Cluster(home).running() as endpoint:
        busy = threading.Thread(target=_compute, args=(endpoint,))
        busy.start()
        until(lambda: ask(endpoint, "SELECT 1 FROM pg_stat_activity WHERE query ~ 'sum.a'"))
        slay(_postmaster(home))
        with Cluster(home).running() as again:
            assert ask(again, "SELECT 1") == [(1,)]
        busy.join()


def _compute(endpoint: Endpoint) -> None:
    with pytest.raises(psycopg.OperationalError):
        ask(endpoint, "SELECT sum(a) FROM generate_series(1, 1000000000) a")


def test_ensure_starts_a_server_that_died_in_use(home: Path) -> None:
    cluster = Cluster(home)
    with cluster.running() as endpoint:
        first = _postmaster(home)
        slay(first)
        cluster.ensure()
        assert ask(endpoint, "SELECT 1") == [(1,)]
        assert _postmaster(home) != first


def test_ensure_leaves_a_living_server_alone(home: Path) -> None:
    cluster = Cluster(home)
    with cluster.running():
        first = _postmaster(home)
        cluster.ensure()
        assert _postmaster(home) == first


def test_ensure_starts_nothing_that_nobody_uses(home: Path) -> None:
    Cluster(home).ensure()
    assert not Cluster(home).status().running


def _stale(home: Path, pid: int) -> Path:
    """Kill everything and let ``postmaster.pid`` name somebody else."""
    user = act(USER, home)
    postmaster = int(line(user))
    killed(user)
    slay(postmaster)
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(f"{postmaster}\n", f"{pid}\n", 1))
    for lock in (home / "postgres" / "run").glob("*.lock"):
        lock.write_text(lock.read_text().replace(f"{postmaster}\n", f"{pid}\n", 1))
    return pid_file


def test_a_pid_file_that_names_another_program_is_stale(home: Path, sleeper: int) -> None:
    _stale(home, sleeper)
    with Cluster(home).running() as endpoint:
        assert ask(endpoint, "SELECT 1") == [(1,)]
    assert alive(sleeper)


def test_a_pid_file_that_names_another_server_is_stale(home: Path, endpoint: Endpoint) -> None:
    other = _postmaster(endpoint.data_dir.parents[1])
    _stale(home, other)
    assert not Cluster(home).down()
    with Cluster(home).running() as mine:
        assert ask(mine, "SHOW data_directory", "admin") == [(str(mine.data_dir),)]
    assert alive(other)


def test_a_folder_that_was_copied_from_a_dead_machine_starts(home: Path) -> None:
    _stale(home, 2**22 + 1)
    user = act(USER, home)
    line(user)
    leave(user)
    assert not Cluster(home).status().running
