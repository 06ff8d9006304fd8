"""A folder without a database: which commands make one, and what the others say."""

import sys
from pathlib import Path

import pytest

from service.embedded import Cluster
from tests.service.cli.command_line import CommandLine

LUOTU = Path(sys.executable).with_name("luotu")


@pytest.fixture
def luotu(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CommandLine:
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch)


NEEDING = [
    ("user", "list"),
    ("user", "add", "wang", "--role", "planner"),
    ("user", "link", "wang"),
    ("token", "wang"),
    ("audit",),
    ("coverage",),
    ("forget",),
    ("demo", "--remove"),
    ("db", "migrate"),
    ("db", "drain"),
    ("db", "verify"),
    ("import", "districts", "x.shp"),
    ("import", "plots", "x.shp"),
    ("import", "zones", "x.shp"),
    ("import", "patrols", "x.gpx"),
    ("import", "rules", "x.csv"),
    ("export", "plots", "x.zip"),
    ("export", "districts", "x.zip"),
    ("export", "coverage", "x.csv"),
    ("export", "zones", "x.zip"),
    ("export", "patrols", "x.gpx"),
    ("map", "coverage", "x.html"),
    ("map", "afforestation", "x.html"),
    ("map", "patrol", "x.html"),
]


@pytest.mark.parametrize("command", NEEDING, ids=" ".join)
def test_a_command_that_needs_a_database_makes_none_and_names_what_helps(
    luotu: CommandLine, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = luotu(*command)
    assert said.status == 1
    for word in (str(tmp_path / ".luotu"), "LUOTU_HOME=", "LUOTU_DATABASE_URL", "luotu db up"):
        assert word in said.err
    assert [*tmp_path.iterdir()] == []


def test_its_state_is_told_and_makes_nothing(luotu: CommandLine, tmp_path: Path) -> None:
    said = luotu("db", "status")
    assert (said.status, "False" in said.out) == (0, True)
    assert luotu("db", "down").status == 0
    assert [*tmp_path.iterdir()] == []


def test_the_database_is_made_when_it_is_asked_to_be_up(luotu: CommandLine, tmp_path: Path) -> None:
    try:
        assert luotu("db", "up").status == 0
        assert luotu("user", "list").status == 0
    finally:
        Cluster(tmp_path / ".luotu").erase()
