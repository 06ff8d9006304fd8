"""``luotu check``: verdicts and the coordinate detective, nothing stored."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from gis.crs import CGCS2000, Zone
from gis.shift import to_gcj02
from service.embedded import Cluster
from tests.service.cli.command_line import SQUARE, CommandLine, not_gis, shapefile, without_prj


@pytest.fixture
def anywhere(luotu: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in a home without a database."""
    monkeypatch.setenv("LUOTU_HOME", str(tmp_path / "none"))
    return luotu


def test_stands_of_finland_are_measured_and_their_overlap_told(
    anywhere: CommandLine, real: Path
) -> None:
    said = anywhere("check", real / "forest-stands" / "forest_stands_2012.shp", "--json")
    assert said.status == 0, said.err
    report = json.loads(said.out)
    assert report["features"] == 74
    assert report["plane_ha"] == pytest.approx(66.68, abs=0.005)
    assert report["overlap_m2"] == pytest.approx(22, abs=0.5)


def test_the_two_sites_whose_recorded_area_is_plainly_wrong_are_named(
    anywhere: CommandLine, real: Path
) -> None:
    said = anywhere("check", real / "planting-sites" / "planting_polygons.geojson", "--json")
    off = [
        problem["row"]
        for problem in json.loads(said.out)["problems"]
        if "declared" in problem["code"]
    ]
    assert off == [10, 11]


def test_a_check_makes_no_database(anywhere: CommandLine, tmp_path: Path) -> None:
    assert anywhere("check", shapefile(tmp_path, SQUARE)).status == 0
    assert Cluster(tmp_path / "none").status().made_at is None


def test_a_file_without_prj_is_looked_through_all_the_same(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    report = json.loads(anywhere("check", without_prj(tmp_path), "--json").out)
    assert report["coordinates"]["guesses"][0]["code"] == "degrees"
    assert "--crs" in report["notes"][0]


def test_metres_under_a_degree_prj_are_told_with_their_zone(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    frame = geopandas.GeoSeries([SQUARE], crs=CGCS2000).to_crs(Zone(42, 3, prefixed=True).epsg)
    path = shapefile(tmp_path, frame.iloc[0])
    report = json.loads(anywhere("check", path, "--json").out)
    assert report["coordinates"]["guesses"][0]["code"] == "zone3_prefixed+42"


def test_a_shift_is_told_by_the_borders_of_the_database(
    luotu: CommandLine, tmp_path: Path, real: Path
) -> None:
    known = real / "districts" / "places_tianditu_cgcs2000.geojson"
    assert luotu("import", "districts", known).status == 0
    shifted = geopandas.read_file(known)[lambda frame: frame["city_adcode"] == 220100]
    shifted = shifted.set_geometry(
        shapely.transform(shifted.geometry.to_numpy(), lambda at: np.asarray(to_gcj02(at)))
    )
    shifted.set_crs(CGCS2000, allow_override=True).to_file(tmp_path / "shifted.geojson")
    report = json.loads(luotu("check", tmp_path / "shifted.geojson", "--json").out)
    assert report["coordinates"]["shift"]["verdict"] == "gcj02"


def test_what_is_no_gis_file_is_refused(anywhere: CommandLine, tmp_path: Path) -> None:
    said = anywhere("check", not_gis(tmp_path))
    assert (said.status, "plots.shp" in said.err) == (1, True)


def test_a_person_reads_every_problem_with_its_row(anywhere: CommandLine, tmp_path: Path) -> None:
    crossing = shapely.Polygon([(125.01, 43.01), (125.02, 43.02), (125.02, 43.01), (125.01, 43.02)])
    said = anywhere("check", shapefile(tmp_path, SQUARE, crossing))
    assert "row 2 [self_intersection, block]" in said.out
    assert "125.015000, 43.015000" in said.out


def test_a_part_without_a_ring_beside_crossing_ones_is_a_verdict(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    bow_tie = [[125.43, 43.71], [125.432, 43.712], [125.432, 43.71], [125.43, 43.712]]
    drawn = {"type": "MultiPolygon", "coordinates": [[], [[*bow_tie, bow_tie[0]]]]}
    plot = {"type": "Feature", "geometry": drawn, "properties": {}}
    (tmp_path / "a.json").write_text(json.dumps(plot), "utf-8")
    report = json.loads(anywhere("check", tmp_path / "a.json", "--json").out)
    assert [problem["code"] for problem in report["problems"]] == ["self_intersection"]
