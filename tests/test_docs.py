"""The README tells the truth: settings, commands, addresses, make targets."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import typer.main

from service.app import MODULES
from service.cli.commands import command_line
from service.settings import PREFIX, Settings
from tests.conftest import LONGEST, ROOT

README = (ROOT / "README.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """Cells of the first table below a heading."""
    part = README.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def shown(value: object) -> str:
    """A default as the README writes it."""
    return "–" if value is None else f"`{value}`"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    expected = [
        [f"`{PREFIX}{name.upper()}`", shown(field.default), field.description]
        for name, field in Settings.model_fields.items()
    ]
    assert rows("Settings 设置") == expected


def commands() -> set[str]:
    """Every command of ``luotu`` as it is typed."""
    found = set()
    group = typer.main.get_command(command_line())
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"luotu {name}"} if inner is None else {f"luotu {name} {one}" for one in inner}
    return found


def test_the_table_of_commands_is_that_of_the_command_line() -> None:
    told = {
        re.sub(r"[`\[].*", "", cells[0].strip("`")).strip() for cells in rows("Command line 命令行")
    }
    assert told == commands()


@pytest.mark.parametrize("group", ["import", "export"])
def test_a_group_asked_for_alone_has_every_command_of_it(group: str) -> None:
    """In a process of its own: what else has been imported here must not help."""
    alone = subprocess.run(
        [sys.executable, "-m", "service.cli", group, "--help"],
        check=True,
        capture_output=True,
        text=True,
    )
    shown = re.findall(r"^  ([a-z-]+)  ", alone.stdout.partition("Commands:")[2], re.M)
    assert {f"luotu {group} {one}" for one in shown} == {
        name for name in commands() if name.startswith(f"luotu {group} ")
    }


def test_the_table_of_addresses_is_that_of_the_service() -> None:
    served = set()
    for module in MODULES:
        for route in module.router.routes:
            methods = sorted(getattr(route, "methods", None) or {"GET"})
            served |= {
                f"{method} {getattr(route, 'path_format', route.path)}" for method in methods
            }
    told = {
        f"{method} {path}"
        for cells in rows("HTTP 接口")
        for method, path in re.findall(r"`([A-Z]+) ([^`?]+)", cells[0])
    }
    internal = {"GET /favicon.ico", "GET /docs/{name}"}
    assert told == served - internal


def test_the_make_targets_that_the_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets


def test_every_runtime_dependency_is_accounted_for_in_the_architecture() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [one for those in project["optional-dependencies"].values() for one in those]
    names = [re.split(r"[\[>=<]", one)[0] for one in [*project["dependencies"], *extras]]
    why = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## Why each dependency")[1]
    assert [name for name in names if name not in why] == []


ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
TOUR = ARCHITECTURE.partition("## A tour")[2].partition("\n## ")[0]
A_PATH = re.compile(r"`((?:gis|data|maps|service|tests)/[^`\s]+|[A-Z]+\.md)`")


def test_the_tour_leads_to_files_that_exist() -> None:
    rows = [line for line in TOUR.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 20
    assert [row for row in rows if not A_PATH.search(row)] == []
    assert [name for name in A_PATH.findall(TOUR) if not (ROOT / name).exists()] == []


def test_the_architecture_names_files_that_exist() -> None:
    named = A_PATH.findall(ARCHITECTURE.partition("## Why each")[0])
    assert len(named) > 100
    assert [name for name in named if "*" not in name and not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-bench.lock",
        "maps/package-lock.json",
        "service/package-lock.json",
    ],
)
def test_a_lock_file_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    # npm copies into it where authors ask for money: no address to fetch from.
    text = re.sub(r'"funding": (".*"|\{[^}]*\}|\[[^]]*\])', "", text)
    assert not re.search(r"https?://", text)


def test_contributing_stays_within_sixty_lines() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) <= 60


def test_nothing_that_is_built_is_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    built = re.compile(r"node_modules/|/dist/|^out/|\.venv/|__pycache__|\.egg-info|^uv\.lock$")
    assert [name for name in tracked if built.search(name)] == []


def test_the_changelog_tells_the_release_that_the_service_says_it_is() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.findall(r"^## (\d+\.\d+\.\d+) – \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert changelog.index("## Unreleased") < changelog.index(f"## {releases[0]}")
    assert releases[0] == project["version"] == version("luotu")


def test_the_files_of_the_suite_that_are_begun_first_are_there() -> None:
    assert [start for start in LONGEST if not (ROOT / start).exists()] == []


def test_a_release_is_told_in_under_sixty_lines() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.split(r"^## ", changelog, flags=re.MULTILINE)[2:]
    assert [len(release.splitlines()) < 60 for release in releases] == [True] * len(releases)


def test_the_table_of_rooms_has_every_room_of_the_service_once() -> None:
    table = ARCHITECTURE.partition("## The rooms of the service")[2].partition("```arrows")[0]
    named = re.findall(
        r"`([a-z]+)/`",
        " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `")),
    )
    not_rooms = {"__pycache__", "node_modules", "static"}
    rooms = {path.name for path in (ROOT / "service").iterdir() if path.is_dir()} - not_rooms
    assert sorted(named) == sorted(rooms)


def documents() -> list[Path]:
    """Our Markdown files."""
    rooms = ("gis", "data", "maps", "service", "tests")
    below = [path for room in rooms for path in (ROOT / room).rglob("*.md")]
    return [*ROOT.glob("*.md"), *(path for path in below if "node_modules" not in path.parts)]


def leads_nowhere(document: Path) -> list[str]:
    """The links and paths of a document that no file answers: relative to it, or to the root."""
    text = document.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s#]+)", text)
    named = [name for name in A_PATH.findall(text) if not re.search(r"[*{<…A-Z]", name)]
    return [
        name
        for name in (*(link for link in links if ":" not in link), *named)
        if not (document.parent / name).exists() and not (ROOT / name).exists()
    ]


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_paths_of_a_document_lead_to_files(document: Path) -> None:
    assert leads_nowhere(document) == []


def test_a_link_and_a_path_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    document = tmp_path / "X.md"
    document.write_text("[the guide](docs/guide.md), `service/nowhere.py`, `service/app.py`\n")
    assert leads_nowhere(document) == ["docs/guide.md", "service/nowhere.py"]
