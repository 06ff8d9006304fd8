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


def test_posts_of_a_file_are_stored_once_and_wrong_ones_told_by_row(
    luotu: CommandLine, tmp_path: Path
) -> None:
    assert luotu("import", "units", table(tmp_path, "LYJ,市林业局,局,\n")).status == 0
    path = tmp_path / "posts.csv"
    path.write_text("单位,职务,姓名,任职日\n市林业局,联络员,示例甲,2026-01-01\n", "gbk")
    for stored in (1, 0):
        said = luotu("import", "posts", path, "--json")
        assert (said.status, json.loads(said.out)["stored"]) == (0, stored), said.err
    path.write_text("单位,职务,任职日\n没有局,联络员,\nLYJ,,\nLYJ,副局长,不知道\n", "utf-8")
    said = luotu("import", "posts", path, "--json")
    assert said.status == 1
    assert [entry["row"] for entry in json.loads(said.out)["problems"]] == [3]
    path.write_text("单位,职务\n没有局,联络员\nLYJ,\n", "utf-8")
    problems = json.loads(luotu("import", "posts", path, "--json").out)["problems"]
    assert [(entry["row"], entry["code"]) for entry in problems] == [
        (1, "unknown_unit"),
        (2, "missing"),
    ]


@pytest.mark.usefixtures("districts")
def test_areas_of_a_file_have_figures(luotu: CommandLine, tmp_path: Path) -> None:
    words: dict[str, list[object]] = {"code": ["GX"], "name": ["高新区"]}
    path = shapefile(tmp_path, SQUARE, kind=["开发区"], **words)
    said = luotu("import", "areas", path, "--json")
    assert (said.status, json.loads(said.out)["stored"]) == (0, 1), said.err
    (row,) = json.loads(luotu("coverage", "--areas", "--format", "json").out)["rows"]
    assert (row["code"], row["area_kind"], row["green_m2"]) == ("GX", "KFQ", 0.0)
    for name in ("areas.zip", "areas.gpkg"):
        out = tmp_path / name
        assert luotu("export", "areas", out).status == 0
        said = luotu("import", "areas", out, "--json")
        assert (said.status, json.loads(said.out)["stored"]) == (0, 1), said.err
    assert luotu("export", "coverage", tmp_path / "figures.gpkg", "--areas").status == 0
    assert luotu("export", "areas", tmp_path / "none.geojson", "--kind", "LY").status == 0
    path = shapefile(tmp_path, SQUARE, kind=["无此类别"], **words)
    said = luotu("import", "areas", path, "--json")
    assert said.status == 1
    assert json.loads(said.out)["problems"][0]["code"] == "unknown_area_kind"
