"""A recorded track made into a patrol: checked, given its zone, cleaned by the rule of that zone.

A track that cannot count is stored with the reason (``apart``) and stands in no figure.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
import shapely
from shapely import LineString

from gis.errors import GeometryError
from gis.grid import GRID_DEG
from gis.messages import Message
from gis.tracks import (
    CleanTrack,
    PatrolRule,
    Swath,
    ZonePart,
    clean_track,
    part_in_zone,
    swath_of,
)
from gis.tracks import track as track_of_fixes
from gis.validity import check_positions
from service.patrol.rules.rules import Rules, asked_of_tracks
from service.patrol.zones.db.nearby import NearbyZone
from service.patrol.zones.schemas import ABOVE_COUNTY, LEVELS
from service.web.timestamps import day_of

GRID_DIGITS = 9
# Most of a track lies in the zone that is found by its place.
HELD_SHARE = 0.5
# How a zone was found: it was named, or by the walker, or by the place of the track.
ZoneBy = Literal["named", "walker", "place"]
CLOCKS_DIFFER = timedelta(minutes=10)
GPS_BEGIN = datetime(1980, 1, 6, tzinfo=UTC)
GPS_ERA = timedelta(weeks=1024)
"""A receiver counts weeks up to this and begins anew: an old one writes 2006 for 2026."""
MIN_FIXES = 2


@dataclass(frozen=True)
class RecordedTrack:
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
    """What of a patrol lies in one zone; ``own`` says whether it was walked for this zone."""

    zone: NearbyZone
    own: bool
    part: ZonePart


@dataclass(frozen=True)
class CheckedTrack:
    """A recorded track on the grid, with its moments; neither cleaned nor placed yet."""

    recorded: RecordedTrack
    line: LineString
    hash: bytes
    """The same for the same places at the same moments; see `fingerprint`."""
    seconds: list[float] | None
    """Since 1970, NaN where a fix has no time; None without times."""
    started_at: datetime | None
    ended_at: datetime | None
    apart: tuple[str, ...] = ()
    """Why it counts for nothing, as far as the track alone tells: ``no_times``,
    ``week_rollover``."""

    @property
    def timeless_fixes(self) -> list[int]:
        """Places in the track, from 1, of fixes without a moment; they are in no figure."""
        return [n for n, second in enumerate(self.seconds or (), start=1) if np.isnan(second)]

    @property
    def day(self) -> date | None:
        """The day of its start in Beijing; None without times."""
        return None if self.started_at is None else day_of(self.started_at)


@dataclass(frozen=True)
class EvaluatedPatrol:
    """A track with its zone, what is believed of it, and what of it lies in which zone."""

    track: CheckedTrack
    county: str
    own: NearbyZone | None
    """The zone that it was walked for; None when there is none."""
    zone_by: ZoneBy | None
    apart: tuple[str, ...]
    """Why it counts for nothing; empty when it counts."""
    clean: CleanTrack | None = None
    """None without times."""
    reordered: int = 0
    """Fixes that stood before an earlier moment."""
    zones: tuple[InZone, ...] = ()
    """None of one that counts for nothing."""

    @property
    def own_month(self) -> tuple[int, date] | None:
        """Its own zone and the first day of its month; None when it has no zone or no day."""
        if self.own is None or self.track.day is None:
            return None
        return self.own.id, self.track.day.replace(day=1)


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


def check_track(recorded: RecordedTrack, *, now: datetime) -> CheckedTrack:
    """Check a recorded track and say when it was; it is neither cleaned nor placed yet.

    Raises
    ------
    GeometryError
        ``too_few_fixes``, ``out_of_range`` (another reference system), ``bad_shape``,
        ``too_early``, ``in_future``.
    """
    line = shapely.force_2d(recorded.line)
    places = shapely.get_coordinates(line)
    if len(places) < MIN_FIXES:
        raise GeometryError(
            Message("轨迹至少要有两个定位点。", "A track has two fixes at least."),
            code="too_few_fixes",
        )
    check_positions(places)
    times = recorded.times
    if times is not None and len(times) != len(places):
        raise GeometryError(
            Message(
                f"轨迹有 {len(places)} 个点，却有 {len(times)} 个时刻。",
                f"The track has {len(places)} positions and {len(times)} times.",
            ),
            code="bad_shape",
        )
    moments = [time for time in times or () if time is not None]
    if len(moments) < MIN_FIXES:
        times, moments = None, []
    start = min(moments, default=recorded.started_at)
    end = max(moments, default=recorded.ended_at)
    # Compared as they came: some that JSON can name are beyond the calendar in another zone.
    if start is not None and start < GPS_BEGIN:
        raise GeometryError(
            Message(
                f"轨迹始于 {start:%Y-%m-%d}，早于卫星定位的起点 {GPS_BEGIN:%Y-%m-%d}：设备时钟"
                "没有校准，请改正时刻后重新提交。",
                f"The track begins on {start:%Y-%m-%d}, before satellites told positions "
                f"({GPS_BEGIN:%Y-%m-%d}): the device's clock was not set; correct its times and "
                "send it again.",
            ),
            code="too_early",
        )
    if end is not None and end > now + CLOCKS_DIFFER:
        raise GeometryError(
            Message(
                f"轨迹结束于将来（{end.isoformat(' ', 'minutes')}），请核对设备时钟和时区。",
                f"The track ends in the future ({end.isoformat(' ', 'minutes')}); look at the "
                "device's clock and time zone.",
            ),
            code="in_future",
        )
    seconds = None if times is None else [_second(time) for time in times]
    line = LineString(np.round(places, GRID_DIGITS))  # every fix stays, those on one spot too
    return CheckedTrack(
        recorded,
        line,
        fingerprint(line, seconds),
        seconds,
        None if start is None else start.astimezone(UTC),
        None if end is None else end.astimezone(UTC),
        apart=_apart(moments, start, now),
    )


def _apart(moments: Sequence[datetime], start: datetime | None, now: datetime) -> tuple[str, ...]:
    """Why a track counts for nothing, as far as it tells by itself."""
    if not moments:
        return ("no_times",)
    return ("week_rollover",) if start is not None and rolled_over(start, now) else ()


def rolled_over(start: datetime, now: datetime) -> bool:
    """Whether a receiver that lost weeks of 1024 would write a moment of today's like this one."""
    return GPS_BEGIN <= start <= now + CLOCKS_DIFFER - GPS_ERA


