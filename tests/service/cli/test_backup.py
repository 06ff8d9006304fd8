"""``luotu backup`` and ``luotu restore`` at the terminal."""

from pathlib import Path

import pytest

from service.backup.kept import backups_in
from service.database.engine import make_engine
from service.database.location import database
from service.database.migrate import downgrade
from service.embedded import Cluster
from service.settings import load
from tests.service.cli.command_line import CommandLine


def test_a_backup_goes_into_a_new_home(
    luotu: CommandLine, known_districts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = luotu("backup", tmp_path / "today")
    assert said.status == 0, said.err
    assert "rows" in said.out
    assert luotu("restore", tmp_path / "today", "--check").out.startswith("备份完好")
    before = luotu("coverage", "--json").out
    monkeypatch.setenv("LUOTU_HOME", str(tmp_path / "home"))
    try:
        said = luotu("restore", tmp_path / "today")
        assert said.status == 0, said.err
        assert luotu("coverage", "--json").out == before
    finally:
        Cluster(tmp_path / "home").erase()


def test_the_status_tells_the_newest_backup(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_BACKUP_DIR", str(tmp_path))
    assert "backup      none" in luotu("db", "status").out
    assert luotu("backup").status == 0
    assert f"({tmp_path})" in luotu("db", "status").out
    assert "backup      none" not in luotu("db", "status").out


def test_a_command_that_reads_leaves_an_older_database_to_a_migrate_after_a_backup(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database(load()) as place:
        owner = make_engine(place.owner)
        downgrade(owner, "-1")
        owner.dispose()
    said = luotu("user", "list")
    assert said.status == 1
    assert "luotu db migrate" in said.err
    monkeypatch.setenv("LUOTU_BACKUP_DIR", str(tmp_path))
    said = luotu("db", "migrate")
    assert said.status == 0, said.err
    assert [str(folder) in said.err for folder in backups_in(tmp_path).values()] == [True]
    assert luotu("user", "list").status == 0


def test_a_folder_that_is_no_backup_makes_no_database(
    luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_HOME", str(tmp_path / "home"))
    said = luotu("restore", tmp_path)
    assert said.status == 1
    assert "manifest.json" in said.err
    assert not (tmp_path / "home").exists()
