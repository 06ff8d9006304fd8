"""Who imports whom, read out of a folder of our sources; what `test_rooms` holds is said there."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SQL = {"sqlalchemy", "psycopg", "psycopg_pool", "geoalchemy2", "alembic"}
WEB = {"fastapi", "starlette"}
# A connection is handed from route to query, and an error is answered or told: neither is SQL.
NO_SQL = {"sqlalchemy.Connection", "sqlalchemy.Engine", "sqlalchemy.engine.URL"}
ERRORS = ("sqlalchemy.exc.", "psycopg.errors")
# What a connection that was handed on could be asked by, without any import.
ASKED_BY = {"exec_driver_sql", "execute", "scalar", "scalars"}
SQL_HOMES = (("service", "database"), ("service", "embedded"))
# Stands in the ladder for all rooms that have a line of their own.
SUBJECTS = "subjects"


@dataclass(frozen=True)
class Import:
    """``name`` as ``path``, a file below the folder, imports it: a module, or a name out of one."""

    path: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.name}"


def sources(root: Path, room: str) -> Iterator[Path]:
    """Our Python files of a room, but for migrations: those are history."""
    for path in sorted((root / room).rglob("*.py")):
        if not {"node_modules", "versions"} & set(path.parts):
            yield path


def imports(root: Path, room: str) -> Iterator[Import]:
    """Everything that the files of a room import, inside functions and for types too."""
    for path in sources(root, room):
        below = path.relative_to(root)
        yield from (Import(below, line, name) for line, name in _named(path.read_text("utf-8")))


@cache
def _named(text: str) -> tuple[tuple[int, str], ...]:
    """The imports of a source text, each with its line."""
    named: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            named += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(named)


@cache
def _queries(text: str) -> tuple[tuple[int, str], ...]:
    """The calls of a source text that ask a connection, each with its line."""
    return tuple(
        (node.lineno, node.func.attr)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ASKED_BY
    )


def _first(name: str) -> str:
    return name.partition(".")[0]


def stray_sql(root: Path) -> list[str]:
    """SQL outside ``*/db/``, ``service/database`` and ``service/embedded``."""
    strays = []
    for room in ("gis", "data", "maps", "service"):
        for one in imports(root, room):
            if one.path.parts[:2] in SQL_HOMES or (room == "service" and "db" in one.path.parts):
                continue
            handed = one.name in NO_SQL or f"{one.name}.".startswith(ERRORS)
            if _first(one.name) in SQL and not handed:
                strays.append(str(one))
    for path in sources(root, "service"):
        below = path.relative_to(root)
        if below.parts[:2] in SQL_HOMES or "db" in below.parts:
            continue
        strays += [
            f"{below}:{line} asks by {name}()" for line, name in _queries(path.read_text("utf-8"))
        ]
    return strays


def stray_web(root: Path) -> list[str]:
    """FastAPI outside ``*/api/``, ``service/web`` and ``service/app.py``."""
    strays = []
    for room in ("gis", "data", "maps", "service"):
        for one in imports(root, room):
            home = one.path.parts[:2] in (("service", "web"), ("service", "app.py"))
            if _first(one.name) in WEB and not home and "api" not in one.path.parts:
                strays.append(str(one))
    return strays


def subject_of(module: str) -> str | None:
    """The room within ``service`` that a module or a name lies in; None for others.

    >>> subject_of("service.patrol.zones.db"), subject_of("service.plots.create"), subject_of("gis")
    ('patrol.zones', 'plots', None)
    """
    parts = module.split(".")
    if parts[0] != "service" or len(parts) == 1:
        return None
    if parts[1] == "patrol":
        return ".".join(parts[1:3])
    # One file each, beside the rooms.
    return {"app": "run", "basemap_setting": "settings"}.get(parts[1], parts[1])


def used_arrows(root: Path) -> dict[tuple[str, str], list[str]]:
    """From each room of ``service`` to each that it imports, with the imports."""
    used: dict[tuple[str, str], list[str]] = {}
    for one in imports(root, "service"):
        importer = subject_of(".".join(one.path.with_suffix("").parts))
        imported = subject_of(one.name)
        if importer is not None and imported is not None and importer != imported:
            used.setdefault((importer, imported), []).append(str(one))
    return used


def drawn_arrows(root: Path) -> tuple[list[str], dict[str, set[str]]]:
    """The arrows as ARCHITECTURE.md draws them: the ladder from the top, and those of subjects.

    Raises
    ------
    ValueError
        The block is not there, or a line of it cannot be read.
    """
    text = (root / "ARCHITECTURE.md").read_text("utf-8")
    block = re.search(r"```arrows\n(.*?)```", text, re.S)
    if block is None:
        raise ValueError("ARCHITECTURE.md has no block of arrows")
    first, *rest = [line.split("#")[0] for line in block[1].splitlines() if line.strip()]
    ladder = [word.strip() for word in first.split("→")]
    subjects: dict[str, set[str]] = {}
    for line in rest:
        match = re.fullmatch(r"([a-z.]+)\s*(?:→\s*([a-z., ]+))?", line.strip())
        if match is None or match[1] in subjects:
            raise ValueError(f"this line of the arrows says nothing, or says it twice: {line}")
        subjects[match[1]] = {word.strip() for word in (match[2] or "").split(",")} - {""}
    return ladder, subjects


def stray_arrows(root: Path) -> list[str]:
    """Imports within ``service`` against the arrows of ARCHITECTURE.md, and arrows of nobody's."""
    ladder, subjects = drawn_arrows(root)
    used = used_arrows(root)

    def step(room: str) -> int:
        return ladder.index(SUBJECTS if room in subjects else room)

    known = set(subjects) | set(ladder)
    strays = []
    for (importer, imported), where in used.items():
        if not {importer, imported} <= known:
            strays.append(f"no arrows are drawn for {importer} → {imported}: {where[0]}")
        elif importer in subjects and imported in subjects:
            if imported not in subjects[importer]:
                strays.append(f"{importer} → {imported} is not drawn: {', '.join(where)}")
        elif step(importer) >= step(imported):
            strays.append(f"{importer} → {imported} goes up the ladder: {', '.join(where)}")
    strays += [
        f"{importer} → {imported} is drawn, but nobody imports so"
        for importer, drawn in subjects.items()
        for imported in sorted(drawn)
        if (importer, imported) not in used
    ]
    return strays


def cycle(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """Rooms or modules that lead back to the first of them; empty when there is no such circle.

    >>> cycle({"a": ["b"], "b": ["c"], "c": ["b"]})
    ['b', 'c', 'b']
    """
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for following in sorted(arrows.get(node, ())):
            circle = walk(following, [*path, node])
            if circle:
                return circle
        done.add(node)
        return []

    for node in sorted(arrows):
        circle = walk(node, [])
        if circle:
            return circle
    return []


def import_cycle(root: Path) -> list[str]:
    """Modules of all rooms that import each other in a circle; empty when none do."""
    rooms = ("gis", "data", "maps", "service")
    modules = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for room in rooms
        for path in sources(root, room)
    }
    arrows: dict[str, set[str]] = {}
    for room in rooms:
        for one in imports(root, room):
            importer = ".".join(one.path.with_suffix("").parts).removesuffix(".__init__")
            # `from package import module` imports the module, else the name lies in the package.
            imported = one.name if one.name in modules else one.name.rpartition(".")[0]
            if imported in modules and imported != importer:
                arrows.setdefault(importer, set()).add(imported)
    return cycle(arrows)
