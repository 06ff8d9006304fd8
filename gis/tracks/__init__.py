"""Patrols: what was walked, how much of a zone that is, and whether it counts."""

from gis.tracks.civil_time import BEIJING, day_of, midnight
from gis.tracks.dues import (
    Due,
    Reckoning,
    day_dues,
    longest_gap,
    reckon,
    units,
    visit_dues,
)
from gis.tracks.ground import Walked, ground_m2, inside, swath, together, walked, within
from gis.tracks.rules import (
    ONE_COUNTY,
    Duty,
    Patrol,
    PatrolRule,
    Shortfall,
    judge,
    month_duty,
    shortfalls,
)
from gis.tracks.track import Pause, Track, duration_s, length_m, pauses, track, without_jumps

__all__ = [
    "BEIJING",
    "ONE_COUNTY",
    "Due",
    "Duty",
    "Patrol",
    "PatrolRule",
    "Pause",
    "Reckoning",
    "Shortfall",
    "Track",
    "Walked",
    "day_dues",
    "day_of",
    "duration_s",
    "ground_m2",
    "inside",
    "judge",
    "length_m",
    "longest_gap",
    "midnight",
    "month_duty",
    "pauses",
    "reckon",
    "shortfalls",
    "swath",
    "together",
    "track",
    "units",
    "visit_dues",
    "walked",
    "within",
    "without_jumps",
]
