"""Zones, patrols and findings out as files, and back as they were."""

from datetime import date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data.demo.demo import demo_findings, demo_patrols, demo_zones, generated_county
from data.patrol.tracks import read_tracks
from data.patrol.zones import PROPERTIES, read_zones
from data.reading.features import read_features
from data.writing.dispatch import usual_schema, write
from data.writing.export_report import ExportRefused

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def zones() -> gpd.GeoDataFrame:
    return demo_zones(generated_county())


@pytest.fixture(scope="module")
def tracks(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return demo_patrols(zones.iloc[[0, 8, 9]], today=TODAY)


@pytest.mark.parametrize("name", ["zones.zip", "zones.gpkg", "zones.geojson"])
def test_zones_come_back_with_every_property(
    tmp_path: Path, zones: gpd.GeoDataFrame, name: str
) -> None:
    report = write(zones, tmp_path / name)
    back = read_zones(tmp_path / name)
    assert report.rows == 48
    assert back.problems == []
    assert back.frame[list(PROPERTIES)].values.tolist() == zones[list(PROPERTIES)].values.tolist()
    assert shapely.equals_exact(
        back.frame.geometry.to_numpy(), zones.geometry.to_numpy(), 1e-9, normalize=True
    ).all()


def test_chinese_names_pass_a_shapefile_in_gbk(tmp_path: Path, zones: gpd.GeoDataFrame) -> None:
    write(zones, tmp_path / "zones.zip", encoding="GBK")
    assert read_zones(tmp_path / "zones.zip").frame["board"][0] == zones["board"][0]


@pytest.mark.parametrize("name", ["walks.gpx", "walks.gpkg", "walks.geojson"])
def test_tracks_come_back_fix_by_fix(tmp_path: Path, tracks: gpd.GeoDataFrame, name: str) -> None:
    write(tracks, tmp_path / name)
    back = read_tracks(tmp_path / name)
    assert back.problems == []
    assert back.frame["times"].tolist() == tracks["times"].tolist()
    assert back.frame["started_at"].tolist() == [min(times) for times in tracks["times"]]
    assert shapely.equals_exact(
        back.frame.geometry.to_numpy(), tracks.geometry.to_numpy(), 1e-9
    ).all()


def test_a_gpx_names_the_track_and_nobody(tmp_path: Path, tracks: gpd.GeoDataFrame) -> None:
    write(tracks, tmp_path / "walks.gpx")
    text = (tmp_path / "walks.gpx").read_text(encoding="utf-8")
    assert f"<name>{tracks['source'][0]}</name>" in text
    assert tracks["ranger"][0] not in text


@pytest.mark.parametrize("hostile", ["</name><trk>", "a & b", "\x00\x07", "{{7*7}}"])
def test_hostile_names_stay_text_in_gpx(
    tmp_path: Path, tracks: gpd.GeoDataFrame, hostile: str
) -> None:
    write(tracks.assign(source=hostile), tmp_path / "walks.gpx")
    back = read_tracks(tmp_path / "walks.gpx")
    assert len(back.frame) == len(tracks)
    assert hostile.replace("\x00", "\ufffd").replace("\x07", "\ufffd") in back.frame["source"][0]


def test_a_shapefile_of_tracks_has_lines_and_says_what_it_lacks(
    tmp_path: Path, tracks: gpd.GeoDataFrame
) -> None:
    report = write(tracks.assign(length_km=3.14159, effective=True), tmp_path / "walks.zip")
    back = read_features(tmp_path / "walks.zip").frame
    assert report.schema == "patrols"
    assert any("每个定位点的时刻" in str(note) for note in report.notes)
    assert set(back.geom_type) == {"LineString"}
    assert back["licheng"].tolist() == [3.142] * len(tracks)
    assert datetime.fromisoformat(back["kaishi"][0]) == tracks["started_at"][0]


def test_tracks_without_times_are_written_and_told(
    tmp_path: Path, tracks: gpd.GeoDataFrame
) -> None:
    report = write(tracks.drop(columns="times"), tmp_path / "walks.gpx")
    assert "没有时刻" in str(report.notes[0])


def test_tracks_that_were_cleaned_are_segments(tmp_path: Path) -> None:
    parts = shapely.MultiLineString([[(126, 43), (126.1, 43)], [(126.2, 43), (126.3, 43)]])
    frame = gpd.GeoDataFrame({"started_at": [None]}, geometry=[parts], crs=4490)
    write(frame, tmp_path / "walks.gpx")
    assert (tmp_path / "walks.gpx").read_text().count("<trkseg>") == 2


def test_polygons_are_no_gpx(tmp_path: Path, zones: gpd.GeoDataFrame) -> None:
    with pytest.raises(ExportRefused) as refused:
        write(zones, tmp_path / "zones.gpx")
    assert refused.value.code == "no_line"
    assert list(tmp_path.iterdir()) == []


def test_gpx_in_metres_is_refused(tmp_path: Path, tracks: gpd.GeoDataFrame) -> None:
    with pytest.raises(ExportRefused, match="GPX"):
        write(tracks, tmp_path / "walks.gpx", crs="EPSG:4530")


@pytest.mark.parametrize("name", ["found.zip", "found.gpkg", "found.geojson"])
def test_findings_are_points_with_their_state(
    tmp_path: Path, zones: gpd.GeoDataFrame, name: str
) -> None:
    findings = demo_findings(zones, today=TODAY)
    write(findings, tmp_path / name)
    back = read_features(tmp_path / name).frame
    assert set(back.geom_type) == {"Point"}
    column = "zhuangtai" if name.endswith("zip") else "state"
    assert back[column].tolist() == findings["state"].tolist()


def test_a_moment_at_midnight_keeps_its_hour_and_zone(
    tmp_path: Path, tracks: gpd.GeoDataFrame
) -> None:
    first = tracks.iloc[[0]]
    midnight = first["started_at"].iloc[0].replace(hour=0, minute=0, second=0)
    times = [midnight + timedelta(seconds=15 * i) for i in range(len(first["times"].iloc[0]))]
    moved = first.assign(started_at=[midnight], ended_at=[times[-1]])
    moved["times"] = [times]
    write(moved, tmp_path / "walk.gpkg")
    assert read_tracks(tmp_path / "walk.gpkg").frame["started_at"][0] == midnight


def test_what_a_frame_is_decides_its_fields(
    zones: gpd.GeoDataFrame, tracks: gpd.GeoDataFrame
) -> None:
    frames = (zones, tracks, demo_findings(zones, today=TODAY), generated_county())
    assert [usual_schema(list(frame.columns)) for frame in frames] == [
        "zones",
        "patrols",
        "findings",
        "districts",
    ]
