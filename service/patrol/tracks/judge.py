"""A recorded track made into a patrol: cleaned, placed, and judged by the rule of its zone.

What cannot count is kept apart with its reason, never dropped and never averaged in.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon

from gis.errors import GeometryError
from gis.grid import GRID_DEG
from gis.tracks import (
    PatrolRule,
    Pause,
    Track,
    duration_s,
    ground_m2,
    inside,
    pauses,
    swath,
    track,
    within,
    without_jumps,
)
from gis.validity import check_positions
from service.patrol.rules.rules import Rules, asked_of_tracks
from service.patrol.zones.db.nearby import Near
from service.patrol.zones.schemas import ABOVE_COUNTY, LEVELS
from service.web.periods import EARLIEST
from service.web.timestamps import day_of

GRID_DIGITS = 9
# Most of a track lies in the zone that is found by its place.
HELD_SHARE = 0.5
# How a zone was found: it was named, or by the walker, or by the place of the track.
ZoneBy = Literal["named", "walker", "place"]
CLOCKS_DIFFER = timedelta(minutes=10)
LEAST_FIXES = 2


@dataclass(frozen=True)
class Recorded:
    """A track as it came: positions, perhaps a moment for each, in the order of the file."""

    line: LineString
    times: Sequence[datetime | None] | None
    zone: str | None = None
    ranger: str | None = None
    source: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class InZone:
    """What of a patrol lies in one zone."""

    zone: Near
    own: bool
    length_m: float
    inside_s: float
    walked_m2: float
    ground: MultiPolygon


@dataclass(frozen=True)
class Walk:
    """A patrol on its way into the database."""

    recorded: Recorded
    line: LineString
    hash: bytes
    seconds: list[float] | None
    started_at: datetime | None
    ended_at: datetime | None
    cleaned: MultiLineString | None = None
    length_m: float = 0.0
    duration_s: float | None = None
    silent_s: float = 0.0
    pauses: list[Pause] = field(default_factory=list)
    jumps: int = 0
    reordered: int = 0
    timeless: int = 0
    own: Near | None = None
    zone_by: ZoneBy | None = None
    apart: tuple[str, ...] = ()
    zones: tuple[InZone, ...] = ()

    @property
    def timeless_fixes(self) -> list[int]:
        """Places in the track, from 1, of fixes without a moment; they are in no figure."""
        return [n for n, second in enumerate(self.seconds or (), start=1) if np.isnan(second)]

    @property
    def day(self) -> date | None:
        """The day of its start in Beijing; None without times."""
        return None if self.started_at is None else day_of(self.started_at)


def fingerprint(line: LineString, seconds: Sequence[float] | None) -> bytes:
    """The same for the same places at the same moments, whatever file they came in.

    ``seconds`` are those since 1970, NaN where a fix has no time; None without times.
    """
    places = np.rint(shapely.get_coordinates(line) / GRID_DEG).astype(np.int64)
    moments = np.array([] if seconds is None else seconds, dtype=np.float64)
    # To the millisecond: files of one device differ below it.
    ticks = np.rint(np.nan_to_num(moments, nan=-1.0) * 1000).astype(np.int64)
    return hashlib.sha256(places.tobytes() + b"|" + ticks.tobytes()).digest()


def _second(moment: datetime | None) -> float:
    return np.nan if moment is None else moment.timestamp()


def read_walk(recorded: Recorded, *, now: datetime) -> Walk:
    """Check a recorded track and say when it was; it is neither cleaned nor placed yet.

    Raises
    ------
    GeometryError
        ``too_few_fixes``, ``out_of_range`` (another reference system), ``bad_shape``,
        ``too_early``, ``in_future``.
    """
    line = shapely.force_2d(recorded.line)
    places = shapely.get_coordinates(line)
    if len(places) < LEAST_FIXES:
        raise GeometryError(
            "轨迹至少要有两个定位点。 A track has two fixes at least.", code="too_few_fixes"
        )
    check_positions(places)
    times = recorded.times
    if times is not None and len(times) != len(places):
        raise GeometryError(
            f"轨迹有 {len(places)} 个点，却有 {len(times)} 个时刻。 "
            f"The track has {len(places)} positions and {len(times)} times.",
            code="bad_shape",
        )
    moments = [time for time in times or () if time is not None]
    if len(moments) < LEAST_FIXES:
        times, moments = None, []
    start = min(moments, default=recorded.started_at)
    end = max(moments, default=recorded.ended_at)
    # Compared as they came: some that JSON can name are beyond the calendar in another zone.
    if start is not None and start < EARLIEST:
        raise GeometryError(
            f"轨迹始于 {EARLIEST.year} 年以前，请核对设备时钟。 "
            f"The track begins before {EARLIEST.year}; look at the device's clock.",
            code="too_early",
        )
    if end is not None and end > now + CLOCKS_DIFFER:
        raise GeometryError(
            f"轨迹结束于将来（{end.isoformat(' ', 'minutes')}），请核对设备时钟和时区。 "
            f"The track ends in the future ({end.isoformat(' ', 'minutes')}); look at the device's "
            "clock and time zone.",
            code="in_future",
        )
    seconds = None if times is None else [_second(time) for time in times]
    line = LineString(np.round(places, GRID_DIGITS))  # every fix stays, those on one spot too
    return Walk(
        recorded,
        line,
        fingerprint(line, seconds),
        seconds,
        None if start is None else start.astimezone(UTC),
        None if end is None else end.astimezone(UTC),
        timeless=0 if times is None else len(times) - len(moments),
        apart=() if moments else ("no_times",),
    )


class OwnZone(NamedTuple):
    """The zone that a track was walked for, how it was found, or why there is none."""

    zone: Near | None
    zone_by: ZoneBy | None
    reason: str | None


def own_zone(walk: Walk, near: Sequence[Near], county: str) -> OwnZone:
    """The zone that it was walked for, and why there is none.

    The track names it, or the walker does: then a grid before a zone, and of several the one in
    which most of the track lies. Else it is the deepest zone of the county that holds most of the
    track.
    """
    day, recorded = walk.day, walk.recorded
    if recorded.zone is not None:
        named = [zone for zone in near if zone.code == recorded.zone]
        holding = [zone for zone in named if day is None or zone.holds_on(day)]
        if holding:
            return OwnZone(holding[-1], "named", None)
        return OwnZone(None, None, "before_zone" if named else "unknown_zone")
    theirs: list[Near] = []
    if recorded.ranger is not None:
        theirs = [zone for zone in near if recorded.ranger in (zone.ranger, zone.chief)]
    holding = [zone for zone in theirs if day is None or zone.holds_on(day)]
    if holding:
        return OwnZone(max(holding, key=lambda one: _preferred(one, walk)), "walker", None)
    if theirs:
        return OwnZone(None, None, "before_zone")
    there = _zone_around(walk, [zone for zone in near if county in zone.counties])
    return OwnZone(there, "place", None) if there else OwnZone(None, None, "no_zone")


def _zone_around(walk: Walk, near: Sequence[Near]) -> Near | None:
    """The deepest zone that holds most of a track, of several the one that holds more."""
    day = walk.day
    length = float(shapely.length(walk.line))
    if day is None or not length:
        return None
    shares = {
        zone.id: float(shapely.length(shapely.intersection(walk.line, zone.geometry))) / length
        for zone in near
        if zone.holds_on(day) and zone.level not in ABOVE_COUNTY
    }
    fitting = [
        zone for zone in near if shares.get(zone.id, 0.0) >= HELD_SHARE and zone.holds_on(day)
    ]
    return max(fitting, key=lambda one: (LEVELS.index(one.level), shares[one.id]), default=None)


def _preferred(zone: Near, walk: Walk) -> tuple[bool, float]:
    ranger = zone.ranger == walk.recorded.ranger
    common = shapely.intersection(walk.line, zone.geometry)
    return ranger, float(shapely.length(common))


def judged(walk: Walk, near: Sequence[Near], county: str, rules: Rules) -> Walk:
    """Clean a track by the rule of its own zone, and attribute it to every zone that it meets.

    A patrol belongs to one county: zones that do not lie in it, or above it, get nothing.
    """
    own, zone_by, reason = own_zone(walk, near, county)
    apart = (*walk.apart, *([reason] if reason else ()))
    if walk.seconds is None or walk.day is None:
        return replace(walk, own=own, zone_by=zone_by, apart=apart)
    places = shapely.get_coordinates(walk.line)
    moments = np.array(walk.seconds)
    timed = ~np.isnan(moments)
    fixes = track(places[timed], moments[timed])
    rule = _rule(own, rules)
    clean = without_jumps(fixes, rule.max_speed_m_s)
    steps = clean.believed(max_speed_m_s=rule.max_speed_m_s, max_gap_s=rule.max_gap_s)
    gaps = np.diff(clean.seconds)
    line = clean.line(steps)
    done = replace(
        walk,
        own=own,
        zone_by=zone_by,
        apart=apart,
        cleaned=line,
        length_m=float(clean.metres()[steps].sum()),
        duration_s=duration_s(fixes),
        silent_s=float(gaps[gaps > rule.max_gap_s].sum()),
        pauses=pauses(clean, radius_m=rule.pause_m, min_s=rule.pause_s),
        jumps=len(fixes) - len(clean),
        reordered=int((np.diff(moments[timed]) < 0).sum()),
    )
    if apart:
        return done
    zones = [
        zone
        for zone in near
        if zone.holds_on(walk.day)
        and (county in zone.counties or (own is not None and zone.id == own.id))
    ]
    return replace(done, zones=tuple(_attributed(clean, steps, line, zones, own, rules)))


def _rule(zone: Near | None, rules: Rules) -> PatrolRule:
    return asked_of_tracks(None if zone is None else rules.of(zone.level, zone.district))


def _attributed(
    clean: Track,
    steps: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    line: MultiLineString,
    zones: Sequence[Near],
    own: Near | None,
    rules: Rules,
) -> list[InZone]:
    swaths: dict[float, tuple[MultiPolygon, float]] = {}
    found = []
    for zone in zones:
        mine = own is not None and zone.id == own.id
        if not mine and not shapely.intersects(zone.geometry, line):
            continue
        reach = _rule(zone, rules).reach_m
        if reach not in swaths:
            swept = swath(line, reach_m=reach)
            swaths[reach] = swept, ground_m2(swept)
        swept, swept_m2 = swaths[reach]
        ground = within(swept, zone.geometry) if not swept.is_empty else swept
        seen_m2 = swept_m2 if ground is swept else ground_m2(ground)
        metres, seconds = inside(clean, zone.geometry, steps=steps)
        found.append(InZone(zone, mine, metres, seconds, seen_m2, ground))
    return found
