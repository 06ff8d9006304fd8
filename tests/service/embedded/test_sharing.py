"""Several users of one cluster: the first starts it, the last stops it."""

import os
import signal
from pathlib import Path

from service.embedded import Cluster
from tests.service.embedded.actors import USER, act, alive, ask, killed, leave, line
from tests.waiting import until

INTERRUPTED = """
import signal, sys, time
from pathlib import Path
from service.embedded import Cluster
signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite behind "&" ignores it
cluster = Cluster(Path(sys.argv[1]))
try:
    with cluster.running():
        try:
            print(cluster.status().pid, flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            time.sleep(0.3)
            print(cluster.status().running, flush=True)
            raise
except KeyboardInterrupt:
    print(cluster.status().running, flush=True)
"""


def test_two_that_come_at_once_to_an_empty_home_share_one_cluster(bare_home: Path) -> None:
    users = [act(USER, bare_home) for _ in range(2)]
    assert len({line(user) for user in users}) == 1
    for user in users:
        leave(user)
    assert not Cluster(bare_home).status().running


def test_the_last_one_out_stops_it(home: Path) -> None:
    cluster = Cluster(home)
    with cluster.running():
        with cluster.running():
            pass
        assert cluster.status().running
    assert not cluster.status().running


def test_nothing_of_a_stopped_server_is_left(home: Path) -> None:
    cluster = Cluster(home)
    with cluster.running() as endpoint:
        postmaster = cluster.status().pid
        children = "SELECT pid FROM pg_stat_activity WHERE backend_type <> 'client backend'"
        processes = [pid for (pid,) in ask(endpoint, children, "admin")]
    assert not [pid for pid in [postmaster, *processes] if pid and alive(pid)]
    assert not list(endpoint.host.iterdir())


def test_a_killed_user_does_not_count(home: Path) -> None:
    user = act(USER, home)
    postmaster = int(line(user))
    cluster = Cluster(home)
    with cluster.running():
        assert cluster.status().pid == postmaster
        killed(user)
    assert not cluster.status().running


def test_status_names_those_who_use_it(home: Path) -> None:
    user = act(USER, home)
    line(user)
    assert Cluster(home).status().users == (user.pid,)
    leave(user)


def test_up_keeps_it_running_after_its_users(home: Path) -> None:
    cluster = Cluster(home)
    cluster.up()
    with cluster.running():
        pass
    assert cluster.status().running
    assert cluster.status().kept_up


def test_down_says_whether_it_ran(home: Path) -> None:
    cluster = Cluster(home)
    cluster.up()
    assert [cluster.down(), cluster.down()] == [True, False]


def test_down_of_nothing_makes_nothing(bare_home: Path) -> None:
    assert not Cluster(bare_home).down()
    assert not bare_home.exists()
    bare_home.mkdir()


def test_down_is_stronger_than_the_watchdog_of_a_user(home: Path) -> None:
    cluster = Cluster(home)
    with cluster.running():
        Cluster(home).down()
        cluster.ensure()
        assert not cluster.status().running


def test_whoever_needs_it_starts_it_after_down(home: Path) -> None:
    cluster = Cluster(home)
    with cluster.running():
        cluster.down()
        with cluster.running() as endpoint:
            assert ask(endpoint, "SELECT 1") == [(1,)]
        assert cluster.status().running


def test_ctrl_c_reaches_the_user_and_not_the_server(home: Path) -> None:
    user = act(INTERRUPTED, home)
    line(user)
    os.killpg(user.pid, signal.SIGINT)
    assert leave(user) == "True\nFalse"


def test_ctrl_c_while_it_starts_leaves_no_server(home: Path) -> None:
    user = act(INTERRUPTED, home)
    until((home / "postgres" / "data" / "postmaster.pid").exists)
    os.killpg(user.pid, signal.SIGINT)
    user.communicate(timeout=180)
    assert not Cluster(home).status().running
