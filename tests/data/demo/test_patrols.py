"""The invented zones, patrols and findings: whole, walkable, the same every time, and labelled."""

from datetime import date, datetime
from time import process_time

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.codes import code_list
from data.demo.demo import demo_findings, demo_patrols, demo_plots, demo_zones, generated_county
from data.demo.findings import finding_states
from data.patrol.zone_findings import zone_findings
from data.timestamps import BEIJING
from gis.tracks import judge, length_m, track, without_outliers

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def county() -> gpd.GeoDataFrame:
    return generated_county()


@pytest.fixture(scope="module")
def zones(county: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return demo_zones(county)


@pytest.fixture(scope="module")
def tracks(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return demo_patrols(zones, today=TODAY)


def test_forty_rangers_have_one_grid_each_in_eight_towns(zones: gpd.GeoDataFrame) -> None:
    grids = zones[zones["level"] == "grid"]
    assert len(grids) == grids["ranger"].nunique() == 40
    assert grids["parent"].value_counts().tolist() == [5] * 8


def test_fewer_towns_are_the_first_ones(county: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> None:
    towns = zones[zones["level"] == "town"]["code"][:2]
    first = zones[zones["code"].isin(towns) | zones["parent"].isin(towns)]
    assert demo_zones(county, towns=2)["code"].tolist() == first["code"].tolist()


def test_grids_share_their_town_out_without_gap_or_overlap(zones: gpd.GeoDataFrame) -> None:
    assert zone_findings(zones) == []


def test_zones_lie_in_their_county(county: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> None:
    assert shapely.covers(county.geometry[0].buffer(1e-8), zones.geometry.to_numpy()).all()


def test_zones_lie_where_the_plots_are(county: gpd.GeoDataFrame) -> None:
    plots = demo_plots(county, count=2_000)
    town = demo_zones(county, plots).geometry.iloc[0]
    anywhere = demo_zones(county).geometry.iloc[0]
    shapes = plots.geometry.to_numpy()
    held = [int(shapely.intersects(zone, shapes).sum()) for zone in (town, anywhere)]
    assert held[0] > max(held[1], 20)


def test_everybody_and_everything_says_that_it_is_invented(zones: gpd.GeoDataFrame) -> None:
    words = zones[["name", "chief", "ranger", "office", "board"]].stack()  # absent ones fall out
    assert words.str.startswith("虚构").all()
    assert demo_findings(zones, today=TODAY)["note"].str.startswith("虚构示例").all()


@pytest.mark.parametrize(
    ("today", "first", "this"),
    [
        (date(2026, 11, 29), date(2026, 7, 1), date(2026, 10, 1)),
        (date(2027, 1, 2), date(2026, 10, 1), date(2027, 1, 1)),
        (date(2028, 3, 31), date(2027, 10, 1), date(2028, 1, 1)),
    ],
)
def test_patrols_and_findings_lie_in_this_quarter_and_the_last(
    zones: gpd.GeoDataFrame, today: date, first: date, this: date
) -> None:
    tracks, findings = demo_patrols(zones, today=today), demo_findings(zones, today=today)
    for times in (tracks["started_at"], tracks["ended_at"], findings["found_at"]):
        days = times.map(lambda at: at.astimezone(BEIJING).date())
        assert first <= days.min() < this
        assert days.max() < today
    # However young a quarter is, somebody has walked in it.
    assert (tracks["started_at"].map(lambda at: at.date()) >= this).any()


def test_on_the_first_day_of_a_quarter_the_last_one_was_walked(zones: gpd.GeoDataFrame) -> None:
    tracks = demo_patrols(zones, today=date(2027, 1, 1))
    assert tracks["ended_at"].max() < datetime(2027, 1, 1, tzinfo=BEIJING)
    assert tracks["started_at"].max() >= datetime(2026, 12, 25, tzinfo=BEIJING)


def test_there_are_patrols_enough_and_not_too_many(tracks: gpd.GeoDataFrame) -> None:
    fixes = tracks["times"].map(len)
    assert 1_000 < len(tracks) <= 3_000
    assert fixes.max() <= 125
    assert (fixes == shapely.get_num_coordinates(tracks.geometry.to_numpy())).all()


def test_a_walker_walks_and_does_not_ride(tracks: gpd.GeoDataFrame) -> None:
    speeds = []
    for row in tracks.iloc[::40].itertuples():
        seconds = [time.timestamp() for time in row.times]
        walk = without_outliers(track(shapely.get_coordinates(row.geometry), seconds), 5.0)
        speeds.append(length_m(walk) / (walk.seconds[-1] - walk.seconds[0]) * 3.6)
    assert 1.5 < np.median(speeds) < 4.5
    assert max(speeds) < 6


def test_effective_short_and_broken_patrols_are_all_there(
    zones: gpd.GeoDataFrame, tracks: gpd.GeoDataFrame
) -> None:
    ground = zones.set_index("code").geometry
    codes: set[str] = set()
    for row in tracks[tracks["zone"].str.count("-") == 2].iloc[::12].itertuples():
        seconds = [time.timestamp() for time in row.times]
        patrol = judge(track(shapely.get_coordinates(row.geometry), seconds), ground[row.zone])
        codes |= {short.code for short in patrol.shortfalls} or {"effective"}
        codes |= {"jump"} if patrol.jumps else set()
    assert {"effective", "too_short", "too_brief", "offline", "jump"} <= codes


def test_some_zones_are_behind(zones: gpd.GeoDataFrame, tracks: gpd.GeoDataFrame) -> None:
    month = tracks[
        (tracks["started_at"] >= datetime(2026, 9, 1, tzinfo=BEIJING))
        & (tracks["started_at"] < datetime(2026, 10, 1, tzinfo=BEIJING))
    ]
    walked = month.groupby("zone")["started_at"].count()
    of_zone = walked.reindex(zones["code"]).fillna(0)
    grids = of_zone[of_zone.index.str.count("-") == 2]
    towns = of_zone[of_zone.index.str.count("-") == 1]
    assert 0 < (grids < 10).sum() < 20
    assert 0 < (towns == 0).sum() < 8


def test_findings_are_in_their_grid_in_every_state_and_of_known_kinds(
    zones: gpd.GeoDataFrame,
) -> None:
    findings = demo_findings(zones, today=TODAY)
    ground = zones.set_index("code").geometry.loc[findings["zone"]]
    assert shapely.covers(ground.to_numpy(), findings.geometry.to_numpy()).all()
    assert set(findings["state"]) == set(finding_states())
    assert all(kind in code_list("finding_kind") for kind in findings["kind"])
    assert (findings["deadline"] > findings["found_at"].map(lambda at: at.date())).all()


def test_it_is_the_same_every_time(zones: gpd.GeoDataFrame, county: gpd.GeoDataFrame) -> None:
    few = zones.iloc[[0, 8, 9]]
    first, second = demo_patrols(few, today=TODAY), demo_patrols(few, today=TODAY)
    assert demo_zones(county).equals(zones)
    assert first.equals(second)
    assert demo_findings(zones, today=TODAY).equals(demo_findings(zones, today=TODAY))


def test_it_is_made_in_a_few_seconds(county: gpd.GeoDataFrame) -> None:
    begin = process_time()
    zones = demo_zones(county)
    demo_patrols(zones, today=TODAY)
    demo_findings(zones, today=TODAY)
    assert process_time() - begin < 15  # 2 s where nobody else is at work
