"""``luotu import units`` and ``luotu user unit``."""

import json
from pathlib import Path

import pytest

from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, shapefile

HEADING = "单位代码,单位名称,类别,上级单位\n"


def table(folder: Path, rows: str) -> Path:
    """A table of units as an office in China saves it."""
    path = folder / "units.csv"
    path.write_text(HEADING + rows, encoding="gbk")
    return path


@pytest.mark.usefixtures("districts")
def test_units_of_a_file_carry_out_plots_of_a_file(luotu: CommandLine, tmp_path: Path) -> None:
    units = table(tmp_path, "YLZ,园林站,其他,LYJ\nLYJ,市林业局,局,\n")
    said = luotu("import", "units", units, "--json")
    assert (said.status, json.loads(said.out)["stored"]) == (0, 2), said.err
    said = luotu("import", "plots", shapefile(tmp_path, SQUARE, unit=["园林站"]), *SEEN, "--json")
    assert said.status == 0, said.err
    assert luotu("user", "add", "li", "--role", "planner").status == 0
    assert luotu("user", "unit", "li", "YLZ").status == 0
    assert luotu("user", "unit", "li", "NONE").status == 1


def test_units_above_themselves_are_told_with_their_rows(
    luotu: CommandLine, tmp_path: Path
) -> None:
    said = luotu("import", "units", table(tmp_path, "A,甲,局,B\nB,乙,局,A\n"), "--json")
    assert said.status == 1
    problems = json.loads(said.out)["problems"]
    assert [(problem["row"], problem["code"]) for problem in problems] == [
        (1, "own_parent"),
        (2, "own_parent"),
    ]


@pytest.mark.usefixtures("districts")
def test_a_plot_of_an_unknown_unit_is_refused(luotu: CommandLine, tmp_path: Path) -> None:
    said = luotu("import", "plots", shapefile(tmp_path, SQUARE, unit=["无此单位"]), "--json")
    assert said.status == 1
    assert json.loads(said.out)["problems"][0]["code"] == "unknown_unit"
