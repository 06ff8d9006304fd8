"""How a patrol is evaluated: cleaned, cut by its zone, and compared with the rule and its month.

`judge` does it for one track; the service calls the same steps one by one because it stores the
result of each. The verdict itself is `judge_in_month` for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.measure import area_m2
from gis.polygons import as_multipolygon
from gis.tracks.ground import ground_m2, length_and_time_within, swath, union, within
from gis.tracks.rules import ONE_COUNTY, Patrol, PatrolRule, shortfalls
from gis.tracks.track import Pause, Track, duration_s, pauses, without_outliers

__all__ = [
    "CleanTrack",
    "Swath",
    "SweptMonth",
    "ZonePart",
    "clean_track",
    "judge",
    "judge_in_month",
    "part_in_zone",
    "swath_of",
]


@dataclass(frozen=True, eq=False)
class CleanTrack:
    """A track without outliers, and which of its steps a walker can have made."""

    track: Track
    """Without outliers."""
    steps: NDArray[np.bool_]
    """``(n - 1,)`` of `track`: neither too fast nor with too long a silence."""
    line: MultiLineString
    """Those steps, in degrees."""
    length_m: float
    """Metres of those steps."""
    duration_s: float
    """Seconds from the first recorded fix to the last."""
    silent_s: float
    """Seconds of all silences that are too long."""
    jumps: int
    """Fixes that were left out as outliers."""
    pauses: tuple[Pause, ...]


def clean_track(recorded: Track, rule: PatrolRule) -> CleanTrack:
    """Leave out what cannot have been walked, by the speeds and silences of a rule.

    Raises
    ------
    GeometryError
        ``bad_limit``: the fastest speed of the rule is not above 0.

    Examples
    --------
    >>> from gis.tracks import track
    >>> recorded = track([[126.0, 43.8], [126.5, 43.8], [126.0005, 43.8]], [0.0, 15.0, 30.0])
    >>> clean = clean_track(recorded, ONE_COUNTY)
    >>> round(clean.length_m, 1), clean.jumps
    (40.2, 1)
    """
    cleaned = without_outliers(recorded, rule.max_speed_m_s)
    steps = cleaned.plausible_steps(max_speed_m_s=rule.max_speed_m_s, max_gap_s=rule.max_gap_s)
    gaps_s = np.diff(cleaned.seconds)
    return CleanTrack(
        track=cleaned,
        steps=steps,
        line=cleaned.line(steps),
        length_m=float(cleaned.metres()[steps].sum()),
        duration_s=duration_s(recorded),
        silent_s=float(gaps_s[gaps_s > rule.max_gap_s].sum()),
        jumps=len(recorded) - len(cleaned),
        pauses=tuple(pauses(cleaned, radius_m=rule.pause_m, min_s=rule.pause_s)),
    )


class Swath(NamedTuple):
    """Ground within reach of a line."""

    ground: MultiPolygon
    """In degrees; empty for an empty line."""
    area_m2: float
    """On the ellipsoid, 0 when it is empty."""


def swath_of(line: BaseGeometry, *, reach_m: float) -> Swath:
    """The swath of a line in degrees, with its area; see :func:`gis.tracks.swath`."""
    ground = swath(line, reach_m=reach_m)
    return Swath(ground, ground_m2(ground))


class ZonePart(NamedTuple):
    """The part of a patrol in one zone."""

    length_m: float
    duration_s: float
    ground: MultiPolygon
    """The swath within the zone, in degrees."""
    ground_m2: float


def part_in_zone(clean: CleanTrack, swept: Swath, zone: BaseGeometry) -> ZonePart:
    """The part of a patrol in a zone.

    Parameters
    ----------
    clean, swept
        The track, and the swath of its line.
    zone
        Valid Polygon or MultiPolygon in degrees.
    """
    ground = swept.ground if swept.ground.is_empty else within(swept.ground, zone)
    swept_m2 = swept.area_m2 if ground is swept.ground else ground_m2(ground)
    length_m, inside_s = length_and_time_within(clean.track, zone, steps=clean.steps)
    return ZonePart(length_m, inside_s, ground, swept_m2)


class SweptShares(NamedTuple):
    """What one more patrol adds to its month, each 0 to 1."""

    repeated: float
    """Share of its ground that patrols before it had swept."""
    zone_share: float
    """Share of the zone that is swept with it."""


class SweptMonth:
    """The ground of a zone that patrols of one month have swept so far, in the order of time.

    Examples
    --------
    >>> import shapely
    >>> zone = shapely.box(126.0, 43.8, 126.02, 43.81)
    >>> way = swath_of(shapely.LineString([(126.001, 43.805), (126.019, 43.805)]), reach_m=25.0)
    >>> month = SweptMonth(area_m2(zone))
    >>> month.add(*way).repeated, round(month.add(*way).repeated, 3)
    (0.0, 1.0)
    """

    def __init__(self, zone_m2: float) -> None:
        self.zone_m2 = zone_m2
        self.ground = MultiPolygon()
        self.ground_m2 = 0.0

    def add(self, ground: MultiPolygon, area_m2: float) -> SweptShares:
        """Add the ground of the next patrol within the zone, and its area."""
        united = union([self.ground, ground])
        united_m2 = ground_m2(united)
        repeated = 0.0
        if area_m2 > 0 and self.ground_m2 > 0:
            # What the union grows by is new ground; the rest was swept before.
            new_m2 = united_m2 - self.ground_m2
            repeated = min(1.0, max(0.0, 1 - new_m2 / area_m2))
        self.ground, self.ground_m2 = united, united_m2
        return SweptShares(repeated, min(1.0, united_m2 / self.zone_m2))


def judge_in_month(
    patrol: Patrol, ground: MultiPolygon, area_m2: float, month: SweptMonth, rule: PatrolRule
) -> Patrol:
    """Whether a patrol counts after those of its month that came before; `month` grows by it.

    Parameters
    ----------
    patrol
        Measured, its shares of the month and its shortfalls yet to be found.
    ground, area_m2
        Its swath within the zone, and the area of that.
    month
        What patrols before it have swept of the zone in this month.
    rule
        What the patrol must fulfil.

    Examples
    --------
    >>> measured = Patrol(5000.0, 5400.0, 5000.0, 5400.0, silent_s=0.0, jumps=0)
    >>> month = SweptMonth(zone_m2=1e6)
    >>> judge_in_month(measured, MultiPolygon(), 0.0, month, ONE_COUNTY).effective
    True
    """
    shares = month.add(ground, area_m2)
    patrol = replace(patrol, repeated=shares.repeated, zone_share=shares.zone_share)
    return replace(patrol, shortfalls=tuple(shortfalls(patrol, rule)))


def judge(
    walk: Track,
    zone: BaseGeometry,
    *,
    rule: PatrolRule = ONE_COUNTY,
    earlier: Iterable[BaseGeometry] = (),
) -> Patrol:
    """Whether a patrol counts.

    Parameters
    ----------
    walk
        The track as it was recorded.
    zone
        The zone that the walker is responsible for, valid, in degrees.
    rule
        What the patrol must fulfil.
    earlier
        Lines that were walked in the zone this month before.

    Returns
    -------
    Patrol
        With every shortfall: ``too_short``, ``too_brief``, ``outside``, ``offline``,
        ``repeated``.

    Raises
    ------
    GeometryError
        The zone is no valid polygon; see :func:`gis.polygons.as_multipolygon`.

    Examples
    --------
    >>> import shapely
    >>> from gis.tracks import track
    >>> walk = track([[126.0, 43.8], [126.05, 43.8]], [0.0, 200.0])
    >>> [short.code for short in judge(walk, shapely.box(126, 43, 127, 44)).shortfalls]
    ['too_short', 'too_brief']
    """
    area = as_multipolygon(zone)
    month = SweptMonth(area_m2(area))
    for line in earlier:
        ground = within(swath(line, reach_m=rule.reach_m), area)
        month.add(ground, ground_m2(ground))
    clean = clean_track(walk, rule)
    part = part_in_zone(clean, swath_of(clean.line, reach_m=rule.reach_m), area)
    measured = Patrol(
        length_m=clean.length_m,
        duration_s=clean.duration_s,
        inside_m=part.length_m,
        inside_s=part.duration_s,
        silent_s=clean.silent_s,
        jumps=clean.jumps,
        pauses=clean.pauses,
    )
    return judge_in_month(measured, part.ground, part.ground_m2, month, rule)
