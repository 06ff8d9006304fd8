"""Patrols: the walked track, the share of a zone that it covers, and whether it counts."""

from gis.tracks.civil_time import BEIJING, day_of, midnight
from gis.tracks.evaluation import (
    CleanTrack,
    Swath,
    SweptMonth,
    ZonePart,
    clean_track,
    judge,
    part_in_zone,
    swath_of,
)
from gis.tracks.ground import (
    Walked,
    ground_m2,
    length_and_time_within,
    swath,
    union,
    walked,
    within,
)
from gis.tracks.rules import (
    ONE_COUNTY,
    Patrol,
    PatrolRule,
    Shortfall,
    shortfalls,
)
from gis.tracks.schedule import (
    Compliance,
    Requirement,
    day_requirements,
    evaluate,
    longest_gap,
    units,
    visit_requirements,
)
from gis.tracks.track import Pause, Track, duration_s, length_m, pauses, track, without_outliers

__all__ = [
    "BEIJING",
    "ONE_COUNTY",
    "CleanTrack",
    "Compliance",
    "Patrol",
    "PatrolRule",
    "Pause",
    "Requirement",
    "Shortfall",
    "Swath",
    "SweptMonth",
    "Track",
    "Walked",
    "ZonePart",
    "clean_track",
    "day_of",
    "day_requirements",
    "duration_s",
    "evaluate",
    "ground_m2",
    "judge",
    "length_and_time_within",
    "length_m",
    "longest_gap",
    "midnight",
    "part_in_zone",
    "pauses",
    "shortfalls",
    "swath",
    "swath_of",
    "track",
    "union",
    "units",
    "visit_requirements",
    "walked",
    "within",
    "without_outliers",
]
