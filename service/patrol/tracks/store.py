"""Tracks into the database, one by one or a file of them: placed, judged, and told of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.messages import Message, MessageError
from gis.tracks import Patrol, PatrolRule, ground_m2, shortfalls, together
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.patrol.rules.rules import Rules, asked_of_tracks, rules_of
from service.patrol.tracks.db import patrols
from service.patrol.tracks.db.patrols import MonthRow, NewPatrol
from service.patrol.tracks.db.swept_area import months_of
from service.patrol.tracks.judge import Recorded, Walk, judged, read_walk
from service.patrol.tracks.swept_area import Part, merge, remerge
from service.patrol.zones.db.nearby import Near, zones_by_id, zones_near
from service.patrol.zones.schemas import ABOVE_COUNTY
from service.web.timestamps import now, today

MONTHS = 12


@dataclass(frozen=True)
class Kept:
    """What became of a track: its number, and why it counts for nothing if it does not."""

    patrol_id: int
    apart: tuple[str, ...]
    timeless_fixes: Sequence[int] = ()
    """Places in the track, from 1, of fixes without a moment."""


class TrackRefused(MessageError, ValueError):  # noqa: N818 - a refusal, no failure of ours
    """A track that is not stored; ``code`` is stable, the text is for people."""

    def __init__(
        self,
        code: str,
        message: Message | str,
        at: tuple[float, float] | None = None,
        status: int = 422,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.at = at
        self.status = status

    def problem(self, field: str = "geometry") -> Problem:
        """The same for HTTP."""
        one: dict[str, Any] = {"field": field, "code": self.code, "message": self.message}
        if self.at is not None:
            one["at"] = list(self.at)
        return Problem(self.status, self.code, self.message, errors=[one])


def keep_tracks(
    connection: Connection,
    account: Account,
    tracks: Sequence[Recorded],
    *,
    fix_limit: int,
    demo: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> list[Kept | TrackRefused]:
    """Store what can be stored; for each track its number or why not, in their order.

    Nobody is asked twice: a track that is stored already is refused as ``duplicate_track``.
    """
    at = now()
    rules = rules_of(connection)
    read = [_read(track, fix_limit, at) for track in tracks]
    walks = [track for track in read if isinstance(track, Walk)]
    known = patrols.known_tracks(connection, [track.hash for track in walks])
    near = around(connection, walks)
    placed: dict[bytes, tuple[Walk, str]] = {}
    refused: dict[int, TrackRefused] = {}
    for n, track in enumerate(read):
        progress(1)
        if isinstance(track, TrackRefused):
            refused[n] = track
        elif track.hash not in known and track.hash not in placed:
            try:
                placed[track.hash] = placed_in_county(
                    connection, account, track, meeting(near, track), rules
                )
            except TrackRefused as why:
                refused[n] = why
    new = [new_patrol(walk, county) for walk, county in placed.values()]
    ids = _written(connection, account, new, demo)
    fresh = dict(zip(placed, ids, strict=True))
    answers: list[Kept | TrackRefused] = []
    told: set[bytes] = set(known)
    for n, track in enumerate(read):
        if n in refused or isinstance(track, TrackRefused):
            answers.append(refused[n])
        elif track.hash in told:
            answers.append(_twice(known.get(track.hash) or fresh[track.hash]))
        else:
            told.add(track.hash)
            walk = placed[track.hash][0]
            answers.append(Kept(fresh[track.hash], walk.apart, walk.timeless_fixes))
    merge(connection, parts_of(placed.values()))
    months = {
        (walk.own.id, walk.day.replace(day=1))
        for walk, _county in placed.values()
        if walk.own is not None and walk.day is not None and not walk.apart
    }
    for zone_id, month in sorted(months):
        settle_month(connection, zone_id, month, near, rules)
    return answers


def parts_of(placed: Iterable[tuple[Walk, str]]) -> Iterator[Part]:
    for walk, county in placed:
        for zone in walk.zones:
            if walk.day is not None:
                yield Part(zone.zone.id, zone.zone.counties, county, walk.day, zone.ground)


def _read(recorded: Recorded, fix_limit: int, now: datetime) -> Walk | TrackRefused:
    fixes = int(shapely.get_num_coordinates(recorded.line))
    if fixes > fix_limit:
        words = (
            f"轨迹有 {fixes} 个定位点，上限 {fix_limit}，请按天拆分；"
            f"{fixes} fixes, at most {fix_limit} are taken: split it by days"
        )
        return TrackRefused("too_many_fixes", words)
    try:
        return read_walk(recorded, now=now)
    except GeometryError as error:
        return TrackRefused(error.code, error.message, error.at)


def _written(
    connection: Connection, account: Account, new: Sequence[NewPatrol], demo: bool
) -> list[int]:
    try:
        return patrols.insert_patrols(connection, account, new, demo=demo)
    except IntegrityError as error:
        if "patrol_source_hash_key" not in str(error.orig):
            raise
        # Another county's, which nobody here may see, or somebody's of this very moment.
        raise Problem(
            409,
            "duplicate_track",
            "同一条轨迹已由他人入库，不重复计算；本次全部未入库，请去掉该轨迹后重试。 "
            "Somebody else has stored one of these tracks already; it is not counted twice. "
            "Nothing was stored: leave it out and send the others again.",
        ) from None


def _twice(number: int) -> TrackRefused:
    words = (
        f"同一条轨迹已作为第 {number} 号巡护入库，不重复计算；"
        f"the same track is patrol {number} already and is not counted twice"
    )
    return TrackRefused("duplicate_track", words, status=409)


def around(connection: Connection, walks: Sequence[Walk]) -> list[Near]:
    if not walks:
        return []
    days = [track.day or today() for track in walks]
    boxes = shapely.box(*shapely.bounds(np.array([track.line for track in walks])).T)
    return zones_near(
        connection,
        shapely.union_all(shapely.buffer(boxes, 1e-6)),
        # A version that ended or had not begun is asked for too, to tell of it.
        min(*days, date(1949, 10, 1)),
        max(*days, today()),
        named=sorted({track.recorded.zone for track in walks if track.recorded.zone}),
        people=sorted({track.recorded.ranger for track in walks if track.recorded.ranger}),
    )


def meeting(near: Sequence[Near], walk: Walk) -> list[Near]:
    asked = walk.recorded
    west, south, east, north = walk.line.bounds
    box = shapely.box(west, south, east, north)
    return [
        zone
        for zone in near
        if zone.code == asked.zone
        or (asked.ranger is not None and asked.ranger in (zone.ranger, zone.chief))
        or shapely.intersects(zone.geometry, box)
    ]


def placed_in_county(
    connection: Connection, account: Account, walk: Walk, near: Sequence[Near], rules: Rules
) -> tuple[Walk, str]:
    """The patrol, judged, and its county; TrackRefused where the account may not write."""
    declared = next((zone for zone in near if zone.code == walk.recorded.zone), None)
    if declared is not None and declared.level not in ABOVE_COUNTY:
        county: str | None = declared.counties[0]
    else:
        county = patrols.county_of(connection, walk.line)
    first = walk.line.coords[0]
    if county is None:
        words = "轨迹不在任何已知县界内，请核对坐标系；it lies in no known county: another CRS?"
        raise TrackRefused("outside_districts", words, (first[0], first[1]))
    if not account.covers(county):
        words = "轨迹不在您的管辖范围；the track lies outside your districts"
        raise TrackRefused("outside_scope", words, (first[0], first[1]))
    return judged(walk, near, county, rules), county


def new_patrol(walk: Walk, county: str) -> NewPatrol:
    asked = walk.recorded
    values = {
        "zone_id": None if walk.own is None else walk.own.id,
        "ranger": asked.ranger,
        "county": county,
        "started_at": walk.started_at,
        "ended_at": walk.ended_at,
        "source": asked.source,
        "source_hash": walk.hash,
        "seconds": walk.seconds,
        "length_m": walk.length_m,
        "duration_s": walk.duration_s,
        "silent_s": walk.silent_s,
        "paused_s": sum(pause.duration_s for pause in walk.pauses),
        "pauses": len(walk.pauses),
        "jumps": walk.jumps,
        "reordered": walk.reordered,
        "timeless": walk.timeless,
        "zone_by": walk.zone_by,
        "apart": list(walk.apart),
    }
    zones = [
        {
            "zone_id": zone.zone.id,
            "own": zone.own,
            "day": walk.day,
            "county": county,
            "counties": list(zone.zone.counties),
            "length_m": zone.length_m,
            "inside_s": zone.inside_s,
            "walked_m2": zone.walked_m2,
            "ground": zone.ground,
        }
        for zone in walk.zones
    ]
    return NewPatrol(values, walk.line, walk.cleaned, zones)


def settle_month(
    connection: Connection, zone_id: int, month: date, near: Sequence[Near], rules: Rules
) -> None:
    """Judge every patrol of a month in its own zone anew, in the order of time.

    Whether a route is repeated hangs on those walked before, so a track that comes late changes
    the verdicts on later ones.
    """
    after = date(month.year + (month.month == MONTHS), month.month % MONTHS + 1, 1)
    versions = [zone for zone in near if zone.id == zone_id]
    rows = patrols.own_patrols(connection, zone_id, month, after)
    if not versions or not rows:
        return
    zone = next((version for version in versions if version.holds_on(month)), versions[-1])
    rule = asked_of_tracks(rules.of(zone.level, zone.district))
    patrols.write_verdicts(connection, zone_id, verdicts(rows, area_m2(zone.geometry), rule))


def verdicts(
    rows: Sequence[MonthRow], zone_m2: float, rule: PatrolRule
) -> list[tuple[int, float | None, float | None, Sequence[str]]]:
    """Of each patrol: share of its ground walked before, share of the zone so far, shortfalls."""
    found: list[tuple[int, float | None, float | None, Sequence[str]]] = []
    before, before_m2 = MultiPolygon(), 0.0
    for row in rows:
        before = together([before, row.ground])
        seen_m2 = ground_m2(before)
        # What it adds to all that was walked before is fresh; the rest was walked already.
        fresh_m2 = seen_m2 - before_m2
        repeated = 0.0
        if row.walked_m2 > 0 and before_m2 > 0:
            repeated = min(1.0, max(0.0, 1 - fresh_m2 / row.walked_m2))
        before_m2 = seen_m2
        share = min(1.0, seen_m2 / zone_m2)
        judged_patrol = Patrol(
            length_m=row.length_m,
            duration_s=row.duration_s,
            inside_m=row.inside_m,
            inside_s=row.inside_s,
            silent_s=row.silent_s,
            jumps=0,
            repeated=repeated,
            zone_share=share,
        )
        codes = [one.code for one in shortfalls(judged_patrol, rule)]
        found.append((row.patrol_id, repeated, share, codes))
    return found


def take_out(connection: Connection, account: Account, patrol_id: int, reason: str) -> bool:
    """Delete a patrol and judge the rest of its month anew; False when it is not theirs."""
    months = months_of(connection, patrol_id)
    found = patrols.delete_patrol(connection, account, patrol_id)
    if found is None:
        return False
    remerge(connection, months)
    note(connection, account, "delete_patrol", {"patrol": patrol_id, "reason": reason})
    zone_id, day = found
    if zone_id:
        settle_months(connection, [(zone_id, day.replace(day=1))])
    return True


def settle_months(connection: Connection, months: Iterable[tuple[int, date]]) -> None:
    """Judge what patrols were taken out of anew: zone and first day of the month."""
    rules = rules_of(connection)
    for zone_id, month in sorted(set(months)):
        # All that is known of the zone is asked for by its number, which the door does not take.
        settle_month(connection, zone_id, month, zones_by_id(connection, zone_id), rules)
