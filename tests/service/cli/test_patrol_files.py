"""``luotu`` on files of zones, tracks and rules: in, out, refused whole, forgotten."""

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest
from shapely import LineString, box

from gis.crs import CGCS2000, Zone
from service.web.timestamps import today
from tests.service.cli.command_line import CommandLine

STEP_DEG = 0.0002


def zones_file(folder: Path, *grids: tuple[str, float]) -> Path:
    """A town zone T9 of 0.04° and grids of 0.01° in it, headings as an office writes them."""
    rows: list[tuple[object, ...]] = [
        ("T9", "town", None, "张三", None, box(125.01, 43.01, 125.05, 43.05))
    ]
    rows += [
        (code, "grid", "T9", None, f"{code} 护林员", box(west, 43.02, west + 0.01, 43.03))
        for code, west in grids
    ]
    names = ["code", "level", "parent", "chief", "ranger", "geometry"]
    frame = geopandas.GeoDataFrame([dict(zip(names, row, strict=True)) for row in rows])
    frame["name"] = frame["code"] + " 区"
    frame["valid_from"] = "2026-01-01"
    path = folder / "zones.geojson"
    frame.set_crs(CGCS2000).to_file(path)
    return path


def gpx_file(folder: Path, name: str, fixes: int = 20) -> Path:
    """A walk eastward through G9, one fix every 15 s."""
    points = "".join(
        f'<trkpt lon="{125.0205 + n * STEP_DEG:.7f}" lat="43.025">'
        f"<time>2026-07-06T00:{n // 4:02d}:{n % 4 * 15:02d}Z</time></trkpt>"
        for n in range(fixes)
    )
    path = folder / f"{name}.gpx"
    path.write_text(
        '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><name>{name}</name><trkseg>{points}</trkseg></trk></gpx>"
    )
    return path


def test_zones_come_in_and_go_out_with_their_people(
    luotu: CommandLine, districts: None, tmp_path: Path
) -> None:
    path = zones_file(tmp_path, ("G9", 125.02), ("G8", 125.03))
    said = luotu("import", "zones", path, "--json")
    assert (said.status, json.loads(said.out)["rows"]) == (0, 3), said.err
    out = tmp_path / "out.geojson"
    assert luotu("export", "zones", out).status == 0
    frame = geopandas.read_file(out).set_index("code")
    assert frame.loc["T9", "chief"] == "张三"
    assert frame.loc[["G8", "G9"], "ranger"].tolist() == ["G8 护林员", "G9 护林员"]


def test_zones_that_overlap_or_lie_outside_are_refused_whole_until_acknowledged(
    luotu: CommandLine, districts: None, tmp_path: Path
) -> None:
    path = zones_file(tmp_path, ("G9", 125.02), ("G7", 125.025), ("G6", 125.045))
    said = luotu("import", "zones", path)
    assert said.status == 1
    assert "[overlap]" in said.err
    assert "[outside_parent]" in said.err
    again = luotu(
        "import", "zones", path, "--acknowledge", "overlap,outside_parent", "--dry-run", "--json"
    )
    assert (again.status, json.loads(again.out)["rows"]) == (0, 4), again.err


def test_a_new_chief_in_a_file_without_dates_leaves_the_old_one_in_the_history(
    luotu: CommandLine, districts: None, tmp_path: Path
) -> None:
    luotu("import", "zones", zones_file(tmp_path))
    path = tmp_path / "again.geojson"
    frame = geopandas.read_file(tmp_path / "zones.geojson").drop(columns="valid_from")
    frame.assign(chief="李四").to_file(path)
    said = luotu("import", "zones", path)
    assert said.status == 0, said.err
    out = tmp_path / "out.geojson"
    luotu("export", "zones", out)
    zone = geopandas.read_file(out).set_index("code").loc["T9"]
    assert (zone["chief"], str(zone["valid_from"])[:10]) == ("李四", today().isoformat())


def test_a_track_without_a_name_finds_its_zone_and_goes_out_again(
    luotu: CommandLine, districts: None, tmp_path: Path
) -> None:
    path = gpx_file(tmp_path, "一号线")
    first = luotu("import", "patrols", path)
    assert first.status == 0, first.err
    assert "no_zone" not in first.out  # the file names none: the zone that holds the track
    again = luotu("import", "patrols", path)
    assert (again.status, "duplicate_track" in again.err) == (1, True)
    out = tmp_path / "out.gpx"
    assert luotu("export", "patrols", out).status == 0
    assert out.read_text().count("<trkpt") >= 20


