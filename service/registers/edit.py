"""Records written, changed and deleted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from gis.messages import Message
from gis.shapes import Shape, ShapeKind, kind_of
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.patrol.zones.around import county_of, no_zone, zone_around
from service.registers.db import records, steps
from service.registers.db.places import Placement
from service.registers.db.records import WRITTEN, HeldRecord
from service.registers.office import (
    Office,
    deadline_of,
    office,
    refuse_role,
    refused,
    unknown_state,
)
from service.registers.placing import place_of_record
from service.registers.values import Fault, checked_values, far_days, missing_values
from service.registers.zoned import refuse_same, with_day
from service.units.naming import wrong_unit
from service.web.etags import Versions
from service.web.optimistic_lock import Thing, require_current
from service.web.timestamps import today

RECORD = Thing("记录", "record")


@dataclass(frozen=True)
class NewRecord:
    """A record to be written: what `WRITTEN` names, with ``state``, ``on_day`` and ``district``.

    ``place`` is where its shape lies, when that is known already.
    """

    values: Mapping[str, Any]
    kind: ShapeKind | None = None
    shape: Shape | None = None
    place: Placement | None = None


class CheckedRecord(NamedTuple):
    """A new record that nothing is wrong with: its columns and its shape."""

    row: dict[str, Any]
    shape: Shape | None


def create(office: Office, new: NewRecord, *, demo: bool = False) -> int:
    """Write a record with its first step; answers its number. Raises as `ready`."""
    return write(office, [ready(office, new)], demo=demo)[0]


def ready(office: Office, new: NewRecord) -> CheckedRecord:
    """A new record as it will be written.

    Raises
    ------
    Problem
        422 with the fields: see `checked`; 403 ``role_missing`` for a state that the account may
        not take a record to; 409 ``same_record`` where the register is zoned.
    """
    definition = office.register.definition
    state = new.values.get("state") or definition.first
    new = replace(new, values=with_day(definition, new.values))
    if state not in definition.state:
        raise refused([unknown_state(office, state)])
    if state != definition.first:
        refuse_role(office, state, ("inspector", "gis"))
    row = checked(office, new, state)
    day = new.values.get("on_day") or today()
    if day > today():
        raise refused([_future()])
    row |= {"register": office.code, "state": state, "since": day}
    if definition.zoned:
        refuse_same(office.connection, definition, row, new.shape)
    row["deadline"] = row["deadline"] or deadline_of(office, state, day)
    return CheckedRecord(row, new.shape)


def write(office: Office, those: Sequence[CheckedRecord], *, demo: bool = False) -> list[int]:
    """Write records with their first steps, all or none; answers their numbers in their order.

    Raises
    ------
    Problem
        422 ``number_taken`` for a number that a record beyond the scope has; of several records
        the first one with a number is named.
    """
    rows = [row for row, _ in those]
    _give_numbers(office, rows)
    first = next((row["number"] for row in rows if row["number"] is not None), None)
    with _numbers_of_others(first), office.connection.begin_nested():
        numbers = records.insert_records(office.connection, office.account, those, demo=demo)
    names = ("state", "deadline", "note")
    written = [
        (number, {"on_day": row["since"], **{name: row[name] for name in names}})
        for number, row in zip(numbers, rows, strict=True)
    ]
    steps.add_steps(office.connection, office.account, written)
    return numbers


def _give_numbers(office: Office, rows: Sequence[dict[str, Any]]) -> None:
    """A number for each record without one, where the register numbers its records.

    Numbers that rows of a file name are left to them, whichever row comes first.
    """
    prefix = office.register.definition.numbering
    if prefix is None:
        return
    waiting: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        if row["number"] is None:
            waiting.setdefault(row["county"], []).append(row)
    for county, those in waiting.items():
        free: list[str] = []
        while len(free) < len(those):
            given = records.next_numbers(
                office.connection,
                office.account,
                office.code,
                prefix,
                county,
                len(those) - len(free),
            )
            free += [number for number in given if number not in office.numbered]
        for row, number in zip(those, free, strict=True):
            row["number"] = number


def checked(
    office: Office, new: NewRecord, state: str, held: HeldRecord | None = None
) -> dict[str, Any]:
    """The columns of a record in a state, its place among them.

    ``held`` is the record as it is: codes and units that it names already may have ended.

    Raises
    ------
    Problem
        422 ``missing``, ``unknown_field``, ``unknown_code``, ``not_a_number`` …, ``wrong_shape``,
        ``unknown_unit``, ``unknown_zone``, ``unknown_plan``, ``number_taken``, ``outside_scope``,
        ``no_place``; all faults of values together.
    """
    definition = office.register.definition
    before = {} if held is None else held.values
    values, faults = checked_values(
        definition, new.values.get("field_values") or {}, office.words, before.get("field_values")
    )
    row: dict[str, Any] = {name: new.values.get(name) for name in WRITTEN}
    row["field_values"] = values
    faults += missing_values(definition, values, state)
    faults += far_days(new.values)
    if not (row["name"] or "").strip():
        faults.append(
            ("name", "missing", Message("name 为空，请补上", "name is empty: fill it in"))
        )
    faults += _shape_faults(office, new)
    faults += _named_faults(office, row, before)
    if row["number"]:
        holder = office.holder(row["number"])
        if holder is not None and (held is None or holder != held.id):
            faults.append(_number_taken(row["number"]))
    if faults:
        raise refused(faults)
    place = place_of_record(
        office, new.shape, new.values.get("district"), row["unit"], known=new.place
    )
    county = next(iter(place.counties), None)
    if definition.zoned and new.shape is not None and county is not None:
        day = new.values.get("on_day") or (today() if held is None else held.since)
        spot = new.shape.representative_point()
        zone = zone_around(office.connection, office.account, spot, county, day, row["zone"])
        if zone is None:
            raise refused([("zone", "unknown_zone", no_zone(row["zone"]))])
        row["zone"], county = zone.code, county_of(zone, county)
    return {**row, "county": county, "town": place.town, "village": place.village}


def _named_faults(
    office: Office, row: dict[str, Any], before: Mapping[str, Any]
) -> Iterator[Fault]:
    """What is wrong with the unit, the zone and the plan; the unit is written by its code."""
    if row["unit"]:
        past = () if before.get("unit") is None else (before["unit"],)
        wrong = wrong_unit(office.units, row["unit"], past)
        if wrong is None:
            row["unit"] = office.units[row["unit"]]["code"]
        else:
            yield ("unit", *wrong)
    # The zone of a zoned record is looked for around it.
    zone = None if office.register.definition.zoned else row["zone"]
    if zone and not office.is_there("zone", zone):
        message = Message(f"没有责任区 {zone}", f"there is no zone {zone}")
        yield "zone", "unknown_zone", message
    if row["plan"] and not office.is_there("plan", row["plan"]):
        message = Message(
            f"没有计划 {row['plan'][:40]}，计划见 /api/plans",
            f"there is no plan {row['plan'][:40]}: /api/plans lists them",
        )
        yield "plan", "unknown_plan", message


def _future() -> Fault:
    return "on_day", "in_future", Message("日期在将来，请核对", "the day lies in the future")


def _number_taken(number: str | None) -> Fault:
    message = Message(
        f"编号 {number} 已被另一条记录使用，请换一个",
        f"another record has the number {number}: take another",
    )
    return "number", "number_taken", message


@contextmanager
def _numbers_of_others(number: str | None) -> Iterator[None]:
    """Refuse a number that a record beyond the scope has."""
    try:
        yield
    except IntegrityError as error:
        if "record_number_key" not in str(error.orig):
            raise
        raise refused([_number_taken(number)]) from None


def _shape_faults(office: Office, new: NewRecord) -> list[Fault]:
    wanted = office.register.definition.geometry
    given = new.kind or "none"
    if wanted in ("any", given):
        return []
    if given == "none":
        words = Message(f"此台账的记录须有位置（{wanted}）", f"a record here has a {wanted}")
        return [("geometry", "missing", words)]
    words = Message(
        f"此台账的位置应为 {wanted}，收到的是 {given}", f"a {wanted} is wanted here, not a {given}"
    )
    return [("geometry", "wrong_shape", words)]


@dataclass(frozen=True)
class RecordEdit:
    """One change of one record: by whom, upon which version that they saw."""

    connection: Connection
    account: Account
    register: str
    number: int
    seen: Versions

    def office(self) -> Office:
        """The register of the record."""
        return office(self.connection, self.account, self.register)


def hold(edit: RecordEdit) -> HeldRecord:
    """Lock the record for the change. Raises `Problem` 404, 412 ``stale``."""
    locked = records.lock_record(edit.connection, edit.account, edit.register, edit.number)
    return require_current(locked, edit.seen, RECORD)


def change(edit: RecordEdit, new: NewRecord, *, whole: bool) -> None:
    """Write a record anew; its state changes by steps only.

    With ``whole`` values that are not named are taken away.

    Raises
    ------
    Problem
        404, 412 ``stale``, 409 ``state_by_steps``, and 422 as `checked`.
    """
    register = edit.office()
    overwrite(register, hold(edit), new, whole=whole)


def overwrite(register: Office, held: HeldRecord, new: NewRecord, *, whole: bool) -> None:
    """Write a record that is locked anew, as `change` does.

    Without a shape it keeps the one it has, unless it is written ``whole``.

    Raises
    ------
    Problem
        409 ``state_by_steps``, and 422 as `checked`.
    """
    said = new.values.get("state")
    if said not in (None, held.state):
        address = f"POST /api/registers/{register.code}/{held.id}/steps"
        message = Message(
            f"状态只能按步骤改变：{address}", f"the state changes by steps: {address}"
        )
        errors = [{"field": "properties.state", "code": "state_by_steps", "message": message}]
        raise Problem(409, "state_by_steps", message, errors=errors)
    before = held if not whole else replace(held, values={**held.values, "field_values": {}})
    values = dict(new.values)
    if values.get("number") is None:
        values["number"] = held.values["number"]
    if new.shape is None and not whole and held.shape is not None:
        new = replace(new, kind=kind_of(held.shape), shape=held.shape)
    if new.shape is None and values.get("district") is None:
        values["district"] = held.county
    row = checked(register, replace(new, values=values), held.state, before)
    with _numbers_of_others(row["number"]), register.connection.begin_nested():
        records.change_record(register.connection, register.account, held.id, row, new.shape)


def remove(edit: RecordEdit, reason: str | None) -> None:
    """Delete a record: one's own in its first state, others as inspector or GIS staff with a
    reason.

    Raises
    ------
    Problem
        404, 412, 403 ``not_own_record``, 422 ``reason_missing``.
    """
    register = edit.office()
    held = hold(edit)
    first = held.state == register.register.definition.first
    if not (first and held.created_by == edit.account.id):
        if not any(edit.account.holds(role) for role in ("inspector", "gis")):
            message = Message(
                "只能删除自己登记、尚未办理的记录，其他的请检查员删除",
                "only your own record in its first state is yours to delete: ask an inspector",
            )
            raise Problem(403, "not_own_record", message)
        if reason is None:
            message = Message("删除须说明原因：?reason=", "say why it is deleted: ?reason=")
            errors = [{"field": "reason", "in": "query", "message": message}]
            raise Problem(422, "reason_missing", message, errors=errors)
    records.delete_record(edit.connection, edit.account, held.id, reason)