def without_rollover(start: datetime, now: datetime) -> datetime:
    """The latest moment up to now that a receiver which lost weeks of 1024 would write so."""
    eras = int((now + CLOCKS_DIFFER - start) / GPS_ERA)
    return start + eras * GPS_ERA


class OwnZone(NamedTuple):
    """The zone that a track was walked for, how it was found, or why there is none."""

    zone: NearbyZone | None
    zone_by: ZoneBy | None
    reason: str | None


def own_zone(track: CheckedTrack, near: Sequence[NearbyZone], county: str) -> OwnZone:
    """The zone that a track was walked for, or why there is none.

    The track names the zone, or its walker is a ranger or chief: then a zone whose ranger they are
    goes before one whose chief they are, and of several the one that holds most of the track. A
    track that names neither belongs to the deepest zone of the county that holds most of it.
    """
    day, recorded = track.day, track.recorded
    if recorded.zone is not None:
        named = [zone for zone in near if zone.code == recorded.zone]
        holding = [zone for zone in named if day is None or zone.holds_on(day)]
        if holding:
            return OwnZone(holding[-1], "named", None)
        return OwnZone(None, None, "before_zone" if named else "unknown_zone")
    theirs: list[NearbyZone] = []
    if recorded.ranger is not None:
        theirs = [zone for zone in near if recorded.ranger in (zone.ranger, zone.chief)]
    holding = [zone for zone in theirs if day is None or zone.holds_on(day)]
    if holding:
        preferred = max(holding, key=lambda zone: _preference(zone, track))
        return OwnZone(preferred, "walker", None)
    if theirs:
        return OwnZone(None, None, "before_zone")
    there = _zone_around(track, [zone for zone in near if county in zone.counties])
    return OwnZone(there, "place", None) if there else OwnZone(None, None, "no_zone")


def _zone_around(track: CheckedTrack, near: Sequence[NearbyZone]) -> NearbyZone | None:
    """The deepest zone that holds most of a track; of several the one that holds more."""
    day = track.day
    length_deg = float(shapely.length(track.line))
    if day is None or not length_deg:
        return None
    shares = {
        zone.id: _length_within_deg(track, zone) / length_deg
        for zone in near
        if zone.holds_on(day) and zone.level not in ABOVE_COUNTY
    }
    fitting = [
        zone for zone in near if shares.get(zone.id, 0.0) >= HELD_SHARE and zone.holds_on(day)
    ]
    return max(fitting, key=lambda zone: (LEVELS.index(zone.level), shares[zone.id]), default=None)


def _preference(zone: NearbyZone, track: CheckedTrack) -> tuple[bool, float]:
    return zone.ranger == track.recorded.ranger, _length_within_deg(track, zone)


def _length_within_deg(track: CheckedTrack, zone: NearbyZone) -> float:
    return float(shapely.length(shapely.intersection(track.line, zone.geometry)))


def evaluate_track(
    track: CheckedTrack, near: Sequence[NearbyZone], county: str, rules: Rules
) -> EvaluatedPatrol:
    """Clean a track by the rule of its own zone, and cut it by every zone that it meets.

    A patrol belongs to one county: zones that neither lie in it nor above it get no part of it.
    """
    own, zone_by, reason = own_zone(track, near, county)
    apart = (*track.apart, *([reason] if reason and "week_rollover" not in track.apart else ()))
    patrol = EvaluatedPatrol(track, county, own, zone_by, apart)
    if track.seconds is None or track.day is None:
        return patrol
    seconds = np.array(track.seconds)
    timed = ~np.isnan(seconds)
    fixes = track_of_fixes(shapely.get_coordinates(track.line)[timed], seconds[timed])
    patrol = replace(
        patrol,
        clean=clean_track(fixes, _rule(own, rules)),
        reordered=int((np.diff(seconds[timed]) < 0).sum()),
    )
    if apart:
        return patrol
    zones = [
        zone
        for zone in near
        if zone.holds_on(track.day)
        and (county in zone.counties or (own is not None and zone.id == own.id))
    ]
    return replace(patrol, zones=tuple(_parts_in_zones(patrol, zones, rules)))


def _rule(zone: NearbyZone | None, rules: Rules) -> PatrolRule:
    return asked_of_tracks(None if zone is None else rules.of(zone.level, zone.district))


def _parts_in_zones(
    patrol: EvaluatedPatrol, zones: Sequence[NearbyZone], rules: Rules
) -> Iterator[InZone]:
    clean = patrol.clean
    assert clean is not None
    swaths: dict[float, Swath] = {}
    for zone in zones:
        is_own = patrol.own is not None and zone.id == patrol.own.id
        if not is_own and not shapely.intersects(zone.geometry, clean.line):
            continue
        reach_m = _rule(zone, rules).reach_m
        if reach_m not in swaths:
            swaths[reach_m] = swath_of(clean.line, reach_m=reach_m)
        yield InZone(zone, is_own, part_in_zone(clean, swaths[reach_m], zone.geometry))
