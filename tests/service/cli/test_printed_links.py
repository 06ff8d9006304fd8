"""A printed link names the address of the service that runs on the database, in any folder."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.app import create_app
from service.database.engine import make_engine, sqlalchemy_url
from service.database.location import DatabaseLocation
from service.database.presence import running_address
from service.embedded import Cluster
from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from tests.service.cli.command_line import CommandLine


@contextmanager
def serving(settings: Settings, place: DatabaseLocation) -> Iterator[None]:
    """The service of these settings; where it really listens is of no matter here."""
    server = QuickServer(server_config(create_app(settings, place.service), settings))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()


def wait_until_known(place: DatabaseLocation, address: str | None) -> None:
    """Until the database shows this address, as the service opens and closes its sessions."""
    engine = make_engine(place.service)
    until = time.monotonic() + 60
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while running_address(connection, place) != address:
                assert time.monotonic() < until
                time.sleep(0.02)
    finally:
        engine.dispose()


@pytest.fixture
def place(home: Path, luotu: CommandLine) -> DatabaseLocation:
    """The database of the home, migrated."""
    assert luotu("user", "list").status == 0
    endpoint = Cluster(home).up()
    owner, service = endpoint.url("owner"), endpoint.url("service")
    return DatabaseLocation(sqlalchemy_url(owner), sqlalchemy_url(service))


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        pytest.param({"port": 8102}, "http://127.0.0.1:8102", id="another port"),
        pytest.param({"host": "::1", "port": 8102}, "http://[::1]:8102", id="IPv6"),
        pytest.param({"host": "::"}, "http://[::1]:8000", id="every address"),
        pytest.param({"public_url": "https://a.cn/"}, "https://a.cn", id="behind a proxy"),
        pytest.param({"public_url": "https://绿化.cn"}, "http://127.0.0.1:8000", id="untold"),
    ],
)
def test_a_link_leads_to_the_service_that_runs_and_to_the_usual_port_when_none_does(
    home: Path, luotu: CommandLine, place: DatabaseLocation, given: dict[str, object], printed: str
) -> None:
    name = f"chen{abs(hash(str(given)))}"
    settings = Settings.model_validate({"home": home, **given})
    with serving(settings, place):
        base_url = printed if "绿化" not in str(given) else None
        wait_until_known(
            place, f"{base_url}/" if base_url and base_url.endswith("a.cn") else base_url
        )
        added = luotu("user", "add", name, "--role", "viewer")
        assert added.out.startswith(f"{printed}/#link=")
        assert luotu("user", "link", name).out.startswith(f"{printed}/#link=")
    wait_until_known(place, None)
    assert luotu("user", "link", name).out.startswith("http://127.0.0.1:8000/#link=")


def test_a_public_address_of_the_command_goes_first(
    home: Path, luotu: CommandLine, place: DatabaseLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert luotu("user", "add", "public", "--role", "viewer").status == 0
    settings = Settings(home=home, port=8102)
    monkeypatch.setenv("LUOTU_PUBLIC_URL", "https://trees.example.cn")
    with serving(settings, place):
        wait_until_known(place, "http://127.0.0.1:8102")
        printed = luotu("user", "link", "public").out
    assert printed.startswith("https://trees.example.cn/#link=")
