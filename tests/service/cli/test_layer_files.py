"""``luotu import layer``, and what layers mean for ``luotu check`` and ``luotu import plots``."""

import json
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import xlsxwriter
from shapely import Polygon, box

from gis.crs import CGCS2000
from gis.measure import area_m2
from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, shapefile
from tests.service.cli.test_cli import behind_every_back

LAYER = """
INSERT INTO layer (code, label_zh, label_en, role)
VALUES ('{code}', '基本农田', 'Farmland', '{role}')
ON CONFLICT (code) DO UPDATE SET role = excluded.role
"""
# The eastern half of SQUARE, and more.
FIELD = box(125.051, 43.05, 125.06, 43.06)
FAR = box(125.0, 43.08, 125.001, 43.081)


def layer_file(folder: Path, suffix: str, shape: Polygon = FIELD) -> Path:
    """A file of one feature."""
    path = folder / f"farmland{suffix}"
    frame = geopandas.GeoDataFrame({"Name": ["一号地"]}, geometry=[shape], crs=CGCS2000)
    if suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Name", "WKT"])
            sheet.write_row(1, 0, ["一号地", frame.geometry.iloc[0].wkt])
    else:
        frame.to_file(path, driver="KML" if suffix == ".kml" else None)
    return path


@pytest.fixture
def farmland(home: Path, districts: None) -> None:
    """A layer that blocks, without a version."""
    behind_every_back(home, "DELETE FROM layer; DELETE FROM plot;")
    behind_every_back(home, LAYER.format(code="JBNT", role="block"))


@pytest.mark.usefixtures("farmland")
@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".geojson", ".kml", ".xlsx"])
def test_a_file_of_any_format_becomes_a_version(
    luotu: CommandLine, tmp_path: Path, suffix: str
) -> None:
    path = layer_file(tmp_path, suffix)
    said = luotu("import", "layer", path, "--into", "JBNT", "--valid-from", "2026-01-01", "--json")
    assert (said.status, json.loads(said.out)["stored"]) == (0, 1), said.err


@pytest.mark.usefixtures("farmland")
def test_a_layer_takes_ground_out_of_green_and_an_earlier_file_gives_it_back(
    luotu: CommandLine, tmp_path: Path
) -> None:
    plots, why = shapefile(tmp_path, SQUARE), ("--review", "approved", "--why", "inventory")
    assert luotu("import", "plots", plots, *why).status == 0

    def refused_m2() -> float:
        answer = json.loads(luotu("coverage", "--format", "json").out)
        return float(sum(row["refused_m2"] for row in answer["rows"]))

    first = layer_file(tmp_path, ".geojson", FAR)
    second = layer_file(tmp_path, ".gpkg")
    half = pytest.approx(area_m2(SQUARE) / 2, rel=1e-5)
    versions = ((first, "2026-01-01", 0), (second, "2026-02-01", half), (first, "2026-03-01", 0))
    for path, day, expected in versions:
        said = luotu("import", "layer", path, "--into", "JBNT", "--valid-from", day)
        assert (said.status, refused_m2()) == (0, expected), said.err
    told = luotu("coverage").out
    assert "不计 亩" in told or "refused 亩" in told


@pytest.mark.usefixtures("farmland")
def test_a_dry_run_and_a_layer_that_is_not_there_store_nothing(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = layer_file(tmp_path, ".geojson")
    assert luotu("import", "layer", path, "--into", "JBNT", "--dry-run").status == 0
    said = luotu("import", "layer", path, "--into", "NONE")
    assert (said.status, "NONE" in said.err or "图层" in said.err) == (1, True)


@pytest.mark.usefixtures("farmland")
def test_check_and_import_of_plots_tell_the_layer_the_row_and_the_spot(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = layer_file(tmp_path, ".geojson")
    assert luotu("import", "layer", path, "--into", "JBNT").status == 0
    plots = shapefile(tmp_path, SQUARE)
    for command in (["check"], ["import", "plots"]):
        said = luotu(*command, plots, "--json")
        (problem,) = [
            problem
            for problem in json.loads(said.out)["problems"]
            if problem["code"] == "on_control_line"
        ]
        assert (said.status, problem["row"]) == (1, 1)
        assert "基本农田" in json.dumps(problem, ensure_ascii=False)
        assert "125.0515" in json.dumps(problem)


@pytest.mark.usefixtures("farmland")
def test_a_warning_layer_asks_for_an_acknowledgement(
    luotu: CommandLine, home: Path, tmp_path: Path
) -> None:
    behind_every_back(home, LAYER.format(code="JBNT", role="warn"))
    path = layer_file(tmp_path, ".geojson")
    assert luotu("import", "layer", path, "--into", "JBNT").status == 0
    plots = shapefile(tmp_path, SQUARE)
    said = luotu("import", "plots", plots)
    assert (said.status, "--acknowledge on_control_line" in said.err) == (1, True)
    assert luotu("import", "plots", plots, "--acknowledge", "on_control_line").status == 0


@pytest.mark.usefixtures("farmland")
def test_an_export_of_coverage_has_refused_ground_and_tells_what_lies_outside(
    luotu: CommandLine, tmp_path: Path
) -> None:
    plots = shapefile(tmp_path, box(124.99999, 43.05, 125.002, 43.052))
    why = ("--review", "approved", "--why", "inventory")
    assert luotu("import", "plots", plots, *why, *SEEN).status == 0
    field = layer_file(tmp_path, ".geojson", box(125.001, 43.05, 125.01, 43.06))
    assert luotu("import", "layer", field, "--into", "JBNT").status == 0
    for name in ("c.csv", "c.zip"):
        said = luotu("export", "coverage", tmp_path / name)
        assert (said.status, "不在任何已知行政区内" in said.out) == (0, True), said.err
    table = pd.read_csv(tmp_path / "c.csv", dtype={"code": str})
    assert table["refused_m2"].max() == pytest.approx(table["green_m2"].max(), rel=1e-4)
