"""Tracks into the database: checked, evaluated, stored, and their months evaluated anew."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.messages import Message, MessageError
from gis.tracks import Patrol, PatrolRule, SweptMonth, judge_in_month
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.patrol.rules.rules import Rules, asked_of_tracks, rules_of
from service.patrol.tracks.db import written
from service.patrol.tracks.db.swept_area import months_of
from service.patrol.tracks.db.written import MonthRow, NewPatrol, PatrolVerdict
from service.patrol.tracks.evaluate import (
    CheckedTrack,
    EvaluatedPatrol,
    RecordedTrack,
    check_track,
    evaluate_track,
)
from service.patrol.tracks.swept_area import SweptPart, merge, remerge
from service.patrol.zones.db.nearby import NearbyZone, zones_by_id, zones_near
from service.patrol.zones.schemas import ABOVE_COUNTY
from service.web.timestamps import now, today

MONTHS = 12


@dataclass(frozen=True)
class StoredPatrol:
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
        message: Message,
        at: tuple[float, float] | None = None,
        status: int = 422,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.at = at
        self.status = status

    def problem(self, field: str = "geometry") -> Problem:
        """The same for HTTP."""
        error: dict[str, Any] = {"field": field, "code": self.code, "message": self.message}
        if self.at is not None:
            error["at"] = list(self.at)
        return Problem(self.status, self.code, self.message, errors=[error])


def store_tracks(
    connection: Connection,
    account: Account,
    tracks: Sequence[RecordedTrack],
    *,
    fix_limit: int,
    demo: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> list[StoredPatrol | TrackRefused]:
    """Store what can be stored; for each track its number or why not, in their order.

    A track that is stored already, or stands in the file twice, is refused as
    ``duplicate_track``.

    Raises
    ------
    Problem
        409 ``duplicate_track``: somebody whom the account may not see has stored one of the tracks.
        Nothing is stored.
    """
    moment = now()
    rules = rules_of(connection)
    checked = [_check(track, fix_limit, moment) for track in tracks]
    good = [track for track in checked if isinstance(track, CheckedTrack)]
    known = written.known_tracks(connection, [track.hash for track in good])
    near = zones_around(connection, good)
    evaluated: dict[bytes, EvaluatedPatrol] = {}
    refused: dict[int, TrackRefused] = {}
    for n, track in enumerate(checked):
        progress(1)
        if isinstance(track, TrackRefused):
            refused[n] = track
        elif track.hash not in known and track.hash not in evaluated:
            try:
                evaluated[track.hash] = evaluate_in_county(
                    connection, account, track, zones_met(near, track), rules
                )
            except TrackRefused as refusal:
                refused[n] = refusal
    new = [new_patrol(patrol) for patrol in evaluated.values()]
    ids = dict(zip(evaluated, _insert(connection, account, new, demo), strict=True))
    answers = _answers(checked, refused, known, evaluated, ids)
    merge(connection, swept_parts(evaluated.values()))
    months = {
        patrol.own_month
        for patrol in evaluated.values()
        if patrol.own_month is not None and not patrol.apart
    }
    for zone_id, month in sorted(months):
        reevaluate_month(connection, zone_id, month, near, rules)
    return answers


def _answers(
    checked: Sequence[CheckedTrack | TrackRefused],
    refused: Mapping[int, TrackRefused],
    known: Mapping[bytes, int],
    evaluated: Mapping[bytes, EvaluatedPatrol],
    ids: Mapping[bytes, int],
) -> list[StoredPatrol | TrackRefused]:
    """What became of each track of a file, in their order."""
    answers: list[StoredPatrol | TrackRefused] = []
    answered = set(known)
    for n, track in enumerate(checked):
        if n in refused or isinstance(track, TrackRefused):
            answers.append(refused[n])
        elif track.hash in answered:
            answers.append(_duplicate(known.get(track.hash) or ids[track.hash]))
        else:
            answered.add(track.hash)
            apart = evaluated[track.hash].apart
            answers.append(StoredPatrol(ids[track.hash], apart, track.timeless_fixes))
    return answers


def swept_parts(patrols_: Iterable[EvaluatedPatrol]) -> Iterator[SweptPart]:
    """What of patrols is to be merged with the swept ground of their zones."""
    for patrol in patrols_:
        day = patrol.track.day
        for in_zone in patrol.zones:
            if day is not None:
                zone = in_zone.zone
                yield SweptPart(zone.id, zone.counties, patrol.county, day, in_zone.part.ground)


def _check(
    recorded: RecordedTrack, fix_limit: int, moment: datetime
) -> CheckedTrack | TrackRefused:
    fixes = int(shapely.get_num_coordinates(recorded.line))
    if fixes > fix_limit:
        return TrackRefused(
            "too_many_fixes",
            Message(
                f"轨迹有 {fixes} 个定位点，上限 {fix_limit}，请按天拆分",
                f"{fixes} fixes, at most {fix_limit} are taken: split it by days",
            ),
        )
    try:
        return check_track(recorded, now=moment)
    except GeometryError as error:
        return TrackRefused(error.code, error.message, error.at)


def _insert(
    connection: Connection, account: Account, new: Sequence[NewPatrol], demo: bool
) -> list[int]:
    try:
        return written.insert_patrols(connection, account, new, demo=demo)
    except IntegrityError as error:
        if "patrol_source_hash_key" not in str(error.orig):
            raise
        # It is another county's, which nobody here may see, or was stored at this very moment.
        raise Problem(
            409,
            "duplicate_track",
            Message(
                "同一条轨迹已由他人入库，不重复计算；本次全部未入库，请去掉该轨迹后重试",
                "somebody else has stored one of these tracks already; it is not counted twice. "
                "Nothing was stored: leave it out and send the others again",
            ),
        ) from None


def _duplicate(patrol_id: int) -> TrackRefused:
    message = Message(
        f"同一条轨迹已作为第 {patrol_id} 号巡护入库，不重复计算",
        f"the same track is patrol {patrol_id} already and is not counted twice",
    )
    return TrackRefused("duplicate_track", message, status=409)


def zones_around(connection: Connection, tracks: Sequence[CheckedTrack]) -> list[NearbyZone]:
    """Zones that tracks may belong to: near them, named by them, or of their walkers.

    Versions that ended or have not begun are among them: a refusal says so.
    """
    if not tracks:
        return []
    days = [track.day or today() for track in tracks]
    boxes = shapely.box(*shapely.bounds(np.array([track.line for track in tracks])).T)
    recorded = [track.recorded for track in tracks]
    return zones_near(
        connection,
        shapely.union_all(shapely.buffer(boxes, 1e-6)),
        min(*days, date(1949, 10, 1)),
        max(*days, today()),
        named=sorted({track.zone for track in recorded if track.zone}),
        people=sorted({track.ranger for track in recorded if track.ranger}),
    )


def zones_met(near: Sequence[NearbyZone], track: CheckedTrack) -> list[NearbyZone]:
    """Those of the zones that one track may belong to or cross."""
    recorded = track.recorded
    box = shapely.box(*track.line.bounds)
    return [
        zone
        for zone in near
        if zone.code == recorded.zone
        or (recorded.ranger is not None and recorded.ranger in (zone.ranger, zone.chief))
        or shapely.intersects(zone.geometry, box)
    ]


def evaluate_in_county(
    connection: Connection,
    account: Account,
    track: CheckedTrack,
    near: Sequence[NearbyZone],
    rules: Rules,
) -> EvaluatedPatrol:
    """The patrol in the county of the zone that the track names, else where most of it lies.

    Raises
    ------
    TrackRefused
        ``outside_districts``, or ``outside_scope``: the account does not cover the county.
    """
    named = next((zone for zone in near if zone.code == track.recorded.zone), None)
    if named is not None and named.level not in ABOVE_COUNTY:
        county: str | None = named.counties[0]
    else:
        county = written.county_of(connection, track.line)
    lon, lat = track.line.coords[0]
    if county is None:
        raise TrackRefused(
            "outside_districts",
            Message(
                "轨迹不在任何已知县界内，请核对坐标系",
                "the track lies in no known county: check its reference system",
            ),
            (lon, lat),
        )
    if not account.covers(county):
        raise TrackRefused(
            "outside_scope",
            Message("轨迹不在您的管辖范围", "the track lies outside your districts"),
            (lon, lat),
        )
    return evaluate_track(track, near, county, rules)


def new_patrol(patrol: EvaluatedPatrol) -> NewPatrol:
    """An evaluated patrol as rows of ``patrol`` and ``patrol_zone``."""
    track, clean = patrol.track, patrol.clean
    values = {
        "zone_id": None if patrol.own is None else patrol.own.id,
        "ranger": track.recorded.ranger,
        "county": patrol.county,
        "started_at": track.started_at,
        "ended_at": track.ended_at,
        "source": track.recorded.source,
        "source_hash": track.hash,
        "seconds": track.seconds,
        "length_m": 0.0 if clean is None else clean.length_m,
        "duration_s": None if clean is None else clean.duration_s,
        "silent_s": 0.0 if clean is None else clean.silent_s,
        "paused_s": 0.0 if clean is None else sum(pause.duration_s for pause in clean.pauses),
        "pauses": 0 if clean is None else len(clean.pauses),
        "jumps": 0 if clean is None else clean.jumps,
        "reordered": patrol.reordered,
        "timeless": len(track.timeless_fixes),
        "zone_by": patrol.zone_by,
        "apart": list(patrol.apart),
    }
    zones = [
        {
            "zone_id": in_zone.zone.id,
            "own": in_zone.own,
            "day": track.day,
            "county": patrol.county,
            "counties": list(in_zone.zone.counties),
            "length_m": in_zone.part.length_m,
            "inside_s": in_zone.part.duration_s,
            "walked_m2": in_zone.part.ground_m2,
            "ground": in_zone.part.ground,
        }
        for in_zone in patrol.zones
    ]
    return NewPatrol(values, track.line, None if clean is None else clean.line, zones)


def reevaluate_month(
    connection: Connection, zone_id: int, month: date, near: Sequence[NearbyZone], rules: Rules
) -> None:
    """Evaluate every patrol of a month in its own zone anew, in the order of time.

    Whether a route is repeated depends on the patrols before it, so a track that comes late
    changes the verdicts on later ones.
    """
    after = date(month.year + (month.month == MONTHS), month.month % MONTHS + 1, 1)
    versions = [zone for zone in near if zone.id == zone_id]
    rows = written.own_patrols(connection, zone_id, month, after)
    if not versions or not rows:
        return
    zone = next((version for version in versions if version.holds_on(month)), versions[-1])
    rule = asked_of_tracks(rules.of(zone.level, zone.district))
    verdicts = month_verdicts(rows, area_m2(zone.geometry), rule)
    written.write_verdicts(connection, zone_id, verdicts)


def month_verdicts(
    rows: Sequence[MonthRow], zone_m2: float, rule: PatrolRule
) -> list[PatrolVerdict]:
    """The verdicts on patrols of one month in one zone, given in the order of time."""
    month = SweptMonth(zone_m2)
    verdicts = []
    for row in rows:
        measured = Patrol(
            length_m=row.length_m,
            duration_s=row.duration_s,
            inside_m=row.inside_m,
            inside_s=row.inside_s,
            silent_s=row.silent_s,
            jumps=0,
        )
        patrol = judge_in_month(measured, row.ground, row.walked_m2, month, rule)
        codes = tuple(shortfall.code for shortfall in patrol.shortfalls)
        verdicts.append(PatrolVerdict(row.patrol_id, patrol.repeated, patrol.zone_share, codes))
    return verdicts


def remove_patrol(connection: Connection, account: Account, patrol_id: int, reason: str) -> bool:
    """Delete a patrol and evaluate the rest of its month anew; False when it is not theirs."""
    months = months_of(connection, patrol_id)
    deleted = written.delete_patrol(connection, account, patrol_id)
    if deleted is None:
        return False
    remerge(connection, months)
    note(connection, account, "delete_patrol", {"patrol": patrol_id, "reason": reason})
    zone_id, day = deleted
    if zone_id:
        reevaluate_months(connection, [(zone_id, day.replace(day=1))])
    return True


def reevaluate_months(connection: Connection, months: Iterable[tuple[int, date]]) -> None:
    """Evaluate months anew out of which patrols were taken: zone and first day of the month."""
    rules = rules_of(connection)
    for zone_id, month in sorted(set(months)):
        # zones_near takes codes, people and places; here only the number of the zone is known.
        reevaluate_month(connection, zone_id, month, zones_by_id(connection, zone_id), rules)
