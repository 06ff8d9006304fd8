"""The embedded PostGIS is started before whoever needs it asks."""

from contextlib import suppress
from pathlib import Path

from service.cli.ahead import database_ahead
from service.embedded import Cluster
from service.settings import Settings
from tests.waiting import until


def test_a_cluster_that_is_there_runs_before_anybody_opens_it(home: Path) -> None:
    with database_ahead(Settings(home=home)) as opened:
        until(lambda: Cluster(home).status().running)
        opened()
        until(lambda: not Cluster(home).status().running)


def test_the_next_user_has_the_same_server(home: Path) -> None:
    with database_ahead(Settings(home=home)) as opened, Cluster(home).running(make=False):
        opened()
        assert Cluster(home).status().running
    assert not Cluster(home).status().running


def test_none_is_made(bare_home: Path) -> None:
    with database_ahead(Settings(home=bare_home)):
        pass
    assert not bare_home.exists()


def test_nothing_is_left_when_the_start_is_broken_off(home: Path) -> None:
    with suppress(SystemExit), database_ahead(Settings(home=home)):
        until(lambda: Cluster(home).status().running)
        raise SystemExit(143)
    assert not Cluster(home).status().running
