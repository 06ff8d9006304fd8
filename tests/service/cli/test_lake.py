"""``luotu lake`` at the terminal."""

import json
from pathlib import Path

import pytest

from tests.dask_processes import processes
from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, shapefile


@pytest.fixture
def lake(luotu: CommandLine, known_districts: None, tmp_path: Path) -> Path:
    """A lake of the home, with a plot."""
    said = luotu("import", "plots", shapefile(tmp_path, SQUARE), *SEEN, *APPROVED)
    assert said.status == 0, said.err
    said = luotu("lake", "write", tmp_path / "lake")
    assert said.status == 0, said.err
    assert "2 个区县 counties" in said.out
    return tmp_path / "lake"


APPROVED = ("--review", "approved", "--why", "清查数据")


def test_a_lake_gives_the_figures_of_the_database_without_one(
    luotu: CommandLine, lake: Path, tmp_path: Path
) -> None:
    theirs = json.loads(luotu("coverage", "--format", "json").out)
    with processes(tmp_path, 1) as made:
        said = luotu("lake", "coverage", lake, "--scheduler", made.address, "--format", "JSON")
        assert said.status == 0, said.err
        mine = json.loads(said.out)
        assert [row["code"] for row in mine["rows"]] == [row["code"] for row in theirs["rows"]]
        for one, other in zip(mine["rows"], theirs["rows"], strict=True):
            assert one["green_m2"] == pytest.approx(other["green_m2"], rel=1e-9)
        assert sum(row["green_m2"] for row in mine["rows"]) > 0
        table = luotu("lake", "coverage", lake, "--scheduler", made.address, "--by", "year").out
        assert "2026" in table


def test_processes_of_this_machine_count_by_themselves(luotu: CommandLine, lake: Path) -> None:
    said = luotu("lake", "coverage", lake, "--workers", "1", "--format", "csv")
    assert said.status == 0, said.err
    assert said.out.count("\n") == 3


def test_a_check_counts_what_is_wrong_and_tells_a_damaged_file(
    luotu: CommandLine, lake: Path, tmp_path: Path
) -> None:
    table = tmp_path / "found.csv"
    with processes(tmp_path, 1) as made:
        address = ("--scheduler", made.address)
        said = luotu("lake", "check", lake, *address, "--report", table)
        assert said.status == 0, said.err
        assert "files whole" in said.out
        assert table.is_file()
        told = json.loads(luotu("lake", "check", lake, *address, "--json").out)
        assert told["plots"] >= 1
        path = next((lake / "current" / "districts").glob("*.parquet"))
        content = bytearray(path.read_bytes())
        content[10] ^= 1
        path.write_bytes(content)
        said = luotu("lake", "check", lake, *address)
        assert said.status == 1
        assert "checksum" in said.err


def test_what_is_no_lake_is_told(luotu: CommandLine, tmp_path: Path) -> None:
    said = luotu("lake", "coverage", tmp_path)
    assert said.status == 1
    assert "luotu lake write" in said.err


def test_a_scheduler_that_is_gone_is_told(luotu: CommandLine, lake: Path) -> None:
    said = luotu("lake", "coverage", lake, "--scheduler", "tcp://127.0.0.1:9")
    assert said.status == 1
    assert "dask scheduler" in said.err
