"""One cluster is made for all tests of this folder; each module works on a copy of it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.embedded import Cluster, Endpoint


@pytest.fixture(scope="session")
def template(open_folder: Path) -> Path:
    """A home with a stopped cluster: never start it, copy it."""
    home = open_folder / "template"
    with Cluster(home).running():
        pass
    return home


@pytest.fixture(scope="module")
def shared_home(open_folder: Path, template: Path) -> Iterator[Path]:
    """A copy for the tests of one module."""
    home = open_folder / "home"
    _copy(template, home)
    yield home
    _remove(home)


@pytest.fixture
def home(shared_home: Path) -> Iterator[Path]:
    """A home with a stopped cluster; a test puts back what it bends."""
    yield shared_home
    Cluster(shared_home).down()
    (shared_home / "cluster.wish").unlink(missing_ok=True)


@pytest.fixture
def bare_home(open_folder: Path) -> Iterator[Path]:
    """A home where nothing is yet."""
    home = open_folder / "bare"
    yield home
    _remove(home)


@pytest.fixture(scope="module")
def endpoint(open_folder: Path, template: Path) -> Iterator[Endpoint]:
    """A running cluster beside ``home``, for questions."""
    home = open_folder / "running"
    _copy(template, home)
    with Cluster(home).running() as running:
        yield running
    _remove(home)


def _copy(template: Path, home: Path) -> None:
    subprocess.run(["cp", "-a", str(template), str(home)], check=True)


def _remove(home: Path) -> None:
    Cluster(home).erase()
    shutil.rmtree(home)
