"""The wheel is the whole product: pages, maps, migrations and lists, without Node or a checkout."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
_ASK: Final = """
from pathlib import Path
import maps, service
from maps.assets import body, scripts, styles
from service.database.revision import head
from service.database.sql_library import in_force
from service.web import page_routes
print(Path(maps.__file__).parents[1], Path(service.__file__).parents[1])
print([len(part) > 200 for part in (*scripts(), *styles(), body())])
print([(page_routes.SWAGGER / name).is_file() for name in page_routes.SWAGGER_PARTS])
print((page_routes.WORKSPACE / "index.html").is_file(), head())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("luotu-*.whl")
    return built


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_unpacked_alone_it_finds_every_part_inside_itself(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "alone")
    answer = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "alone")},
        check=True,
        capture_output=True,
        text=True,
    )
    head = max(path.name[:4] for path in (ROOT / "service/database/migrations/versions").glob("0*"))
    alone = tmp_path / "alone"
    assert answer.stdout.splitlines() == [
        f"{alone} {alone}",
        str([True] * 7),
        str([True, True]),
        f"True {head}",
    ]


def test_it_holds_no_source_of_the_clients_and_no_tests(wheel: Path) -> None:
    unwanted = re.compile(
        r"\.(ts|vue|map)$|node_modules|/src/|package(-lock)?\.json|^tests/|config"
    )
    assert [name for name in _names(wheel) if unwanted.search(name)] == [
        "service/run/uvicorn_config.py"
    ]


def test_every_file_of_the_rooms_that_git_keeps_and_python_reads_is_inside(wheel: Path) -> None:
    kept = subprocess.run(
        ["git", "ls-files", "gis", "data", "maps", "service"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    read = {name for name in kept if re.search(r"\.(py|sql|part|csv|json|mako|svg|html)$", name)}
    clients = ("maps/workspace/", "/package.json", "/package-lock.json", "tsconfig")
    left = sorted(read - set(_names(wheel)))
    assert [name for name in left if not any(part in name for part in clients)] == []


def test_whose_parts_are_inside_is_told_with_their_terms(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        notices = archive.read("service/static/third-party.txt").decode()
    for name in ("vue 3", "ol 10", "element-plus 2", "leaflet 1", "proj4 2", "swagger-ui-dist 5"):
        assert re.search(rf"^{name}[\d.]+ \([^)]+\)$", notices, re.MULTILINE), name
    parts = re.split(r"^=+\n(.+)\n=+\n", notices, flags=re.MULTILINE)[1:]
    short = [
        title for title, terms in zip(parts[::2], parts[1::2], strict=True) if len(terms) < 400
    ]
    assert short == []