def test_faulty_tracks_of_one_file_are_told_row_by_row_and_the_good_one_is_stored(
    luotu: CommandLine, districts: None, tmp_path: Path
) -> None:
    """A jump and fixes out of order are mended and told; the rest is kept out, or apart."""
    at, ticks = [[125.06 + n * STEP_DEG, 43.06] for n in range(20)], [*range(0, 300, 15)]
    jumped = [*at[:9], [126.5, 44.5], *at[10:]]
    swapped = [*ticks[:9], ticks[10], ticks[9], *ticks[11:]]
    rows: list[tuple[list[list[float]], list[int] | None, str]] = [
        (at, ticks, ""),
        (jumped, [tick + 86_400 for tick in ticks], ""),
        (at, [tick + 2 * 86_400 for tick in swapped], ""),
        (at, None, "no_times"),
        (at, ticks, "duplicate_track"),
        (at, [tick + 3 * 86_400 for tick in ticks], "unknown_zone"),
    ]
    path = tmp_path / "walks.geojson"
    path.write_text(json.dumps(walks_of(rows)))
    said = luotu("import", "patrols", path)
    assert said.status == 0, said.err
    for row, (_line, _times, code) in enumerate(rows, start=1):
        if code:
            assert any(f"row {row}" in line and code in line for line in said.out.splitlines()), row
    out = tmp_path / "out.geojson"
    luotu("export", "patrols", out)
    back = geopandas.read_file(out)
    stored = back[back["source"].str.startswith("walks")]
    assert len(stored) == 4


def walks_of(
    rows: Sequence[tuple[list[list[float]], Sequence[float] | None, str]],
) -> dict[str, object]:
    """Lines with their times, seconds after the first of July; the last is of no known zone."""
    begin = 1_782_864_000
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": line},
                "properties": {
                    "times": None if times is None else [begin + tick for tick in times],
                    "zone": "Z?" if code == "unknown_zone" else None,
                },
            }
            for line, times, code in rows
        ],
    }


def test_a_track_in_metres_is_refused_until_its_system_is_named(
    luotu: CommandLine, districts: None, tmp_path: Path
) -> None:
    line = geopandas.GeoSeries([LineString([(125.07, 43.06), (125.071, 43.06)])], crs=CGCS2000)
    metres = [list(point) for point in line.to_crs(Zone(42).epsg).iloc[0].coords]
    path = tmp_path / "metres.geojson"
    path.write_text(json.dumps(walks_of([(metres, [0, 120], "")])))
    refused = luotu("import", "patrols", path)
    assert (refused.status, "--crs" in refused.err) == (1, True)
    named = luotu("import", "patrols", path, "--crs", f"EPSG:{Zone(42).epsg}", "--json")
    assert (named.status, json.loads(named.out)["rows"]) == (0, 1), named.err


def test_a_track_of_more_fixes_than_a_patrol_may_have_is_refused_in_words(
    luotu: CommandLine, districts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTU_TRACK_FIX_LIMIT", "2000")
    path = tmp_path / "endless.geojson"
    line = [[125.06 + n % 1000 * 1e-5, 43.06] for n in range(2_001)]
    times = [n * 10.0 for n in range(2_001)]  # within one day
    path.write_text(json.dumps(walks_of([(line, times, "")])))
    said = luotu("import", "patrols", path)
    assert said.status == 1
    assert "too_many_fixes" in said.err
    assert "2001" in said.err
    assert "endless.geojson" in said.err
    monkeypatch.setenv("LUOTU_TRACK_FIX_LIMIT", "2001")
    said = luotu("import", "patrols", path)
    assert "too_many_fixes" not in said.err


def test_tracks_whose_time_is_over_are_forgotten(
    luotu: CommandLine, districts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    luotu("import", "patrols", gpx_file(tmp_path, "二号线", fixes=25))
    monkeypatch.setenv("LUOTU_TRACK_RETENTION_DAYS", "1")
    said = luotu("forget")
    assert (said.status, "forgot 0" in said.out) == (0, False), said.err
    out = tmp_path / "left.geojson"
    said = luotu("export", "patrols", out)
    assert "条巡护的轨迹已按保存期限删除" in said.out
    assert "coordinates" not in out.read_text()


def test_a_rule_without_a_level_is_refused_by_its_row(luotu: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(
        "code,label_zh,label_en,level,place,unit,visits,source\n"
        "R1,本地,local,,220102,month,1,本地办法\n"
    )
    said = luotu("import", "rules", path)
    assert said.status == 1
    assert "level" in said.err


@pytest.mark.parametrize("what", ["zones", "patrols"])
def test_a_file_that_would_not_hold_all_rows_is_refused(
    luotu: CommandLine,
    districts: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    luotu("import", "zones", zones_file(tmp_path, ("G9", 125.02), ("G8", 125.03)))
    for name in ("G9", "again"):
        luotu("import", "patrols", gpx_file(tmp_path, name))
    out = tmp_path / f"{what}_out.geojson"
    monkeypatch.setenv("LUOTU_PATROL_LIMIT", "1")
    said = luotu("export", what, out)
    assert (said.status, out.exists()) == (1, False)
    assert "LUOTU_PATROL_LIMIT" in said.err
    monkeypatch.setenv("LUOTU_PATROL_LIMIT", "1000")
    assert luotu("export", what, out).status == 0
