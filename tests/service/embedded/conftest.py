"""One cluster is made for all tests of this folder; each module works on a copy of it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.embedded import Cluster, Endpoint

_MEMORY = Path("/dev/shm")
_NEEDED_BYTES = 2**30


@pytest.fixture(scope="session")
def room() -> Iterator[Path]:
    """A folder with a short path that every user can enter, unlike ``tmp_path``; in memory."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _NEEDED_BYTES
    folder = Path(tempfile.mkdtemp(prefix="luotu-test-", dir=_MEMORY if roomy else None))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(room: Path) -> Path:
    """A home with a stopped cluster: never start it, copy it."""
    home = room / "template"
    with Cluster(home).running():
        pass
    return home


@pytest.fixture(scope="module")
def shared_home(room: Path, template: Path) -> Iterator[Path]:
    """A copy for the tests of one module."""
    home = room / "home"
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
def bare_home(room: Path) -> Iterator[Path]:
    """A home where nothing is yet."""
    home = room / "bare"
    yield home
    _remove(home)


@pytest.fixture(scope="module")
def endpoint(room: Path, template: Path) -> Iterator[Endpoint]:
    """A running cluster beside ``home``, for questions."""
    home = room / "running"
    _copy(template, home)
    with Cluster(home).running() as running:
        yield running
    _remove(home)


def _copy(template: Path, home: Path) -> None:
    subprocess.run(["cp", "-a", str(template), str(home)], check=True)


def _remove(home: Path) -> None:
    Cluster(home).erase()
    shutil.rmtree(home)
