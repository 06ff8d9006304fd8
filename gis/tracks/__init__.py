"""Patrols: what was walked, how much of a zone that is, and whether it counts."""

from gis.tracks.ground import Walked, inside, walked
from gis.tracks.rules import (
    ONE_COUNTY,
    Duty,
    Patrol,
    PatrolRule,
    Shortfall,
    judge,
    month_duty,
)
from gis.tracks.track import Pause, Track, duration_s, length_m, pauses, track, without_jumps

__all__ = [
    "ONE_COUNTY",
    "Duty",
    "Patrol",
    "PatrolRule",
    "Pause",
    "Shortfall",
    "Track",
    "Walked",
    "duration_s",
    "inside",
    "judge",
    "length_m",
    "month_duty",
    "pauses",
    "track",
    "walked",
    "without_jumps",
]
