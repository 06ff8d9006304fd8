"""Who may import whom: the rooms, and within `service` the arrows that ARCHITECTURE.md draws."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.rooms import (
    cycle,
    drawn_arrows,
    import_cycle,
    imports,
    sources,
    stray_arrows,
    stray_sql,
    stray_web,
)

MAY_IMPORT = {
    "gis": {"gis"},
    "data": {"gis", "data"},
    "maps": {"gis", "maps"},
    "service": {"gis", "data", "maps", "service"},
}

# gis is pure: no web, no database, no file, no clock.
NOT_IN_GIS = {
    "datetime",
    "fastapi",
    "fiona",
    "io",
    "os",
    "pathlib",
    "psycopg",
    "pyogrio",
    "requests",
    "socket",
    "sqlalchemy",
    "subprocess",
    "tempfile",
    "time",
    "urllib",
}
# Times of a track are data that come in, not a clock that is read.
HANDED_IN = {"tracks", "patrols"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_no_room_above_it(room: str) -> None:
    above = set(MAY_IMPORT) - MAY_IMPORT[room]
    assert [str(one) for one in imports(ROOT, room) if one.name.partition(".")[0] in above] == []


def test_gis_knows_no_web_no_database_no_file_and_no_clock() -> None:
    strays = []
    for one in imports(ROOT, "gis"):
        allowed = {"datetime"} if HANDED_IN & set(one.path.with_suffix("").parts) else set()
        if one.path == Path("gis/threads.py"):
            allowed = {"os"}  # how many cores this process may use
        if one.name.partition(".")[0] in NOT_IN_GIS - allowed:
            strays.append(str(one))
    assert strays == []


def test_an_epsg_number_of_ours_is_written_in_gis_crs_only() -> None:
    strays = []
    for room in MAY_IMPORT:
        for path in sources(ROOT, room):
            if path == ROOT / "gis" / "crs.py":
                continue
            strays += [
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant) and node.value in (4490, 4326, 3857)
            ]
    assert strays == []


def test_sql_is_spoken_in_db_and_in_the_rooms_of_the_database_only() -> None:
    assert stray_sql(ROOT) == []


def test_fastapi_is_known_in_api_and_web_only() -> None:
    assert stray_web(ROOT) == []


def test_subjects_import_along_the_arrows_of_the_architecture_only() -> None:
    assert stray_arrows(ROOT) == []


def test_the_arrows_of_the_architecture_lead_nowhere_back() -> None:
    _, subjects = drawn_arrows(ROOT)
    assert cycle(subjects) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert import_cycle(ROOT) == []


class Copy:
    """Our Python sources and the drawing of their arrows, to plant imports in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[Path, str | None] = {}

    def write(self, name: str, text: str) -> None:
        """Write a file, or another text into one."""
        path = self.root / name
        self._before.setdefault(path, path.read_text("utf-8") if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def plant(self, name: str, line: str) -> str:
        """Put a line at the head of a file (a new one, if there is none); answers its place."""
        path = self.root / name
        self.write(name, f"{line}\n{path.read_text('utf-8') if path.exists() else ''}")
        return f"{name}:1"

    def restore(self) -> None:
        """Take back everything that was written."""
        for path, text in self._before.items():
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
        self._before.clear()


@pytest.fixture(scope="module")
def whole_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """One copy for all tests of this file."""
    root = tmp_path_factory.mktemp("rooms")
    for room in MAY_IMPORT:
        for path in sources(ROOT, room):
            to = root / path.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
    shutil.copy(ROOT / "ARCHITECTURE.md", root)
    return Copy(root)


@pytest.fixture
def copy(whole_copy: Copy) -> Iterator[Copy]:
    """The copy as it was made."""
    yield whole_copy
    whole_copy.restore()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("service/plots/planted.py", "from sqlalchemy import select"),
        ("service/plots/api/planted.py", "from sqlalchemy import text"),
        ("service/web/planted.py", "import psycopg"),
        ("service/cli/planted.py", "def f():\n    from geoalchemy2 import Geometry"),
        ("data/planted.py", "import sqlalchemy.orm"),
        ("service/run/planted.py", "def f(connection):\n    connection.exec_driver_sql('VACUUM')"),
    ],
)
def test_planted_sql_is_refused(copy: Copy, name: str, line: str) -> None:
    place = copy.plant(name, line).removesuffix(":1")
    assert [one.partition(":")[0] for one in stray_sql(copy.root)] == [place]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("service/plots/planted.py", "from fastapi import Query"),
        ("service/plots/db/planted.py", "from starlette.requests import Request"),
        ("service/database/planted.py", "import fastapi"),
        ("maps/planted.py", "from fastapi.responses import Response"),
    ],
)
def test_planted_fastapi_is_refused(copy: Copy, name: str, line: str) -> None:
    place = copy.plant(name, line)
    assert [one.partition(" ")[0] for one in stray_web(copy.root)] == [place]


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("service/plots/frames.py", "from service.coverage import rollup", "plots → coverage"),
        ("service/codes/db/codes.py", "import service.patrol.rules.rules", "codes → patrol.rules"),
        ("service/patrol/zones/edit.py", "from service.patrol import duty", "zones → patrol.duty"),
        ("service/web/deps.py", "from service.accounts.db import accounts", "up the ladder"),
        ("service/web/deps.py", "from service import tiles", "web → tiles goes up the ladder"),
        ("service/settings.py", "from service.web.deps import Bbox", "settings → web goes up"),
        ("service/database/migrate.py", "import service.codes.db.codes", "database → codes goes"),
        ("service/tiles/tiles.py", "from service.run import loaders", "tiles → run goes up"),
        (
            "service/app.py",
            "from service.newcomer.api import routes",
            "no arrows are drawn",
        ),
        (
            "service/newcomer/planted.py",
            "import service.errors",
            "no arrows are drawn",
        ),
    ],
)
def test_a_planted_import_against_the_arrows_is_refused(
    copy: Copy, name: str, line: str, said: str
) -> None:
    place = copy.plant(name, line)
    (stray,) = stray_arrows(copy.root)
    assert said in stray
    assert place in stray


def test_an_arrow_that_nobody_imports_along_is_refused(copy: Copy) -> None:
    text = (copy.root / "ARCHITECTURE.md").read_text("utf-8")
    drawn = re.search(r"^codes$", text, re.M)
    assert drawn is not None
    text = f"{text[: drawn.end()]} → districts{text[drawn.end() :]}"
    copy.write("ARCHITECTURE.md", text)
    assert stray_arrows(copy.root) == ["codes → districts is drawn, but nobody imports so"]


def test_planted_circles_are_found(copy: Copy) -> None:
    copy.plant("gis/planted.py", "def f():\n    from gis import planted_too")
    copy.plant("gis/planted_too.py", "from gis.planted import f")
    assert import_cycle(copy.root) == ["gis.planted", "gis.planted_too", "gis.planted"]
