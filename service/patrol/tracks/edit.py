"""A stored patrol is given another zone or walker, and judged anew with the rest of its months."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.patrol.rules.rules import rules_of
from service.patrol.tracks.db import edit as patrol_changes
from service.patrol.tracks.db.edit import HeldPatrol
from service.patrol.tracks.db.swept_area import months_of
from service.patrol.tracks.judge import Recorded, read_walk
from service.patrol.tracks.schemas import PatrolNamed, PatrolPatch
from service.patrol.tracks.store import (
    TrackRefused,
    around,
    meeting,
    new_patrol,
    parts_of,
    placed_in_county,
    settle_months,
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
            "轨迹已过保存期限并删除，不能重新判定；the track is past its retention and deleted: it "
            "cannot be judged anew",
        )
    named = _said(held, patch)
    track = Recorded(
        held.line,
        held.times,
        named.zone,
        named.ranger,
        held.source,
        held.started_at,
        held.ended_at,
    )
    connection = edit.connection
    walk = read_walk(track, now=now())
    near = around(connection, [walk])
    rules = rules_of(connection)
    try:
        walk, county = placed_in_county(connection, edit.account, walk, meeting(near, walk), rules)
    except TrackRefused as refused:
        raise refused.problem("properties.zone") from None
    _refuse_zone(named.zone, walk.apart)
    months = months_of(connection, held.id)
    patrol_changes.clear_zones(connection, held.id)
    remerge(connection, months)
    patrol_changes.rewrite_patrol(connection, edit.account, held.id, new_patrol(walk, county))
    merge(connection, parts_of([(walk, county)]))
    settled = []
    if held.own is not None:
        settled.append((held.own[0], day_of(held.own[1]).replace(day=1)))
    if walk.own is not None and walk.day is not None:
        settled.append((walk.own.id, walk.day.replace(day=1)))
    settle_months(connection, settled)
    note(
        connection,
        edit.account,
        "change_patrol",
        {
            "patrol": held.id,
            "zone": walk.own.code if walk.own else None,
            "changed": [*_named(patch)],
        },
    )


def hold(edit: PatrolEdit) -> HeldPatrol:
    """Lock the patrol; 404 when it is not theirs, 412 when it changed since they saw it."""
    locked = patrol_changes.lock_patrol(edit.connection, edit.account, edit.patrol_id)
    return require_current(locked, edit.seen, Thing("巡护", "patrol"))


def _named(patch: PatrolPatch) -> dict[str, Any]:
    return dict(patch.properties)


def _said(held: HeldPatrol, patch: PatrolPatch) -> PatrolNamed:
    # A zone that was found by walker or place is found anew.
    before = {"ranger": held.ranger}
    if held.zone_by in (None, "named"):
        before["zone"] = held.zone
    return validate_body(PatrolNamed, merged(before, patch.properties), "properties")


def _refuse_zone(code: str | None, apart: tuple[str, ...]) -> None:
    words = {
        "unknown_zone": f"没有责任区 {code}；no such zone: /api/zones lists them",
        "before_zone": f"责任区 {code} 当日无效；the zone {code} did not hold on that day",
    }
    for reason in apart:
        if code is not None and reason in words:
            one = {"field": "properties.zone", "code": reason, "message": words[reason]}
            raise Problem(422, reason, words[reason], errors=[one])
