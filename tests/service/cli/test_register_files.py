"""``luotu register``, ``luotu import records`` and ``luotu export records``."""

import json
from pathlib import Path

import geopandas
import pytest
from shapely import LineString

from gis.crs import CGCS2000
from tests.service.cli.command_line import CommandLine
from tests.service.registers.conftest import WETLAND

pytestmark = pytest.mark.usefixtures("known_districts")


def definition(folder: Path, **parts: object) -> Path:
    """A definition as a file."""
    path = folder / "register.json"
    path.write_text(json.dumps(WETLAND | parts), "utf-8")
    return path


def streets(folder: Path) -> Path:
    """Two streets in a shapefile's format with Chinese headings."""
    path = folder / "streets.gpkg"
    table = {"名称": ["同志街", "重庆路"], "编号": ["S1", "S2"], "起止路段": ["东段", None]}
    lines = [LineString([(125.01, y), (125.05, y)]) for y in (43.02, 43.03)]
    geopandas.GeoDataFrame(table, geometry=lines, crs=CGCS2000).to_file(path)
    return path


def test_a_definition_is_checked_and_made(luotu: CommandLine, tmp_path: Path) -> None:
    said = luotu("register", "check", definition(tmp_path))
    assert said.status == 0, said.err
    assert "small_wetland" in said.out
    bad = luotu("register", "check", definition(tmp_path, states=WETLAND["states"][:1]))
    assert bad.status == 1
    assert "states.0.next" in bad.err
    assert luotu("register", "define", definition(tmp_path)).out == "small_wetland v1\n"
    assert luotu("register", "define", definition(tmp_path, label_zh="湿地")).out.endswith("v2\n")
    assert "small_wetland" in luotu("register", "list").out


def test_a_file_that_is_no_definition_is_told(luotu: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for content, words in (
        (b"{", "line 1"),
        (b"\xff\xfe\xff", "UTF-8"),
        (b"{}", "label_zh"),
        (b"[" * 100_000, "nested deeper"),
    ):
        path.write_bytes(content)
        said = luotu("register", "check", path)
        assert (said.status, words in said.err) == (1, True), said.err


def test_records_go_in_and_come_out(luotu: CommandLine, tmp_path: Path) -> None:
    tried = luotu("import", "records", streets(tmp_path), "--into", "street", "--dry-run")
    assert tried.status == 0, tried.err
    stored = luotu("import", "records", streets(tmp_path), "--into", "street", "--json")
    assert json.loads(stored.out)["stored"] == 2
    again = luotu("import", "records", streets(tmp_path), "--into", "street", "--json")
    assert json.loads(again.out)["stored"] == 2
    for name in ("out.geojson", "out.csv", "out.xlsx", "out.gpkg"):
        out = tmp_path / name
        said = luotu("export", "records", out, "--register", "street")
        assert said.status == 0, said.err
        back = luotu("import", "records", out, "--into", "street", "--json")
        assert back.status == 0, (name, back.err)
        assert json.loads(back.out)["stored"] == 2
    features = json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]
    assert [feature["properties"]["section"] for feature in features] == ["东段", None]


def test_a_table_needs_no_places_where_the_register_needs_none(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("名称,行政区,文号\n第1号令,220102,一号\n第2号令,220103,二号\n", "gbk")
    said = luotu("import", "records", path, "--into", "order", "--json")
    assert said.status == 0, said.err
    assert json.loads(said.out)["stored"] == 2
    out = tmp_path / "orders.gpkg"
    refused = luotu("export", "records", out, "--register", "order")
    assert refused.status == 1
    assert refused.code == "mixed_shapes"
    assert ".geojson" in refused.err
    assert not out.exists()


def test_wrong_rows_are_told_one_by_one_and_nothing_is_stored(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "stations.csv"
    rows = "名称,经度,纬度,人数\n东站,125.05,43.05,3\n,125.06,43.05,3\n西站,125.07,43.05,三\n"
    path.write_text(rows + "远站,10,43.05,1\n", "utf-8")
    said = luotu("import", "records", path, "--into", "fire_station", "--json")
    problems = json.loads(said.out)["problems"]
    assert (said.status, [(p["row"], p["code"]) for p in problems]) == (
        1,
        [(2, "missing"), (3, "not_a_number"), (4, "outside_districts")],
    )
    assert "fire_station         " in luotu("register", "list").out
    out = tmp_path / "stations.csv"
    luotu("export", "records", out, "--register", "fire_station")
    assert len(out.read_text("utf-8-sig").splitlines()) == 1
