"""Zones: what is checked before one is written, and what a change of one means."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from data.years import far_days
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree
from service.errors import Problem, not_found
from service.patrol.zones.db import edit as zone_writing
from service.patrol.zones.db import zones
from service.patrol.zones.db.edit import HeldZone, NewZone
from service.patrol.zones.schemas import ABOVE_COUNTY, ZoneFeature, ZonePatch, ZoneProperties
from service.patrol.zones.validate import raise_for_verdicts, validate_zone
from service.plots.db.ground_lock import lock_ground
from service.plots.db.shares import county_shares
from service.settings import Settings
from service.web.body_validation import validate_body
from service.web.etags import Versions
from service.web.merge_patch import merged
from service.web.optimistic_lock import Thing, require_current
from service.web.timestamps import today
from service.web.vertices import check_size, drawn


@dataclass(frozen=True)
class ZoneEdit:
    """One change of one zone: by whom, upon which version that they saw, and why."""

    connection: Connection
    account: Account
    settings: Settings
    zone_id: int
    seen: Versions
    reason: str | None = None
    acknowledged: Sequence[str] = ()


def draw_zone(
    connection: Connection,
    account: Account,
    feature: ZoneFeature,
    settings: Settings,
    acknowledged: Sequence[str] = (),
) -> int:
    """Write a new zone; answers its number.

    Raises
    ------
    GeometryError, Problem
        It is refused whole: shape, district, parent, code, or warnings that nobody acknowledged.
    """
    new = checked(
        connection,
        account,
        drawn(feature.geometry, settings),
        feature.properties.model_dump(),
        settings,
        acknowledged=acknowledged,
    )
    with _refuse_taken_code(new.attributes["code"], connection):
        return zone_writing.insert_zone(connection, account, new)


def replace_zone(edit: ZoneEdit, feature: ZoneFeature) -> None:
    """Put a whole Feature in the place of the newest version, or after it."""
    held = hold(edit)
    _write(edit, held, drawn(feature.geometry, edit.settings), feature.properties.model_dump())


def patch_zone(edit: ZoneEdit, patch: ZonePatch) -> None:
    """Change what a merge patch names; with a later ``valid_from`` a new version begins."""
    held = hold(edit)
    geometry = held.geometry
    if patch.geometry:
        stored = json.loads(shapely.to_geojson(geometry))
        geometry = drawn(merged(stored, patch.geometry), edit.settings)
    before = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in held.newest.items()
        if name in ZoneProperties.model_fields
    }
    if held.newest["level"] not in ABOVE_COUNTY and "geometry" in patch.model_fields_set:
        before["district"] = None  # found anew by the ground
    properties = validate_body(ZoneProperties, merged(before, patch.properties), "properties")
    _write(edit, held, geometry, properties.model_dump())


def delete_zone(edit: ZoneEdit) -> None:
    """Delete a zone that nothing refers to. Raises `Problem` 409 for others, 404, 412."""
    held = hold(edit)
    if zones.is_referred_to(edit.connection, held.id, held.newest["code"]):
        raise Problem(
            409,
            "zone_in_use",
            Message(
                "该责任区有下级责任区、巡护、岗位、记录或问题，不能删除，请改其终止日期 valid_to",
                "zones, patrols, posts, records or findings belong to the zone: let it end by "
                "`valid_to` instead",
            ),
        )
    zone_writing.delete_zone(edit.connection, edit.account, held, edit.reason)


def hold(edit: ZoneEdit) -> HeldZone:
    """Lock the zone for the change.

    Raises
    ------
    Problem
        404 when there is none of theirs, 412 ``stale`` when it changed since they saw it.
    """
    locked = zone_writing.lock_zone(edit.connection, edit.account, edit.zone_id)
    return require_current(locked, edit.seen, Thing("责任区", "zone"))


def rewrite(  # noqa: PLR0913, PLR0917 - what a file says of a zone that is there
    connection: Connection,
    account: Account,
    zone_id: int,
    geometry: MultiPolygon,
    properties: dict[str, Any],
    settings: Settings,
    acknowledged: Sequence[str] = (),
) -> None:
    """Rewrite a zone, whatever its version; an equal one is left alone. Raises `Problem` 404."""
    held = zone_writing.lock_zone(connection, account, zone_id)
    if held is None:
        raise not_found("此责任区")
    same = all(
        value == held.newest[name]
        for name, value in properties.items()
        if name not in ("valid_from", "district") or value is not None
    )
    if same and shapely.equals(geometry, held.geometry):
        return
    edit = ZoneEdit(connection, account, settings, zone_id, (held.version,), None, acknowledged)
    # A file that does not say from when tells of today: who was responsible before stays known.
    begins = properties["valid_from"] or max(today(), held.newest["valid_from"])
    _write(edit, held, geometry, {**properties, "valid_from": begins})


def _write(
    edit: ZoneEdit, held: HeldZone, geometry: MultiPolygon, properties: dict[str, Any]
) -> None:
    stood = held.newest["valid_from"]
    properties["valid_from"] = properties["valid_from"] or stood
    begins = properties["valid_from"] > stood
    if properties["valid_from"] < stood and held.first_from != stood:
        raise Problem(
            422,
            "before_newest",
            Message(
                f"valid_from 早于现行版本的起始日 {stood}，更早的版本不能改",
                f"valid_from lies before the version that began on {stood}: older versions stay "
                "as they are",
            ),
            errors=[{"field": "properties.valid_from", "code": "before_newest"}],
        )
    new = checked(
        edit.connection,
        edit.account,
        geometry,
        properties,
        edit.settings,
        zone_id=held.id,
        acknowledged=edit.acknowledged,
    )
    with _refuse_taken_code(new.attributes["code"], edit.connection):
        zone_writing.change_zone(
            edit.connection, edit.account, held, new, begins=begins, reason=edit.reason
        )


class _refuse_taken_code:  # noqa: N801 - a context, read as words
    """Raises `Problem` 409 for a code that another zone has, also one outside the scope."""

    def __init__(self, code: str, connection: Connection) -> None:
        self.code = code
        self.nested = connection.begin_nested()

    def __enter__(self) -> None:
        self.nested.__enter__()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.nested.__exit__(kind, error, trace)
        if isinstance(error, IntegrityError) and "zone_code_key" in str(error.orig):
            raise Problem(
                409,
                "code_taken",
                Message(
                    f"责任区编号 {self.code} 已被使用，请另选",
                    f"the code {self.code} is another zone's: choose another",
                ),
                errors=[{"field": "properties.code", "code": "code_taken"}],
            ) from None


def checked(  # noqa: PLR0913 - what every write brings along
    connection: Connection,
    account: Account,
    geometry: MultiPolygon,
    properties: dict[str, Any],
    settings: Settings,
    *,
    zone_id: int | None = None,
    acknowledged: Sequence[str] = (),
) -> NewZone:
    """A zone that may be written: its counties found, its shape held to its neighbours.

    Raises
    ------
    Problem
        422 for what cannot be, 409 ``warnings`` for what the writer must look at first.
    """
    check_size(geometry, settings)
    values = properties | {"valid_from": properties["valid_from"] or today()}
    for name, words in far_days(values):
        field = f"properties.{name}"
        raise Problem(422, "out_of_range", words, errors=[{"field": field, "message": words}])
    if values["valid_to"] is not None and values["valid_to"] <= values["valid_from"]:
        raise Problem(
            422,
            "no_day_valid",
            Message("valid_to 应晚于 valid_from", "valid_to must be a later day than valid_from"),
            errors=[{"field": "properties.valid_to", "code": "no_day_valid"}],
        )
    district, counties = place(connection, account, geometry, values)
    lock_ground(connection, [geometry], "zones")
    new = NewZone(geometry, district, counties, values)
    raise_for_verdicts(validate_zone(connection, new, settings, zone_id=zone_id), acknowledged)
    return new


def place(
    connection: Connection, account: Account, geometry: MultiPolygon, values: dict[str, Any]
) -> tuple[str, tuple[str, ...]]:
    """District of a zone, and the counties that it belongs to.

    Raises
    ------
    Problem
        422 ``outside_districts``, ``outside_scope``, ``unknown_district``.
    """
    shares = county_shares(connection, [geometry])[0]
    spot = geometry.representative_point()
    at = [spot.x, spot.y]
    if not shares:
        message = Message(
            "责任区不在任何已知县界内，请核对坐标",
            "the zone lies in no known county: check the coordinates",
        )
        errors = [{"field": "geometry", "code": "outside_districts", "at": at}]
        raise Problem(422, "outside_districts", message, errors=errors)
    if values["level"] in ABOVE_COUNTY:
        return _above_county(connection, account, values)
    county = values["district"] or shares[0].county
    if county not in {share.county for share in shares}:
        raise _bad_district(
            Message(f"责任区不在 {county} 内", f"the zone does not lie in {county}")
        )
    if not account.covers(county):
        message = Message("责任区不在您的管辖范围", "the zone lies outside your districts")
        errors = [{"field": "geometry", "code": "outside_scope", "at": at}]
        raise Problem(422, "outside_scope", message, errors=errors)
    return county, (county,)


def _above_county(
    connection: Connection, account: Account, values: dict[str, Any]
) -> tuple[str, tuple[str, ...]]:
    districts = tree(connection)
    code = values["district"]
    if code is None or code not in districts or districts[code].level != values["level"]:
        raise _bad_district(
            Message(
                "市级以上责任区须给出同级的 district",
                "a zone above the counties names its district of the same level: /api/districts "
                "lists them",
            )
        )
    counties = tuple(county.code for county in districts.at("county", code))
    if not counties or not all(map(account.covers, counties)):
        raise _bad_district(
            Message("该行政区不全在您的管辖范围", "that district is not all within your scope")
        )
    return code, counties


def _bad_district(message: Message) -> Problem:
    errors = [{"field": "properties.district", "code": "unknown_district", "message": message}]
    return Problem(422, "unknown_district", message, errors=errors)
