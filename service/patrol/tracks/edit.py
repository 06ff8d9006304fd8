"""A stored patrol is given another zone or walker, and judged anew with the rest of its months."""

from dataclasses import dataclass

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.patrol.rules.rules import rules_of
from service.patrol.tracks.db import edit as patrol_changes
from service.patrol.tracks.db.edit import HeldPatrol
from service.patrol.tracks.db.swept_area import months_of
from service.patrol.tracks.evaluate import RecordedTrack, check_track
from service.patrol.tracks.schemas import PatrolNamed, PatrolPatch
from service.patrol.tracks.store import (
    TrackRefused,
    evaluate_in_county,
    new_patrol,
    reevaluate_months,
    swept_parts,
    zones_around,
    zones_met,
)
from service.patrol.tracks.swept_area import merge, remerge
from service.web.body_validation import validate_body
from service.web.etags import Versions
from service.web.merge_patch import merged
from service.web.optimistic_lock import Thing, require_current
from service.web.timestamps import day_of, now


@dataclass(frozen=True)
class PatrolEdit:
    """Who changes which patrol, and which versions of it they have seen."""

    connection: Connection
    account: Account
    patrol_id: int
    seen: Versions


def patch_patrol(edit: PatrolEdit, patch: PatrolPatch) -> None:
    """Change zone or walker by a merge patch; without a zone it is found anew.

    Raises
    ------
    Problem
        404, 412 ``stale``, 409 ``forgotten``, 422 with the field: an unknown zone, one that did
        not hold on that day, a county out of scope.
    """
    held = hold(edit)
    if held.line is None:
        raise Problem(
            409,
            "forgotten",
            Message(
                "轨迹已过保存期限并删除，不能重新判定",
                "the track is past its retention and deleted: it cannot be judged anew",
            ),
        )
    named = _names_after(held, patch)
    recorded = RecordedTrack(
        held.line,
        held.times,
        named.zone,
        named.ranger,
        held.source,
        held.started_at,
        held.ended_at,
    )
    connection = edit.connection
    track = check_track(recorded, now=now())
    near = zones_met(zones_around(connection, [track]), track)
    try:
        patrol = evaluate_in_county(connection, edit.account, track, near, rules_of(connection))
    except TrackRefused as refusal:
        raise refusal.problem("properties.zone") from None
    _refuse_zone(named.zone, patrol.apart)
    months = months_of(connection, held.id)
    patrol_changes.clear_zones(connection, held.id)
    remerge(connection, months)
    patrol_changes.rewrite_patrol(connection, edit.account, held.id, new_patrol(patrol))
    merge(connection, swept_parts([patrol]))
    own_months = []
    if held.own is not None:
        zone_id, started_at = held.own
        own_months.append((zone_id, day_of(started_at).replace(day=1)))
    if patrol.own_month is not None:
        own_months.append(patrol.own_month)
    reevaluate_months(connection, own_months)
    note(
        connection,
        edit.account,
        "change_patrol",
        {
            "patrol": held.id,
            "zone": patrol.own.code if patrol.own else None,
            "changed": [*patch.properties],
        },
    )


def hold(edit: PatrolEdit) -> HeldPatrol:
    """Lock the patrol; 404 when it is not theirs, 412 when it changed since they saw it."""
    locked = patrol_changes.lock_patrol(edit.connection, edit.account, edit.patrol_id)
    return require_current(locked, edit.seen, Thing("巡护", "patrol"))


def _names_after(held: HeldPatrol, patch: PatrolPatch) -> PatrolNamed:
    # A zone that was found by walker or place is found anew.
    before = {"ranger": held.ranger}
    if held.zone_by in (None, "named"):
        before["zone"] = held.zone
    return validate_body(PatrolNamed, merged(before, patch.properties), "properties")


def _refuse_zone(code: str | None, apart: tuple[str, ...]) -> None:
    messages = {
        "unknown_zone": Message(
            f"没有责任区 {code}，请核对编号", f"there is no zone {code}: /api/zones lists them"
        ),
        "before_zone": Message(
            f"责任区 {code} 当日无效，请核对日期或编号",
            f"the zone {code} did not hold on that day: name one that did",
        ),
    }
    for reason in apart:
        if code is not None and reason in messages:
            message = messages[reason]
            error = {"field": "properties.zone", "code": reason, "message": message}
            raise Problem(422, reason, message, errors=[error])
