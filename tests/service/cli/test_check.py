"""``luotu check``: verdicts and the coordinate detective, nothing stored."""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
import shapely.affinity

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


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(SQUARE.exterior, id="a closed line"),
        pytest.param(
            shapely.GeometryCollection([SQUARE.centroid, SQUARE]), id="a polygon and its label"
        ),
    ],
)
def test_ground_that_an_import_reads_is_no_fault(
    anywhere: CommandLine, tmp_path: Path, drawn: shapely.Geometry
) -> None:
    whole = json.loads(shapely.to_geojson(drawn))
    (tmp_path / "a.json").write_text(json.dumps(whole), "utf-8")
    status, report = checked(anywhere, tmp_path / "a.json")
    assert (status, report["problems"]) == (0, [])


def test_a_number_that_stands_twice_is_told_without_any_district(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    beside = shapely.affinity.translate(SQUARE, 0.01)
    path = shapefile(tmp_path, SQUARE, beside, 图斑号=["A-1", "A-1"])
    said = anywhere("check", path, "--json")
    report = json.loads(said.out)
    told = [(problem["row"], problem["code"]) for problem in report["problems"]]
    assert (said.status, told) == (1, [(1, "number_twice"), (2, "number_twice")])
    assert "row 2 too (2026)" in report["problems"][0]["message_en"]


def checked(luotu: CommandLine, path: Path) -> tuple[int, dict[str, Any]]:
    said = luotu("check", path, "--json")
    return said.status, json.loads(said.out)


def test_a_cell_that_an_import_refuses_is_told_with_row_and_column(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    path = shapefile(tmp_path, SQUARE, planted_on=["2024.11"])
    status, report = checked(anywhere, path)
    assert (status, report["blocked"], report["what"]) == (1, True, "plots")
    (problem,) = report["problems"]
    assert (problem["row"], problem["code"]) == (1, "month_only")
    assert "planted_on" in problem["message_en"]


def test_a_file_that_an_import_refuses_whole_ends_with_1(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    status, report = checked(anywhere, without_prj(tmp_path))
    assert (status, report["refused"]["code"]) == (1, "crs_missing")


def test_what_only_lacks_a_column_is_not_blocked(anywhere: CommandLine, tmp_path: Path) -> None:
    geopandas.GeoDataFrame({"n": [1]}, geometry=[SQUARE], crs=CGCS2000).to_file(
        tmp_path / "a.geojson"
    )
    status, report = checked(anywhere, tmp_path / "a.geojson")
    assert (status, report["blocked"]) == (0, False)
    assert any("lacks stage, kind, year" in note for note in report["notes"])


def test_tracks_are_checked_as_tracks(anywhere: CommandLine, tmp_path: Path) -> None:
    fix = '<trkpt lat="43.5" lon="125.6">'
    good = f"<trk>{fix}<time>2026-07-01T00:00:00Z</time></trkpt>" * 1
    good += f"{fix.replace('125.6', '125.61')}<time>2026-07-01T00:01:00Z</time></trkpt></trk>"
    timeless = f"<trk>{fix}</trkpt>{fix}</trkpt></trk>"
    (tmp_path / "a.gpx").write_text(f"<gpx>{good}{timeless}</gpx>")
    status, report = checked(anywhere, tmp_path / "a.gpx")
    assert (status, report["what"], report["features"]) == (0, "patrols", 2)
    assert [(p["row"], p["code"]) for p in report["problems"]] == [(2, "no_times")]
    (tmp_path / "b.gpx").write_text(f"<gpx>{timeless}</gpx>")
    assert checked(anywhere, tmp_path / "b.gpx")[0] == 1


def test_tracks_of_kml_are_checked_as_tracks(anywhere: CommandLine, tmp_path: Path) -> None:
    when = "".join(f"<when>2026-07-01T00:0{n}:00Z</when>" for n in range(3))
    at = "".join(f"<gx:coord>125.6{n} 43.5 0</gx:coord>" for n in range(3))
    (tmp_path / "a.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
        f"<Document><Placemark><gx:Track>{when}{at}</gx:Track></Placemark></Document></kml>"
    )
    status, report = checked(anywhere, tmp_path / "a.kml")
    assert (status, report["what"], report["features"]) == (0, "patrols", 1)


def test_zones_that_say_no_more_than_code_and_level_are_checked_as_zones(
    anywhere: CommandLine, tmp_path: Path
) -> None:
    frame = {"编号": ["A1", "A1"], "级别": ["网格", "网格"]}
    squares = [SQUARE, shapely.box(125.2, 43.2, 125.3, 43.3)]
    geopandas.GeoDataFrame(frame, geometry=squares, crs=CGCS2000).to_file(tmp_path / "a.geojson")
    status, report = checked(anywhere, tmp_path / "a.geojson")
    assert (status, report["what"]) == (1, "zones")
    assert [(p["row"], p["code"]) for p in report["problems"]] == [(2, "duplicate_code")]


@pytest.mark.parametrize(
    ("day", "code"), [("1970-01-01", "too_early"), ("2099-07-01", "in_future")]
)
def test_a_track_of_a_clock_gone_wrong_is_told_by_a_check(
    anywhere: CommandLine, tmp_path: Path, day: str, code: str
) -> None:
    fixes = "".join(
        f'<trkpt lat="43.5" lon="125.6{n}"><time>{day}T00:0{n}:00Z</time></trkpt>' for n in range(3)
    )
    (tmp_path / "a.gpx").write_text(f"<gpx><trk>{fixes}</trk></gpx>")
    status, report = checked(anywhere, tmp_path / "a.gpx")
    assert (status, report["blocked"]) == (1, True)
    assert [(p["row"], p["code"]) for p in report["problems"]] == [(1, code)]


def test_districts_are_checked_as_districts(anywhere: CommandLine, tmp_path: Path) -> None:
    table = {"区划代码": ["220112", "220112"], "名称": ["双阳区", "双阳区"]}
    squares = [SQUARE, shapely.box(125.2, 43.2, 125.3, 43.3)]
    geopandas.GeoDataFrame(table, geometry=squares, crs=CGCS2000).to_file(tmp_path / "a.geojson")
    status, report = checked(anywhere, tmp_path / "a.geojson")
    assert (status, report["what"]) == (1, "districts")
    assert "duplicate_code" in {problem["code"] for problem in report["problems"]}


def test_zones_are_checked_as_zones(anywhere: CommandLine, tmp_path: Path) -> None:
    table = {"网格号": ["A1", "A2"], "级别": ["网格", "星系"], "林长": ["张三", "李四"]}
    squares = [SQUARE, shapely.box(125.2, 43.2, 125.3, 43.3)]
    geopandas.GeoDataFrame(table, geometry=squares, crs=CGCS2000).to_file(tmp_path / "a.geojson")
    status, report = checked(anywhere, tmp_path / "a.geojson")
    assert (status, report["what"]) == (1, "zones")
    assert ("unknown_code", 2) in {(p["code"], p["row"]) for p in report["problems"]}


def test_zones_that_overlap_are_told_before_they_are_imported(
    luotu: CommandLine, tmp_path: Path
) -> None:
    counties = {"区划代码": ["220112"], "名称": ["双阳区"]}
    known = geopandas.GeoDataFrame(counties, geometry=[shapely.box(125, 43, 126, 44)], crs=CGCS2000)
    known.to_file(tmp_path / "d.geojson")
    assert luotu("import", "districts", tmp_path / "d.geojson").status == 0
    table = {"code": ["A1", "A2"], "level": ["grid", "grid"], "ranger": ["张三", "李四"]}
    shapes = [shapely.box(125.1, 43.1, 125.2, 43.2), shapely.box(125.15, 43.1, 125.25, 43.2)]
    geopandas.GeoDataFrame(table, geometry=shapes, crs=CGCS2000).to_file(tmp_path / "z.geojson")
    status, report = checked(luotu, tmp_path / "z.geojson")
    assert (status, report["what"]) == (1, "zones")
    assert "overlap" in {problem["code"] for problem in report["problems"]}


def test_a_number_that_stands_twice_is_told_with_both_rows(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = shapefile(
        tmp_path, SQUARE, shapely.box(125.06, 43.05, 125.062, 43.052), plot_no=["A-1"] * 2
    )
    counties = {"区划代码": ["220112"], "名称": ["双阳区"]}
    known = geopandas.GeoDataFrame(counties, geometry=[shapely.box(125, 43, 126, 44)], crs=CGCS2000)
    known.to_file(tmp_path / "d.geojson")
    assert luotu("import", "districts", tmp_path / "d.geojson").status == 0
    status, report = checked(luotu, path)
    assert status == 1
    told = {p["row"]: p["message_en"] for p in report["problems"] if p["code"] == "number_twice"}
    assert "row 2" in told[1]
    assert "row 1" in told[2]


def test_a_border_that_leaves_plots_outside_is_told_before_it_is_imported(
    luotu: CommandLine, tmp_path: Path
) -> None:
    def county(name: str, east: float) -> Path:
        table = {"区划代码": ["220112"], "名称": ["双阳区"]}
        ground = [shapely.box(125, 43, east, 44)]
        geopandas.GeoDataFrame(table, geometry=ground, crs=CGCS2000).to_file(tmp_path / name)
        return tmp_path / name

    assert luotu("import", "districts", county("a.geojson", 126.0)).status == 0
    assert luotu("import", "plots", shapefile(tmp_path, SQUARE)).status == 0
    status, report = checked(luotu, county("b.geojson", 125.01))
    assert (status, report["what"]) == (1, "districts")
    assert "plots_outside" in {problem["code"] for problem in report["file_problems"]}
    assert luotu("import", "districts", county("c.geojson", 126.0)).status == 0
