"""Findings: where one belongs, and which step may follow which."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely import Point
from shapely.errors import ShapelyError
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.messages import Message
from gis.validity import check_positions
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.errors import Problem
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FINDING, HeldFinding
from service.patrol.findings.schemas import FindingFeature, FindingPatch, FindingProperties, StepIn
from service.patrol.zones.around import county_of, no_zone, zone_around
from service.patrol.zones.db.nearby import NearbyZone
from service.plots.db.ground_lock import lock_ground
from service.registers.db import steps
from service.registers.db.places import Placement, placement
from service.registers.definitions import existing_register
from service.registers.edit import RecordEdit
from service.registers.steps import step as take_step
from service.registers.values import CLOCKS_DIFFER
from service.web.body_validation import validate_body
from service.web.etags import Versions
from service.web.merge_patch import merged
from service.web.optimistic_lock import Thing, require_current
from service.web.periods import EARLIEST
from service.web.timestamps import day_of, now


@dataclass(frozen=True)
class FindingEdit:
    """One change of one finding: by whom, upon which version that they saw."""

    connection: Connection
    account: Account
    finding_id: int
    seen: Versions


def report(connection: Connection, account: Account, sent: FindingFeature) -> int:
    """Write a finding; answers its number.

    Raises
    ------
    GeometryError, Problem
        It is refused whole: place, zone, kind or time, 409 ``same_finding``.
    GroundBusy
        Somebody else is writing down a finding there.
    """
    place = point(sent.geometry)
    register = existing_register(connection, FINDING)
    values = located(connection, account, sent.properties.model_dump(), place)
    values["state"] = register.definition.first
    # Of two that are sent at one moment the second waits here and finds the first.
    lock_ground(connection, [place], "findings")
    same = findings.same_finding(connection, values, place)
    if same is not None:
        raise Problem(
            409,
            "same_finding",
            Message(
                f"同一责任区、同一位置、同一天已有内容相同的问题 {same}，未重复登记；"
                "若确是另一处问题，请在说明中写明",
                f"finding {same} says the same of this place and day, nothing more was stored: if "
                "it is another one, say so in its note",
            ),
        )
    number = findings.insert_finding(
        connection, account, values, place, register.definition.numbering
    )
    steps.add_step(
        connection,
        account,
        number,
        {
            "state": values["state"],
            "on_day": day_of(values["found_at"]),
            "deadline": values["deadline"],
            "note": values["note"],
        },
    )
    return number


def point(geometry: Mapping[str, Any]) -> Point:
    """A Point on the grid.

    Raises
    ------
    GeometryError
        ``not_a_point``, or the codes of :func:`gis.validity.check_positions`.
    """
    shape = None
    if geometry.get("type") == "Point":
        try:
            shape = shapely.from_geojson(json.dumps(geometry))
        except (ShapelyError, ValueError):
            shape = None
    if not isinstance(shape, Point) or shape.is_empty:
        raise GeometryError(
            Message("应为 Point，位置是 [经度, 纬度]。", "A finding is a Point, [lon, lat]."),
            code="not_a_point",
        )
    at = shapely.get_coordinates(shape)
    check_positions(at)
    return Point(np.round(at[0], 9))


def located(
    connection: Connection,
    account: Account,
    properties: Mapping[str, Any],
    place: Point,
    kind_before: str | None = None,
) -> dict[str, Any]:
    """The columns of a finding, its zone, county and code among them.

    ``kind_before`` is what the finding was until now: it may stay that, also when it is retired.

    Raises
    ------
    Problem
        422 ``unknown_code``, ``in_future``, ``too_early``, ``deadline_passed``, ``outside_scope``,
        ``unknown_zone``.
    """
    kind, name = _kind(connection, properties["kind"], kind_before)
    found_at = properties["found_at"] or now()
    if found_at > now() + CLOCKS_DIFFER:
        message = Message("发现时间在将来，请核对", "found_at lies in the future: check it")
        raise _refusal("in_future", message, "properties.found_at")
    if found_at < EARLIEST:
        message = Message(
            f"发现时间早于 {EARLIEST.year} 年，请核对",
            f"found_at lies before {EARLIEST.year}: check it",
        )
        raise _refusal("too_early", message, "properties.found_at")
    _due_later(properties["deadline"], day_of(found_at), "properties.deadline")
    zone, lies = _zone(connection, account, properties["zone"], place, found_at)
    return {
        "zone": zone.code,
        "county": county_of(zone, next(iter(lies.counties))),
        "town": lies.town,
        "village": lies.village,
        "name": name,
        "kind": kind,
        "found_at": found_at,
        "deadline": properties["deadline"],
        "note": properties["note"],
        "photo": properties["photo"],
    }


def _due_later(deadline: date | None, day: date, field: str) -> None:
    if deadline is not None and deadline < day:
        message = Message(
            f"整改期限早于 {day}，请核对", f"the deadline lies before {day}: name a later day"
        )
        raise _refusal("deadline_passed", message, field)


def _kind(connection: Connection, name: str, held: str | None) -> tuple[str, str]:
    hold_codes(connection, "finding_kind")
    for code in codes(connection, "finding_kind"):
        if name not in (code["code"], code["label_zh"], code["label_en"]):
            continue
        if code["retired"] and code["code"] != held:
            message = Message(
                f"问题类型“{code['label_zh']}”已停用，请选别的类型",
                f"the kind {code['label_en']!r} is retired: take another",
            )
            raise _refusal("retired_code", message, "properties.kind")
        return str(code["code"]), str(code["label_zh"])
    message = Message(
        f"没有问题类型 {name!r}，请从 /api/codes/finding_kind 中选",
        f"there is no kind {name!r}: /api/codes/finding_kind lists them",
    )
    raise _refusal("unknown_code", message, "properties.kind")


def _zone(
    connection: Connection,
    account: Account,
    named_zone: str | None,
    place: Point,
    found_at: datetime,
) -> tuple[NearbyZone, Placement]:
    lies = placement(connection, place)
    county = next(iter(lies.counties), None)
    if county is None or not account.covers(county):
        message = Message("问题位置不在您的管辖范围", "the place lies outside your districts")
        at = [place.x, place.y]
        errors = [{"field": "geometry", "code": "outside_scope", "message": message, "at": at}]
        raise Problem(422, "outside_scope", message, errors=errors)
    zone = zone_around(connection, account, place, county, day_of(found_at), named_zone)
    if zone is None:
        raise _refusal("unknown_zone", no_zone(named_zone), "properties.zone")
    return zone, lies


def _refusal(code: str, message: Message, field: str) -> Problem:
    return Problem(422, code, message, errors=[{"field": field, "code": code, "message": message}])


def hold(edit: FindingEdit) -> HeldFinding:
    """Lock the finding for the change.

    Raises
    ------
    Problem
        404 when there is none of theirs, 412 ``stale`` when it changed since they saw it.
    """
    locked = findings.lock_finding(edit.connection, edit.account, edit.finding_id)
    return require_current(locked, edit.seen, Thing("问题", "finding"))


def patch(edit: FindingEdit, sent: FindingPatch) -> None:
    """Change what a merge patch names; the state changes by steps only.

    Raises
    ------
    GeometryError, Problem, RequestValidationError
        404, 412 ``stale``, and 422 for a place or values that `located` refuses.
    """
    held = hold(edit)
    place = held.place
    if sent.geometry:
        place = point(merged(json.loads(shapely.to_geojson(place)), sent.geometry))
    before = {**held.values, "found_at": held.values["found_at"].isoformat()}
    if before["deadline"] is not None:
        before["deadline"] = before["deadline"].isoformat()
    properties = merged(before, sent.properties)
    named = validate_body(FindingProperties, properties, "properties")
    values = located(edit.connection, edit.account, named.model_dump(), place, before["kind"])
    findings.change_finding(edit.connection, edit.account, held, values, place)


def step(edit: FindingEdit, sent: StepIn) -> None:
    """Take the next step: a notice, a letter, rectified, closed.

    Raises
    ------
    Problem
        409 ``no_such_step``, with the steps that may follow; 422 for a day before the finding, and
        for a deadline before that day.
    """
    record = RecordEdit(edit.connection, edit.account, FINDING, edit.finding_id, edit.seen)
    take_step(record, sent.model_dump())
