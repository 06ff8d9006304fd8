"""What counts as a patrol: the rule is data, one for each county."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gis.messages import Message
from gis.tracks.track import Pause

__all__ = [
    "ONE_COUNTY",
    "Patrol",
    "PatrolRule",
    "Shortfall",
    "shortfalls",
]


@dataclass(frozen=True)
class PatrolRule:
    """When a patrol is effective, and how many are due.

    The defaults are one county's (project fact sheet 5.4, source P20b) where it says a figure;
    the others are choices of this project and marked so.
    """

    min_m: float = 3_000.0
    """Way inside the zone, metres (P20b)."""
    min_s: float = 3_600.0
    """Time inside the zone, seconds (P20b)."""
    max_repeated: float = 0.8
    """Share of the swept ground that earlier patrols of the month had swept (choice; P20b says
    that a route is not repeated)."""
    whole_zone: float = 0.95
    """Share of the zone from which on a route may be repeated (choice; P20b: fully covered)."""
    reach_m: float = 25.0
    """How far to either side a walker sees, metres (choice)."""
    max_speed_m_s: float = 5.0
    """Greatest plausible speed of a walker, metres a second (choice)."""
    max_gap_s: float = 300.0
    """Longest silence of a device that counts as online, seconds (choice; refresh is 15 s)."""
    max_silent_s: float = 900.0
    """All longer silences of a patrol together, seconds (choice; P20b: the device is online)."""
    pause_m: float = 20.0
    """Radius of a pause, metres (choice)."""
    pause_s: float = 180.0
    """Shortest pause that is reported, seconds (choice)."""
    days: dict[int, int] = field(
        default_factory=lambda: {month: 10 if 6 <= month <= 9 else 20 for month in range(1, 13)}
    )
    """Effective days due by month: 20 from October to May, 10 otherwise (P20b)."""
    every_third: bool = True
    """Whether early, middle and late days of the month must each see a patrol (P20b)."""


ONE_COUNTY: Final = PatrolRule()
"""The rule of the one county whose figures are known: an example, not a standard."""


class Shortfall(NamedTuple):
    """Why a patrol does not count."""

    code: str
    words: Message


@dataclass(frozen=True)
class Patrol:
    """Figures of a patrol, and why it does not count."""

    length_m: float
    """Metres of the plausible steps."""
    duration_s: float
    """Seconds from the first fix to the last."""
    inside_m: float
    """Metres of `length_m` in the zone."""
    inside_s: float
    """Seconds of the plausible steps in the zone."""
    silent_s: float
    """Silences longer than the rule allows, together; their way and time do not count."""
    jumps: int
    """Fixes that were left out."""
    repeated: float = 0.0
    """Share of the swept ground that was swept this month before, 0 to 1."""
    zone_share: float = 0.0
    """Share of the zone swept this month, this patrol included."""
    shortfalls: tuple[Shortfall, ...] = ()
    pauses: tuple[Pause, ...] = ()

    @property
    def effective(self) -> bool:
        """Whether nothing is short."""
        return not self.shortfalls


def shortfalls(patrol: Patrol, rule: PatrolRule) -> Iterator[Shortfall]:
    """Why a patrol does not count: the codes of :func:`gis.tracks.judge`; none when it does."""
    if patrol.inside_m < rule.min_m:
        yield Shortfall(
            "too_short",
            Message(
                f"责任区内巡护 {patrol.inside_m:.0f} m，不足 {rule.min_m:g} m。",
                f"{patrol.inside_m:.0f} m were walked in the zone; {rule.min_m:g} m are due.",
            ),
        )
    if patrol.inside_s < rule.min_s:
        yield Shortfall(
            "too_brief",
            Message(
                f"责任区内 {patrol.inside_s / 60:.0f} 分钟，不足 {rule.min_s / 60:g} 分钟。",
                f"{patrol.inside_s / 60:.0f} minutes in the zone; {rule.min_s / 60:g} are due.",
            ),
        )
    if patrol.inside_m < rule.min_m <= patrol.length_m:
        yield Shortfall(
            "outside",
            Message(
                f"有 {patrol.length_m - patrol.inside_m:.0f} m 在责任区外，不计入。",
                f"{patrol.length_m - patrol.inside_m:.0f} m lie outside the zone and do not count.",
            ),
        )
    if patrol.silent_s > rule.max_silent_s:
        yield Shortfall(
            "offline",
            Message(
                f"设备离线共 {patrol.silent_s / 60:.0f} 分钟。",
                f"The device was silent for {patrol.silent_s / 60:.0f} minutes.",
            ),
        )
    if patrol.repeated > rule.max_repeated and patrol.zone_share < rule.whole_zone:
        yield Shortfall(
            "repeated",
            Message(
                f"{patrol.repeated:.0%} 的路线本月已经走过。",
                f"{patrol.repeated:.0%} of the route was walked this month before.",
            ),
        )
