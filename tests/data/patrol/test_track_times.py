"""Times that devices cut, days that they join, and fixes that lie nowhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.patrol.track_times import pieces_of, shared_out
from data.patrol.tracks import TrackTable, read_tracks
from gis.tracks import length_m, track, without_outliers
from tests.data.sending import geojson

BEGIN = datetime(2026, 7, 10, 0, 0, tzinfo=UTC)  # 08:00 in Beijing
STEP_DEG = 0.0001


def moments(count: int, begin: datetime = BEGIN, step_s: float = 10) -> list[datetime]:
    return [begin + timedelta(seconds=step_s * n) for n in range(count)]


def gpx(path: Path, times: list[datetime | None], *, lost: tuple[int, ...] = ()) -> Path:
    """A walk eastward of one fix a time, as one ``trk``; `lost` fixes have an empty latitude."""
    fixes = "".join(
        f'<trkpt lat="{"" if n in lost else 43.5}" lon="{125.6 + n * STEP_DEG:.6f}">'
        + (f"<time>{time:%Y-%m-%dT%H:%M:%S}Z</time>" if time else "")
        + "</trkpt>"
        for n, time in enumerate(times)
    )
    path.write_text(f"<gpx><trk><name>甲</name><trkseg>{fixes}</trkseg></trk></gpx>", "utf-8")
    return path


def walked_m(table: TrackTable, row: int = 0) -> float:
    line, times = table.frame.geometry[row], table.frame["times"][row]
    walk = track(shapely.get_coordinates(line), np.array([time.timestamp() for time in times]))
    return length_m(without_outliers(walk, 5.0))


def test_minutes_are_shared_out_and_no_way_is_lost(tmp_path: Path) -> None:
    exact = read_tracks(gpx(tmp_path / "a.gpx", list(moments(60))))
    cut = [time.replace(second=0) for time in moments(60)]
    table = read_tracks(gpx(tmp_path / "b.gpx", list(cut)))
    assert walked_m(table) == pytest.approx(walked_m(exact))
    assert any("cut to the minute" in note.en for note in table.notes)


def test_a_fix_a_minute_is_left_as_it_is() -> None:
    assert shared_out(moments(10, step_s=60)) is None
    assert shared_out([*moments(3, step_s=1), *moments(1)]) is None


def test_a_fix_without_a_time_keeps_its_place_among_shared_minutes() -> None:
    spread = shared_out([BEGIN, None, BEGIN, BEGIN + timedelta(minutes=1)])
    assert spread is not None
    assert spread[1] is None
    assert spread[2] == BEGIN + timedelta(seconds=30)


def test_three_days_in_one_track_are_three_patrols(tmp_path: Path) -> None:
    days = [time for day in range(3) for time in moments(20, BEGIN + timedelta(days=day))]
    table = read_tracks(gpx(tmp_path / "a.gpx", list(days)))
    assert [begin.day for begin in table.frame["started_at"]] == [10, 11, 12]
    assert [len(times) for times in table.frame["times"]] == [20, 20, 20]
    assert any("holds 3 patrols" in note.en for note in table.notes)


@pytest.mark.parametrize(
    ("times", "sizes"),
    [
        pytest.param([*moments(5), *moments(5, BEGIN + timedelta(hours=2))], [10], id="lunch"),
        pytest.param([*moments(5), *moments(5, BEGIN + timedelta(hours=4))], [5, 5], id="silence"),
        pytest.param(moments(20, BEGIN + timedelta(hours=15, minutes=58)), [20], id="night walk"),
        pytest.param(
            [*moments(5, BEGIN + timedelta(hours=15)), *moments(5, BEGIN + timedelta(hours=17))],
            [5, 5],
            id="silence across midnight",
        ),
        pytest.param(moments(150, step_s=1200), [48, 72, 30], id="never switched off"),
        pytest.param(moments(6)[::-1], [6], id="backwards"),
    ],
)
def test_tracks_are_cut_where_a_day_ends(times: list[datetime], sizes: list[int]) -> None:
    assert [len(piece) for piece in pieces_of(times)] == sizes


def test_one_stray_fix_of_another_day_is_left_out_and_told(tmp_path: Path) -> None:
    table = read_tracks(gpx(tmp_path / "a.gpx", [BEGIN - timedelta(days=9), *moments(10)]))
    assert [len(times) for times in table.frame["times"]] == [10]
    assert any("1 stray fixes" in note.en for note in table.notes)


def test_a_fix_without_a_position_is_left_out_and_told(tmp_path: Path) -> None:
    table = read_tracks(gpx(tmp_path / "a.gpx", list(moments(10)), lost=(4,)))
    assert table.problems == []
    assert len(table.frame["times"][0]) == 9
    assert any("(fixes 5)" in note.en for note in table.notes)


def test_rows_after_a_track_that_was_cut_keep_their_problems(tmp_path: Path) -> None:
    days = [time for day in range(2) for time in moments(3, BEGIN + timedelta(days=day))]
    text = gpx(tmp_path / "a.gpx", list(days)).read_text("utf-8")
    timeless = gpx(tmp_path / "b.gpx", [None, None]).read_text("utf-8")
    both = text.replace("</gpx>", timeless.removeprefix("<gpx>"))
    (tmp_path / "a.gpx").write_text(both, "utf-8")
    table = read_tracks(tmp_path / "a.gpx")
    assert len(table.frame) == 3
    assert [(problem.row, problem.code) for problem in table.problems] == [(3, "no_times")]
    assert table.bad_rows == {3}


@pytest.mark.parametrize("digits", ["202607300800", "20260730080000"])
def test_moments_of_twelve_or_fourteen_digits_are_those_of_beijing_and_told(
    tmp_path: Path, digits: str
) -> None:
    times = [int(digits), int(digits) + (1 if len(digits) == 12 else 100)]
    line = {"type": "LineString", "coordinates": [[125.6, 43.5], [125.601, 43.5]]}
    walk = {"type": "Feature", "properties": {"times": times}, "geometry": line}
    path = geojson(tmp_path / "a.geojson", {"type": "FeatureCollection", "features": [walk]})
    table = read_tracks(path)
    assert table.frame["started_at"][0].isoformat() == "2026-07-30T08:00:00+08:00"
    assert any("12 or 14 digits" in note.en for note in table.notes)
