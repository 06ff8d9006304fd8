"""Patrol tracks out of files: every fix with its time, every problem with its row."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point

from data.errors import FileRefused
from data.patrol.tracks import TrackTable, read_tracks
from data.reading.limits import Limits
from data.timestamps import BEIJING
from gis.crs import CGCS2000, Zone
from gis.tracks import length_m, track
from tests.data.sending import collection, geojson

NOON = datetime(2026, 7, 1, 12, tzinfo=BEIJING)
LINE = LineString([(126.0, 43.8), (126.001, 43.8), (126.002, 43.8)])
TIMES = ["2026-07-01T04:00:00Z", "2026-07-01T04:00:15Z", "2026-07-01T04:00:30Z"]


def gpx(path: Path, inside: str) -> Path:
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    path.write_text(f'<?xml version="1.0"?>{head}{inside}</gpx>', encoding="utf-8")
    return path


def point(lon: float, time: str | None = None, tag: str = "trkpt") -> str:
    element = f"<time>{time}</time>" if time else ""
    return f'<{tag} lat="43.8" lon="{lon}"><ele>210</ele>{element}</{tag}>'


def kml(path: Path, inside: str) -> Path:
    head = (
        '<kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
    )
    path.write_text(f"{head}{inside}</Document></kml>", encoding="utf-8")
    return path


def gx_track(*times: str) -> str:
    whens = "".join(f"<when>{time}</when>" for time in times)
    coords = "".join(f"<gx:coord>{126 + i / 1000} 43.8 9</gx:coord>" for i in range(len(times)))
    return f"<gx:Track>{whens}{coords}</gx:Track>"


def lines(path: Path, rows: list[Mapping[str, object]], shape: Any = LINE) -> Path:
    return geojson(path, collection([shape] * len(rows), rows))


def faults(tracks: TrackTable) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.code) for problem in tracks.problems]


def test_a_gpx_track_keeps_the_time_of_every_fix(tmp_path: Path) -> None:
    points = "".join(point(126 + i / 1000, time) for i, time in enumerate(TIMES))
    file = gpx(tmp_path / "a.gpx", f"<trk><name>晨巡</name><trkseg>{points}</trkseg></trk>")
    tracks = read_tracks(file)
    assert tracks.problems == []
    assert tracks.frame["source"].tolist() == ["a.gpx 晨巡"]
    assert tracks.frame["times"][0] == [NOON + timedelta(seconds=15 * i) for i in range(3)]
    assert (tracks.frame["started_at"][0], tracks.frame["ended_at"][0]) == (
        NOON,
        NOON + timedelta(seconds=30),
    )
    assert tracks.frame.geometry[0].equals_exact(LINE, 1e-9)


def test_segments_of_a_track_follow_each_other_and_routes_are_tracks_too(tmp_path: Path) -> None:
    first, second = point(126.0, TIMES[0]), point(126.001, TIMES[1])
    segments = f"<trk><trkseg>{first}</trkseg><trkseg>{second}</trkseg></trk>"
    route = "".join(point(126 + i, time, "rtept") for i, time in enumerate(TIMES))
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"{segments}<rte>{route}</rte>"))
    assert [len(line.coords) for line in tracks.frame.geometry] == [2, 3]


def test_fixes_stay_in_the_order_of_the_file_with_jumps_and_times_that_run_back(
    tmp_path: Path,
) -> None:
    points = point(126.0, TIMES[1]) + point(140.0, TIMES[2]) + point(126.001, TIMES[0])
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}</trkseg></trk>"))
    assert [at[0] for at in tracks.frame.geometry[0].coords] == [126.0, 140.0, 126.001]
    assert tracks.frame["times"][0][2] == NOON
    assert tracks.frame["started_at"][0] == NOON
    assert tracks.problems == []


def test_a_time_with_an_offset_is_that_moment(tmp_path: Path) -> None:
    points = point(126.0, "2026-07-01T12:00:00+08:00") + point(126.001, "2026-07-01T04:00:15Z")
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}</trkseg></trk>"))
    assert tracks.frame["times"][0] == [NOON, NOON + timedelta(seconds=15)]


def test_a_gpx_time_without_a_zone_is_utc_as_the_format_says_and_told(tmp_path: Path) -> None:
    points = point(126.0, "2026-07-01T04:00:00") + point(126.001, "2026-07-01T04:00:15")
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}</trkseg></trk>"))
    assert tracks.frame["times"][0][0] == NOON
    assert "UTC" in str(tracks.notes[-1])


def test_a_fix_without_a_time_keeps_its_place_and_has_none(tmp_path: Path) -> None:
    points = point(126.0, TIMES[0]) + point(126.001) + point(126.002, TIMES[2])
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}</trkseg></trk>"))
    assert [time is None for time in tracks.frame["times"][0]] == [False, True, False]


def test_one_time_that_cannot_be_read_costs_its_fix_the_time_alone(tmp_path: Path) -> None:
    points = point(126.0, TIMES[0]) + point(126.001, "2026-13-40T25:00Z") + point(126.002, TIMES[2])
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}</trkseg></trk>"))
    assert [time is None for time in tracks.frame["times"][0]] == [False, True, False]
    assert (faults(tracks), "2026-13-40" in str(tracks.notes)) == ([], True)


def test_a_fix_at_the_origin_is_one_that_the_device_did_not_get(tmp_path: Path) -> None:
    points = "".join(point(126 + i / 1000, time) for i, time in enumerate(TIMES))
    origin = f'<trkpt lat="0.0" lon="0"><time>{TIMES[1]}</time></trkpt>'
    tracks = read_tracks(gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}{origin}</trkseg></trk>"))
    assert len(tracks.frame.geometry[0].coords) == 3
    assert "第 4 个" in str(tracks.notes[0])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026.7.1 12:00:00", "2026.7.1 12:00:15"),
        ("2026-7-1 12:00:00", "2026-7-1 12:00:15"),
        ("2026年7月1日12时00分00秒", "2026年7月1日12时00分15秒"),
        ("2026/7/1 下午12:00:00", "2026/7/1 下午12:00:15"),
        ("2026/7/1 12：00：00", "2026/7/1 12：00：15"),
        ("2026070112", "20260701120015"),
    ],
)
def test_times_are_read_as_people_write_them(tmp_path: Path, first: str, second: str) -> None:
    tracks = read_tracks(lines(tmp_path / "a.geojson", [{"times": [first, None, second]}]))
    times = tracks.frame["times"][0]
    assert [times[0], times[2]] == [NOON, NOON.replace(second=15)]


@pytest.mark.parametrize("time", ["2026/7/1 下午13:00:00", "2026-2-30 08:00", "07/01/2026 08:00"])
def test_a_time_that_nothing_tells_is_refused_with_how_to_write_it(
    tmp_path: Path, time: str
) -> None:
    tracks = read_tracks(lines(tmp_path / "a.geojson", [{"times": [time] * 3}]))
    assert faults(tracks) == [(1, "bad_time")]
    assert "2026-07-30 08:00:00" in str(tracks.problems[0].message)


@pytest.mark.parametrize("day", ["2026-07-01", "2026/7/1", "20260701", "2026年7月1日"])
def test_days_and_times_of_two_columns_are_joined(tmp_path: Path, day: str) -> None:
    rows = [f"甲,{day},12:00:{second},{126 + second / 1e4},43.8" for second in (10, 20, 30)]
    lost = f"甲,{day},12:00:40,0,0"
    text = "\n".join(["护林员,日期,时间,经度,纬度", *rows, lost])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    tracks = read_tracks(tmp_path / "a.csv")
    assert tracks.frame["times"][0] == [NOON.replace(second=second) for second in (10, 20, 30)]
    assert "日期" in str(tracks.notes)


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        pytest.param(point(126.0) + point(126.001), "no_times", id="no times"),
        pytest.param(point(126.0, TIMES[0]), "too_few_fixes", id="one fix"),
        pytest.param("", "no_line", id="no fix"),
        pytest.param(point(126.0, "noon") + point(126.001, TIMES[1]), "bad_time", id="no time"),
    ],
)
def test_a_track_that_cannot_be_is_told_and_the_others_are_kept(
    tmp_path: Path, inside: str, code: str
) -> None:
    good = "".join(point(126 + i / 1000, time) for i, time in enumerate(TIMES))
    both = f"<trk><trkseg>{inside}</trkseg></trk><trk><trkseg>{good}</trkseg></trk>"
    tracks = read_tracks(gpx(tmp_path / "a.gpx", both))
    assert faults(tracks) == [(1, code)]
    assert tracks.bad_rows == {1}
    assert tracks.frame.geometry.isna().tolist() == [True, False]


def test_a_kml_track_keeps_its_times(tmp_path: Path) -> None:
    data = '<ExtendedData><Data name="护林员"><value>甲</value></Data></ExtendedData>'
    inside = f"<Placemark><name>一号</name>{data}{gx_track(*TIMES)}</Placemark>"
    tracks = read_tracks(kml(tmp_path / "a.kml", inside))
    assert tracks.problems == []
    assert tracks.frame["ranger"].tolist() == ["甲"]
    assert tracks.frame["times"][0][2] == NOON + timedelta(seconds=30)
    assert tracks.frame.geometry[0].equals_exact(LINE, 1e-9)


def test_parts_of_a_multitrack_follow_each_other(tmp_path: Path) -> None:
    parts = f"<gx:MultiTrack>{gx_track(*TIMES[:2])}{gx_track(TIMES[2])}</gx:MultiTrack>"
    tracks = read_tracks(kml(tmp_path / "a.kml", f"<Placemark>{parts}</Placemark>"))
    assert len(tracks.frame["times"][0]) == 3


def test_a_kml_line_without_times_is_told(tmp_path: Path) -> None:
    line = "<LineString><coordinates>126,43.8,0 126.1,43.8,0</coordinates></LineString>"
    tracks = read_tracks(kml(tmp_path / "a.kml", f"<Placemark>{line}</Placemark>"))
    assert faults(tracks) == [(1, "no_times")]


def test_a_kmz_is_read(tmp_path: Path) -> None:
    inner = kml(tmp_path / "doc.kml", f"<Placemark>{gx_track(*TIMES)}</Placemark>")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.write(inner, "doc.kml")
    tracks = read_tracks(tmp_path / "a.kmz")
    assert len(tracks.frame) == 1
    assert tracks.problems == []


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"times": TIMES}, id="times"),
        pytest.param({"coordTimes": TIMES}, id="coordTimes"),
        pytest.param({"coordinateProperties": {"times": TIMES}}, id="coordinateProperties"),
        pytest.param({"times": [1782878400, 1782878415, 1782878430]}, id="seconds"),
        pytest.param({"times": [1782878400e3, 1782878415e3, 1782878430e3]}, id="milliseconds"),
        pytest.param({"times": '["2026-07-01T04:00:00Z", 1782878415, 1782878430]'}, id="as text"),
    ],
)
def test_geojson_gives_times_in_many_ways(tmp_path: Path, properties: dict[str, object]) -> None:
    tracks = read_tracks(lines(tmp_path / "a.geojson", [properties]))
    assert tracks.problems == []
    assert tracks.frame["times"][0] == [NOON + timedelta(seconds=15 * i) for i in range(3)]


def test_a_fourth_ordinate_is_the_time(tmp_path: Path) -> None:
    fixes = [[126 + i / 1000, 43.8, 210, 1782878400 + 15 * i] for i in range(3)]
    line = {"type": "LineString", "coordinates": fixes}
    tracks = read_tracks(geojson(tmp_path / "a.geojson", collection([line])))
    assert tracks.frame["times"][0][1] == NOON + timedelta(seconds=15)
    assert tracks.frame.geometry[0].equals_exact(LINE, 1e-9)


def test_times_of_a_line_of_several_parts_may_be_nested(tmp_path: Path) -> None:
    both = shapely.MultiLineString([LINE, LINE])
    file = lines(tmp_path / "a.geojson", [{"coordTimes": [TIMES, TIMES]}], both)
    assert len(read_tracks(file).frame["times"][0]) == 6


def test_a_time_without_a_zone_is_beijings_and_told(tmp_path: Path) -> None:
    noon = ["2026-07-01 12:00:00", "2026/7/1 12:00:15", "2026年7月1日 12:00:30"]
    tracks = read_tracks(lines(tmp_path / "a.geojson", [{"times": noon}]))
    assert tracks.frame["times"][0] == [NOON + timedelta(seconds=15 * i) for i in range(3)]
    assert "北京时间" in str(tracks.notes[-1])


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        pytest.param({"times": TIMES[:2]}, "times_count", id="fewer times than fixes"),
        pytest.param({"times": [1, 2, 3]}, "bad_time", id="seconds of what"),
        pytest.param({"times": [1e400, 1e400, 1e400]}, "bad_time", id="infinite"),
        pytest.param({"times": []}, "no_times", id="an empty list"),
        pytest.param({"times": "早上"}, "no_times", id="a word"),
        pytest.param({"times": TIMES, "started_at": "早上"}, "bad_time", id="begins when"),
        pytest.param({"times": TIMES, "ranger": "林" * 201}, "too_long", id="a name without end"),
    ],
)
def test_what_cannot_be_of_a_track_is_told(
    tmp_path: Path, properties: dict[str, object], code: str
) -> None:
    tracks = read_tracks(lines(tmp_path / "a.geojson", [properties]))
    assert faults(tracks) == [(1, code)]


def test_a_layer_of_fixes_is_gathered_to_tracks(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {
            "护林员": ["甲", "乙", "甲", "乙", "丙"],
            "网格号": ["N-1", "N-2", "N-1", "N-2", "N-3"],
            "定位时间": pd.to_datetime(TIMES * 2).tz_localize(None)[:5],
        },
        geometry=[Point(126 + i / 1000, 43.8) for i in range(5)],
        crs=CGCS2000,
    )
    frame.to_file(tmp_path / "a.gpkg")
    tracks = read_tracks(tmp_path / "a.gpkg")
    assert tracks.frame[["ranger", "zone"]].values.tolist() == [
        ["甲", "N-1"],
        ["乙", "N-2"],
        ["丙", "N-3"],
    ]
    assert faults(tracks) == [(3, "too_few_fixes")]
    assert [at[0] for at in tracks.frame.geometry[0].coords] == [126.0, 126.002]


def test_lines_of_a_shapefile_have_no_times_and_are_told(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"xm": ["甲"]}, geometry=[LINE], crs=CGCS2000)
    frame.to_file(tmp_path / "a.shp")
    tracks = read_tracks(tmp_path / "a.shp", fields={"ranger": "xm"})
    assert faults(tracks) == [(1, "no_times")]
    assert tracks.frame["ranger"].tolist() == ["甲"]


def test_a_track_in_metres_is_brought_to_degrees(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"times": [str(TIMES).replace("'", '"')]}, geometry=[LINE])
    frame.set_crs(CGCS2000).to_crs(Zone(42).epsg).to_file(tmp_path / "a.gpkg")
    tracks = read_tracks(tmp_path / "a.gpkg")
    assert tracks.frame.geometry[0].equals_exact(LINE, 1e-7)
    assert "Gauss" in tracks.crs_name


def test_a_polygon_is_no_track(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.geojson", [{"times": TIMES}], shapely.box(126, 43, 126.1, 43.1))
    assert faults(read_tracks(file)) == [(1, "no_line")]


def test_what_is_read_can_be_judged(tmp_path: Path) -> None:
    [row] = read_tracks(lines(tmp_path / "a.geojson", [{"times": TIMES}])).frame.itertuples()
    seconds = [time.timestamp() for time in row.times]
    walk = track(shapely.get_coordinates(row.geometry), seconds)
    assert length_m(walk) == pytest.approx(161, abs=1)


def test_more_fixes_than_allowed_are_refused_before_they_are_all_read(tmp_path: Path) -> None:
    points = "".join(point(126 + i / 1e6, TIMES[0]) for i in range(200))
    file = gpx(tmp_path / "a.gpx", f"<trk><trkseg>{points}</trkseg></trk>")
    with pytest.raises(FileRefused) as refused:
        read_tracks(file, limits=Limits(vertices=100))
    assert refused.value.code == "too_many_vertices"


@pytest.mark.parametrize("suffix", ["gpx", "kml"])
def test_entities_are_refused(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    file.write_text(f'<!DOCTYPE {suffix} [<!ENTITY a "b">]><{suffix}>&a;</{suffix}>')
    with pytest.raises(FileRefused) as refused:
        read_tracks(file)
    assert refused.value.code == "xml_entities"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param('<gpx><trk><trkseg><trkpt lat="43" lon="126">', "file_damaged", id="cut off"),
        pytest.param(
            '<gpx><trk><trkseg><trkpt lat="x" lon="126"/><trkpt lat="43" lon=""/>'
            "</trkseg></trk></gpx>",
            "not_finite",
            id="no latitude anywhere",
        ),
        pytest.param("<gpx></gpx>", "no_features", id="nothing in it"),
    ],
)
def test_a_damaged_gpx_is_refused(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "a.gpx"
    file.write_text(text)
    with pytest.raises(FileRefused) as refused:
        read_tracks(file)
    assert refused.value.code == code


def test_times_are_never_moved(tmp_path: Path) -> None:
    [row] = read_tracks(lines(tmp_path / "a.geojson", [{"times": TIMES}])).frame.itertuples()
    assert row.started_at == datetime(2026, 7, 1, 4, tzinfo=UTC)
