"""What the map of patrols holds, and what it never holds."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame

from maps.caption import Caption
from maps.errors import MapError
from maps.lines import drawable_lines, lines_block
from maps.packing import pack
from maps.patrol_map import build
from tests.maps import patrols
from tests.maps.reading import data_of, digest, inline

AROUND = Caption(title="巡护图", source="编造", invented=True)
NOBODY = "护林员甲"


def drawn(
    zones: GeoDataFrame | None = None,
    tracks: GeoDataFrame | None = None,
    findings: GeoDataFrame | None = None,
    **more: Any,
) -> dict[str, Any]:
    ground = patrols.zones() if zones is None else zones
    page = build(ground, tracks, findings, caption=AROUND, **{"period": "2026-Q3", **more})
    return data_of(page.html)


def test_without_names_no_person_and_no_note_is_in_the_file() -> None:
    page = build(
        patrols.zones(), patrols.tracks(), patrols.findings(), caption=AROUND, period="2026-Q3"
    )
    for person in (NOBODY, "林长乙", "丙某报告"):
        assert person not in page.html
    assert "本图不含人员姓名" in page.html


def test_with_names_they_are_there() -> None:
    page = build(
        patrols.zones(),
        patrols.tracks(),
        patrols.findings(),
        caption=AROUND,
        period="2026-Q3",
        names=True,
    )
    for person in (NOBODY, "林长乙", "丙某报告"):
        assert person in page.html


@pytest.mark.parametrize(
    ("nothing", "told"),
    [(None, "个人信息"), (patrols.tracks().iloc[:0], "没有巡护轨迹")],
    ids=["only shares", "nobody walked"],
)
def test_a_reader_is_told_why_there_is_no_track(nothing: GeoDataFrame | None, told: str) -> None:
    data = drawn(tracks=nothing)
    assert data["tracks"] is None
    assert [told in note[0] for note in data["notes"]].count(True) == 1
    assert ("个人信息" in str(data["notes"])) == (nothing is None)


def test_zones_stand_in_the_colour_of_their_state_and_without_a_rule_in_none() -> None:
    theme = drawn()["themes"][0]
    assert theme["place"] == [0, 0, 3, 2, 1, -1, 0]
    assert [band["count"] for band in theme["bands"]["grid"]] == [2, 1, 1, 1]
    assert [band["strong"] for band in theme["bands"]["grid"]] == [False, False, False, True]


def test_the_share_walked_has_classes_of_its_own() -> None:
    theme = drawn()["themes"][1]
    assert theme["id"] == "walked_share"
    assert theme["place"][0] == -1  # the town has no figure
    assert theme["values"][1] == 0.9


def test_done_stands_beside_due_and_what_is_not_known_is_a_dash() -> None:
    facts = {fact["label"][0]: fact["values"] for fact in drawn()["districts"]["facts"]}
    assert facts["有效天数（已做 / 应做）"][1:] == [
        "31 / 30",
        "12 / 30",
        "30 / 30",
        "8 / 30",
        "0 / 30",
        "30 / –",
    ]
    assert facts["巡护次数（已做 / 应做）"][:2] == ["3 / 3", ""]


def test_days_are_those_of_beijing() -> None:
    late = patrols.tracks(1).assign(started_at=pd.Timestamp("2026-07-01T17:00Z"))
    tracks = drawn(tracks=late)["tracks"]
    assert tracks["day"] == pack([1])
    assert tracks["minute"] == pack([60])


@pytest.mark.parametrize(
    ("period", "first", "count"),
    [
        pytest.param("2026-Q3", "2026-07-01", 92, id="quarter"),
        pytest.param("2026-H1", "2026-01-01", 181, id="first half"),
        pytest.param("2026-H2", "2026-07-01", 184, id="second half"),
        pytest.param("2026-02", "2026-02-01", 28, id="month"),
        pytest.param("2026", "2026-01-01", 365, id="year"),
        pytest.param("2026-13", "2000-01-01", 1, id="no such month"),
        pytest.param("{{7*7}}", "2000-01-01", 1, id="no period"),
    ],
)
def test_the_slider_runs_over_the_period(period: str, first: str, count: int) -> None:
    assert drawn(period=period)["days"] == {"first": first, "count": count}


def test_a_track_outside_the_period_is_not_lost() -> None:
    days = drawn(tracks=patrols.tracks(24), period="2026-08")["days"]
    assert days["first"] == "2026-07-01"


def test_a_track_without_a_line_or_a_time_is_told() -> None:
    tracks = patrols.tracks(4)
    tracks.loc[0, "geometry"] = None
    tracks["started_at"] = tracks["started_at"].astype(object).where(tracks.index != 1, None)
    data = drawn(tracks=tracks)
    assert data["tracks"]["count"] == 2
    assert any("2 条轨迹" in note[0] for note in data["notes"])


def test_a_track_keeps_its_parts_apart() -> None:
    parts = shapely.MultiLineString(
        [[(114.9, 25.8), (114.91, 25.8)], [(114.95, 25.8), (115, 25.8)]]
    )
    block = lines_block(drawable_lines(np.array([parts, None], dtype=object)), 14)
    assert block["parts"] == pack([2, 0])
    assert block["points"] == pack([2, 2])


def test_reasons_are_written_once_and_in_words() -> None:
    tracks = drawn(tracks=patrols.tracks())["tracks"]
    assert tracks["reasons"] == [
        ["", ""],
        [
            "责任区内里程不足、设备离线过久",
            "too short inside the zone, the device was silent too long",
        ],
    ]


def test_words_of_the_caller_go_before_ours() -> None:
    labels = {"duty_state": {"met": ("达标", "fine")}, "finding_kind": {"fire": ("火情", "fire")}}
    data = drawn(findings=patrols.findings(), labels=labels)
    assert data["themes"][0]["bands"]["grid"][0]["label"] == ["达标", "fine"]
    assert data["findings"]["kinds"] == [["火情", "fire"]]


def test_findings_without_a_place_are_told() -> None:
    findings = patrols.findings()
    findings.loc[0, "geometry"] = None
    data = drawn(findings=findings)
    assert data["findings"]["count"] == 4
    assert any("1 个问题没有位置" in note[0] for note in data["notes"])


@pytest.mark.parametrize("layer", ["zones", "tracks", "findings"])
def test_metres_are_refused(layer: str) -> None:
    frames = {"zones": patrols.zones(), "tracks": patrols.tracks(), "findings": patrols.findings()}
    frames[layer] = frames[layer].set_geometry(
        frames[layer].geometry.scale(1e4, 1e4, origin=(0, 0))
    )
    with pytest.raises(MapError) as refused:
        drawn(frames["zones"], frames["tracks"], frames["findings"])
    assert refused.value.code == "not_degrees"


def test_zones_alone_are_a_map_too() -> None:
    bare = patrols.zones()[["code", "geometry"]]
    data = drawn(bare)
    assert data["themes"] == []
    assert data["districts"]["name"][1] == "Z-1"


def test_a_hundred_thousand_fixes_make_a_small_file() -> None:
    page = build(patrols.zones(), patrols.tracks(800, 130), None, caption=AROUND, period="2026-Q3")
    assert len(page.html) < 2_000_000


def test_the_policy_lists_every_script_and_style() -> None:
    page = build(
        patrols.zones(), patrols.tracks(), patrols.findings(), caption=AROUND, period="2026-Q3"
    )
    for tag in ("script", "style"):
        for text in inline(page.html, tag):
            assert digest(text) in page.csp


def test_a_map_without_zones_says_how_to_get_some() -> None:
    first = drawn(zones=patrols.zones().iloc[:0])["notes"][0]
    assert all("luotu import zones" in words for words in first)
