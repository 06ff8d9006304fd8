"""Patrols: far enough, long enough, in the zone, and really walked."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon, box

from gis.crs import ELLIPSOID
from gis.errors import GeometryError
from gis.measure import area_m2
from gis.plane import metres_per_degree
from gis.tracks import (
    ONE_COUNTY,
    PatrolRule,
    Track,
    duration_s,
    ground_m2,
    judge,
    length_and_time_within,
    length_m,
    pauses,
    swath,
    track,
    union,
    walked,
    without_outliers,
)
from tests.gis import zoo

ZONE = box(126.0, 43.8, 126.1, 43.85)
EAST_M, NORTH_M = (float(metres) for metres in metres_per_degree(43.82))


def walk(metres: float, *, speed: float = 1.0, every_s: float = 15.0, lat: float = 43.82) -> Track:
    """Due east from inside the zone, a fix each 15 s."""
    seconds = np.append(np.arange(0.0, metres / speed, every_s), metres / speed)
    lon = 126.01 + seconds * speed / EAST_M
    return track(np.column_stack([lon, np.full(len(lon), lat)]), seconds)


def codes(patrol: Any) -> list[str]:
    return [short.code for short in patrol.shortfalls]


# --- one track -----------------------------------------------------------------------------


def test_a_straight_walk_is_as_long_as_it_is() -> None:
    assert length_m(walk(3000.0)) == pytest.approx(3000.0, rel=1e-4)


def test_a_walk_lasts_from_its_first_fix_to_its_last() -> None:
    assert duration_s(walk(3000.0, speed=1.5)) == pytest.approx(2000.0)


def test_one_fix_is_a_track_of_no_length() -> None:
    alone = track([[126.0, 43.8]], [0.0])
    assert (length_m(alone), duration_s(alone), pauses(alone)) == (0.0, 0.0, [])


def test_fixes_that_come_out_of_order_are_put_in_order() -> None:
    mixed = track([[126.002, 43.8], [126.0, 43.8], [126.001, 43.8]], [120.0, 0.0, 60.0])
    assert mixed.at[:, 0].tolist() == [126.0, 126.001, 126.002]


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(["2024-05-01T08:00:00", "2024-05-01T08:01:30"], id="text"),
        pytest.param(np.array([0, 90], dtype="datetime64[s]"), id="datetime64"),
        pytest.param([0, 90], id="seconds"),
    ],
)
def test_times_may_be_text_dates_or_seconds(times: Any) -> None:
    assert duration_s(track([[126.0, 43.8], [126.0, 43.8]], times)) == 90.0


@pytest.mark.parametrize(
    ("at", "times", "code"),
    [
        pytest.param([], [], "empty", id="no fixes"),
        pytest.param([[126.0, 43.8]], [0.0, 1.0], "bad_shape", id="more times than places"),
        pytest.param([126.0, 43.8], [0.0, 1.0], "bad_shape", id="one bare place"),
        pytest.param([[43.8, 126.0]], [0.0], "out_of_range", id="inverted latitude"),
        pytest.param([[np.nan, 43.8]], [0.0], "not_finite", id="nan"),
        pytest.param([[np.inf, 43.8]], [0.0], "not_finite", id="infinite"),
        pytest.param([[126.0, 43.8]], [np.nan], "not_finite", id="no time"),
        pytest.param(
            [[126.0, 43.8]], np.array(["NaT"], dtype="datetime64[s]"), "not_finite", id="nat"
        ),
    ],
)
def test_what_is_no_track_is_refused(at: Any, times: Any, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        track(at, times)
    assert refused.value.code == code


def with_outlier(index: int) -> Track:
    true = walk(900.0)
    at = true.at.copy()
    at[index] += (0.05, 0.02)
    return Track(at, true.seconds)


@pytest.mark.parametrize("index", [0, 1, 30, -2, -1])
def test_a_fix_that_jumped_is_left_out(index: int) -> None:
    clean = without_outliers(with_outlier(index), 5.0)
    assert len(clean) == len(with_outlier(index)) - 1
    assert length_m(clean) == pytest.approx(900.0, abs=16.0)


def test_two_jumps_one_after_the_other_are_left_out() -> None:
    true = walk(900.0)
    at = true.at.copy()
    at[20] += (0.05, 0.0)
    at[21] += (-0.05, 0.0)
    assert length_m(without_outliers(Track(at, true.seconds), 5.0)) == pytest.approx(900.0, abs=1.0)


def test_a_place_from_which_the_track_goes_on_is_kept_and_the_way_broken() -> None:
    first, two = walk(600.0), walk(600.0, lat=43.83)
    both = track(np.vstack([first.at, two.at]), np.append(first.seconds, two.seconds + 615.0))
    clean = without_outliers(both, 5.0)
    line = clean.line(clean.plausible_steps(max_speed_m_s=5.0, max_gap_s=300.0))
    assert (len(clean), len(line.geoms)) == (len(both), 2)


def test_a_walk_without_jumps_is_left_alone() -> None:
    assert len(without_outliers(walk(900.0), 5.0)) == len(walk(900.0))


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        without_outliers(walk(900.0), 0.0)
    assert refused.value.code == "bad_limit"


def test_a_rest_is_told_with_its_place_and_its_time() -> None:
    walked_way = walk(300.0)
    rest = np.repeat(walked_way.at[-1:], 40, axis=0)
    onward = walked_way.at + (walked_way.at[-1] - walked_way.at[0])
    at = np.vstack([walked_way.at, rest, onward[1:]])
    rests = pauses(track(at, np.arange(len(at)) * 15.0))
    assert len(rests) == 1
    assert rests[0].duration_s == pytest.approx(600.0, abs=45.0)
    assert rests[0].at == pytest.approx(tuple(walked_way.at[-1]), abs=3e-4)


def test_walking_slowly_is_no_pause() -> None:
    assert pauses(walk(900.0, speed=0.5)) == []


def test_the_noise_of_a_device_that_stands_still_is_one_pause() -> None:
    noise = np.random.default_rng(2).normal(0, 4.0, (60, 2)) / (EAST_M, NORTH_M)
    rests = pauses(track(noise + np.array([126.05, 43.82]), np.arange(60) * 15.0), radius_m=40.0)
    assert [pause.duration_s for pause in rests] == [885.0]


# --- zones ---------------------------------------------------------------------------------


def test_a_way_sweeps_its_length_times_twice_the_reach() -> None:
    swept = walked([walk(3000.0).line()], ZONE, reach_m=25.0)
    assert swept.walked_m2 == pytest.approx(3000.0 * 50.0 + np.pi * 25.0**2, rel=2e-3)


def test_the_same_way_walked_twice_sweeps_its_ground_once() -> None:
    once = walked([walk(3000.0).line()], ZONE, reach_m=25.0)
    twice = walked([walk(3000.0).line()] * 2, ZONE, reach_m=25.0)
    assert twice.walked_m2 == pytest.approx(once.walked_m2, rel=1e-9)


def test_a_day_without_end_in_one_grid_is_swept_in_pieces_and_reaches_the_same_ground() -> None:
    """100 000 fixes that cross themselves all over: a second, where one piece took twelve."""
    turn = np.random.default_rng(1).normal(0, 0.3, 100_000).cumsum()
    way = np.column_stack([np.cos(turn), np.sin(turn)]).cumsum(0) * 1.2e-4
    folded = np.array([126.0, 43.0]) + np.abs((way + 0.01) % 0.04 - 0.02)
    whole = swath(LineString(folded[:2_001]), reach_m=25.0)
    parts = [swath(LineString(folded[at : at + 401]), reach_m=25.0) for at in range(0, 1_999, 400)]
    assert ground_m2(whole) == pytest.approx(ground_m2(union(parts)), rel=1e-5)
    began = time.process_time()
    ground = swath(LineString(folded), reach_m=25.0)
    assert time.process_time() - began < 6
    assert ground.is_valid
    # Within the folds lie 0.02° by 0.02°: 1 630 by 2 222 m, and 25 m around them.
    assert 0.9 < ground_m2(ground) / (1_680 * 2_272) < 1.0


def test_what_was_swept_outside_the_zone_does_not_count() -> None:
    border = LineString([(125.9, 43.8), (126.2, 43.8)])
    swept = walked([border], ZONE, reach_m=25.0)
    assert swept.walked_m2 == pytest.approx(0.1 * EAST_M * 25.0, rel=2e-3)


def test_a_zone_that_nobody_entered_is_not_walked() -> None:
    swept = walked([LineString([(120.0, 40.0), (120.1, 40.0)])], ZONE, reach_m=25.0)
    assert (swept.share, swept.ground.is_empty) == (0.0, True)


@pytest.mark.parametrize("lines", [[], [MultiLineString()]], ids=["none", "empty"])
def test_no_way_sweeps_nothing(lines: list[Any]) -> None:
    assert walked(lines, ZONE, reach_m=25.0).share == 0.0


def test_a_zone_that_is_all_in_reach_is_walked_whole() -> None:
    assert walked([walk(10.0).line()], zoo.speck, reach_m=5000.0).share == pytest.approx(
        1.0, abs=1e-9
    )


@pytest.mark.parametrize(
    ("zone", "reach", "code"),
    [
        pytest.param(ZONE, 0.0, "bad_limit", id="no reach"),
        pytest.param(ZONE, float("nan"), "bad_limit", id="nan"),
        pytest.param(zoo.empty_polygon, 25.0, "empty", id="empty zone"),
        pytest.param(zoo.bow_tie, 25.0, "self_intersection", id="invalid zone"),
        pytest.param(zoo.swapped_axes, 25.0, "out_of_range", id="inverted latitude"),
    ],
)
def test_a_zone_or_reach_that_is_none_is_refused(zone: Polygon, reach: float, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        walked([walk(300.0).line()], zone, reach_m=reach)
    assert refused.value.code == code


def test_only_what_lies_inside_counts_in_metres_and_seconds() -> None:
    middle = 126.01 + 1500.0 / EAST_M
    metres, seconds = length_and_time_within(walk(3000.0), box(middle, 43.8, 127.0, 43.85))
    assert metres == pytest.approx(1500.0, abs=1.0)
    assert seconds == pytest.approx(1500.0, abs=15.0)


# --- the rule ------------------------------------------------------------------------------


def test_three_kilometres_in_an_hour_count() -> None:
    assert judge(walk(4000.0), ZONE).effective


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        pytest.param(walk(2900.0, speed=0.7), ["too_short"], id="short"),
        pytest.param(walk(3500.0, speed=1.4), ["too_brief"], id="brief"),
        pytest.param(walk(500.0), ["too_short", "too_brief"], id="both"),
        pytest.param(walk(4000.0, lat=44.2), ["too_short", "too_brief", "outside"], id="outside"),
    ],
)
def test_a_patrol_is_told_what_it_lacks(way: Track, expected: list[str]) -> None:
    assert codes(judge(way, ZONE)) == expected


def test_a_ride_does_not_count_as_a_walk() -> None:
    patrol = judge(walk(9000.0, speed=12.0), ZONE)
    assert (patrol.inside_m, "too_short" in codes(patrol)) == (0.0, True)


def test_a_jump_does_not_lengthen_a_patrol() -> None:
    patrol = judge(with_outlier(30), ZONE)
    assert patrol.jumps == 1
    assert patrol.length_m == pytest.approx(900.0, abs=1.0)


def test_a_silent_device_is_told_and_its_way_does_not_count() -> None:
    true = walk(8000.0)
    spoken = (true.seconds < 2000.0) | (true.seconds > 4000.0)
    patrol = judge(true.only(spoken), ZONE)
    assert codes(patrol) == ["offline"]
    assert patrol.length_m == pytest.approx(6000.0, abs=40.0)


def test_a_route_that_was_walked_this_month_does_not_count_again() -> None:
    assert codes(judge(walk(4000.0), ZONE, earlier=[walk(4000.0).line()])) == ["repeated"]


def test_another_route_of_the_month_counts() -> None:
    assert judge(walk(4000.0), ZONE, earlier=[walk(4000.0, lat=43.83).line()]).effective


def test_a_route_may_be_repeated_once_the_zone_is_covered() -> None:
    strip = box(126.005, 43.8199, 126.07, 43.8201)
    rule = replace(ONE_COUNTY, whole_zone=0.5)
    assert judge(walk(4000.0), strip, rule=rule, earlier=[walk(4000.0).line()]).effective


def test_the_rule_is_data() -> None:
    short = PatrolRule(min_m=400.0, min_s=300.0)
    assert judge(walk(500.0), ZONE, rule=short).effective


def test_every_shortfall_is_said_in_both_languages() -> None:
    for short in judge(walk(500.0, lat=44.2), ZONE).shortfalls:
        assert short.words.zh != short.words.en
        assert short.words.en.isascii()


@pytest.mark.parametrize(("month", "due"), [(1, 20), (5, 20), (6, 10), (9, 10), (10, 20), (12, 20)])
def test_more_days_are_due_in_the_fire_season(month: int, due: int) -> None:
    assert ONE_COUNTY.days[month] == due


# --- properties ----------------------------------------------------------------------------

WALKS = st.lists(
    st.tuples(st.floats(-40.0, 40.0), st.floats(-40.0, 40.0), st.floats(10.0, 60.0)),
    min_size=1,
    max_size=40,
)


def wander(steps: list[tuple[float, float, float]]) -> Track:
    moves = np.array([(0.0, 0.0, 0.0), *steps]).cumsum(axis=0)
    return track(moves[:, :2] / (EAST_M, NORTH_M) + (126.05, 43.825), moves[:, 2])


@given(WALKS)
def test_the_way_is_never_shorter_than_the_straight_line(steps: Any) -> None:
    way = wander(steps)
    straight = ELLIPSOID.inv(*way.at[0], *way.at[-1])[2]
    assert length_m(way) >= straight - 1e-6


@given(WALKS)
def test_a_way_is_as_long_backwards(steps: Any) -> None:
    way = wander(steps)
    back = Track(way.at[::-1], way.seconds)
    assert length_m(back) == pytest.approx(length_m(way), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("fixes", [2, 8, 9, 24, 25, 57, 200])
def test_a_pause_of_any_number_of_fixes_is_one_and_ends_where_the_way_goes_on(fixes: int) -> None:
    still = [[126.02, 43.82]] * fixes
    way = [[126.01, 43.82], *still, [126.03, 43.82], [126.04, 43.82]]
    [pause] = pauses(track(way, 300.0 * np.arange(len(way))), min_s=1.0)
    assert (pause.begin_s, pause.duration_s) == (300.0, 300.0 * (fixes - 1))


@settings(max_examples=40)
@given(WALKS)
def test_pauses_never_last_longer_than_the_walk(steps: Any) -> None:
    rests = pauses(wander(steps), min_s=30.0)
    assert sum(pause.duration_s for pause in rests) <= duration_s(wander(steps)) + 1e-9


@settings(max_examples=40)
@given(WALKS)
def test_what_lies_inside_is_part_of_the_whole(steps: Any) -> None:
    way = wander(steps)
    metres, seconds = length_and_time_within(way, box(126.05, 43.8, 126.1, 43.85))
    assert metres <= length_m(way) + 1e-3
    assert seconds <= duration_s(way) + 1e-9


@settings(max_examples=40)
@given(WALKS)
def test_inside_and_outside_make_the_way(steps: Any) -> None:
    way = wander(steps)
    west, _s = length_and_time_within(way, box(126.0, 43.8, 126.05, 43.85))
    east, _s = length_and_time_within(way, box(126.05, 43.8, 126.1, 43.85))
    on_line = float(way.metres()[(way.at[:-1, 0] == 126.05) & (way.at[1:, 0] == 126.05)].sum())
    assert west + east - on_line == pytest.approx(length_m(way), rel=1e-6, abs=1e-3)


@settings(max_examples=25)
@given(WALKS, WALKS)
def test_two_walks_sweep_no_more_than_each_alone(one: Any, two: Any) -> None:
    lines = [wander(one).line(), wander(two).line()]
    alone = sum(walked([line], ZONE, reach_m=10.0).walked_m2 for line in lines)
    both = walked(lines, ZONE, reach_m=10.0)
    assert 0.0 <= both.walked_m2 <= alone + 0.01
    assert both.walked_m2 <= area_m2(ZONE)


@settings(max_examples=40)
@given(WALKS)
def test_the_ground_that_was_swept_is_valid_and_in_the_zone(steps: Any) -> None:
    ground = walked([wander(steps).line()], ZONE, reach_m=10.0).ground
    assert ground.is_valid
    assert shapely.difference(ground, shapely.buffer(ZONE, 2e-9)).is_empty


@settings(max_examples=40)
@given(WALKS)
def test_leaving_out_jumps_twice_changes_nothing_more(steps: Any) -> None:
    once = without_outliers(wander(steps), 2.0)
    assert len(without_outliers(once, 2.0)) == len(once)
