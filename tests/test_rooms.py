"""The arrows between the rooms: gis ← data ← service, gis ← maps ← service, and nothing else."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

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


def sources(room: str) -> list[Path]:
    """Our Python files of a room."""
    return [one for one in (ROOT / room).rglob("*.py") if "node_modules" not in one.parts]


def imported(path: Path) -> set[str]:
    """First words of everything that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_no_room_above_it(room: str) -> None:
    strays = {
        str(path.relative_to(ROOT)): sorted(imported(path) & (set(MAY_IMPORT) - MAY_IMPORT[room]))
        for path in sources(room)
    }
    assert {path: names for path, names in strays.items() if names} == {}


def test_gis_knows_no_web_no_database_no_file_and_no_clock() -> None:
    strays = {}
    for path in sources("gis"):
        found = imported(path) & NOT_IN_GIS
        if HANDED_IN & set(path.with_suffix("").parts):
            found -= {"datetime"}
        if path == ROOT / "gis" / "threads.py":
            found -= {"os"}  # how many cores this process may use
        if found:
            strays[path.name] = sorted(found)
    assert strays == {}


def test_an_epsg_number_of_ours_is_written_in_gis_crs_only() -> None:
    strays = []
    for room in MAY_IMPORT:
        for path in sources(room):
            if path == ROOT / "gis" / "crs.py" or "migrations" in path.parts:
                continue  # a migration is history: it never follows a change of the code
            strays += [
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant) and node.value in (4490, 4326, 3857)
            ]
    assert strays == []


def test_sql_is_spoken_in_service_db_only() -> None:
    speakers = {"sqlalchemy", "psycopg", "geoalchemy2"}
    strays = [
        str(path.relative_to(ROOT))
        for room in ("gis", "data", "maps")
        for path in sources(room)
        if imported(path) & speakers
    ]
    assert strays == []
