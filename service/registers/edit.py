"""Changes of records: written, taken from state to state, linked, deleted."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import shapely
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from gis.measure import area_m2
from gis.messages import Message
from gis.shapes import Shape, ShapeKind, kind_of
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree
from service.errors import Problem, not_found
from service.patrol.zones.around import county_of, no_zone, zone_around
from service.registers.db import records, registers, steps
from service.registers.db.places import Placement, placement
from service.registers.db.records import WRITTEN, HeldRecord
from service.registers.db.registers import Register
from service.registers.values import Fault, Words, checked_values, list_words, missing_values
from service.registers.zoned import refuse_same, with_day
from service.units.naming import unit_words, wrong_unit
from service.web.etags import Versions
from service.web.optimistic_lock import Thing, require_current
from service.web.timestamps import day_of, today

RECORD = Thing("记录", "record")
# As for plots: a write is refused when more lies outside the writer's scope.
OUTSIDE_SHARE = 0.01
OUTSIDE_M2 = 100.0
OUTSIDE_M = 10.0


@dataclass(frozen=True)
class NewRecord:
    """A record to be written: what `WRITTEN` names, with ``state``, ``on_day`` and ``district``."""

    values: Mapping[str, Any]
    kind: ShapeKind | None = None
    shape: Shape | None = None


@dataclass(frozen=True)
class Office:
    """What the checks of records read once, however many records there are."""

    connection: Connection
    account: Account
    register: Register
    words: Words
    units: Mapping[str, Mapping[str, Any]]

    @property
    def code(self) -> str:
        """Code of the register."""
        return self.register.code


def office(connection: Connection, account: Account, code: str) -> Office:
    """A register for writers of records: its definition stays until they are done.

    Raises
    ------
    Problem
        404.
    """
    register = registers.share_register(connection, code)
    if register is None:
        raise not_found("此台账")
    words = list_words(connection, register.definition)
    return Office(connection, account, register, words, unit_words(connection))


def create(office: Office, new: NewRecord, *, demo: bool = False) -> int:
    """Write a record with its first step; answers its number.

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
        raise refused([_unknown_state(office, state)])
    if state != definition.first:
        _refuse_role(office, state, ("inspector", "gis"))
    row = checked(office, new, state)
    day = new.values.get("on_day") or today()
    if day > today():
        raise refused([_future()])
    row |= {"register": office.code, "state": state, "since": day}
    if definition.zoned:
        refuse_same(office.connection, definition, row, new.shape)
    row["deadline"] = row["deadline"] or _deadline(office, state, day)
    if row["number"] is None and definition.numbering is not None:
        row["number"] = records.next_number(
            office.connection, office.account, office.code, definition.numbering, row["county"]
        )
    with _numbers_of_others(row["number"]), office.connection.begin_nested():
        number = records.insert_record(office.connection, office.account, row, new.shape, demo=demo)
    step = {"state": state, "on_day": day, "deadline": row["deadline"], "note": row["note"]}
    steps.add_step(office.connection, office.account, number, step)
    return number


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
    if not (row["name"] or "").strip():
        faults.append(
            ("name", "missing", Message("name 为空，请补上", "name is empty: fill it in"))
        )
    faults += _shape_faults(office, new)
    faults += _named_faults(office, row, before)
    if row["number"]:
        holder = records.number_holder(
            office.connection, office.account, office.code, row["number"]
        )
        if holder is not None and (held is None or holder != held.id):
            faults.append(_number_taken(row["number"]))
    if faults:
        raise refused(faults)
    place = _place(office, new, row["unit"])
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
    if zone and not steps.is_there(office.connection, office.account, "zone", zone):
        message = Message(f"没有责任区 {zone}", f"there is no zone {zone}")
        yield "zone", "unknown_zone", message
    if row["plan"] and not steps.is_there(office.connection, office.account, "plan", row["plan"]):
        message = Message(
            f"没有计划 {row['plan'][:40]}，计划见 /api/plans",
            f"there is no plan {row['plan'][:40]}: /api/plans lists them",
        )
        yield "plan", "unknown_plan", message


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


def _place(office: Office, new: NewRecord, unit: str | None) -> Placement:
    """Where a record belongs: by its shape, else by the district that is named."""
    account = office.account
    mine = account.counties is None or (unit is not None and unit in account.units)
    if new.shape is not None:
        place = placement(office.connection, new.shape)
        _refuse_outside(office, new.shape, place, mine=mine)
        return place
    named = new.values.get("district")
    place = Placement({}) if named is None else _named(office, named)
    if named is None and not mine and account.counties and len(account.counties) == 1:
        place = Placement({account.counties[0]: 1.0})
    if not mine and not any(account.covers(county) for county in place.counties):
        code = "no_place" if named is None else "outside_scope"
        message = Message(
            "没有位置的记录须写 district（您管辖的县、乡镇或村）或 unit（您的单位）",
            "a record without a shape names its district (in your scope) or its unit (yours)",
        )
        raise refused([("district", code, message)])
    return place


def _named(office: Office, code: str) -> Placement:
    districts = tree(office.connection)
    chain = []
    at: str | None = code
    while at is not None and at in districts:
        chain.append(districts[at])
        at = districts[at].parent
    levels = {node.level: node.code for node in chain}
    if "county" not in levels:
        message = Message(
            f"没有县级及以下行政区 {code}，可用行政区见 /api/districts",
            f"there is no county, town or village {code}: /api/districts lists them",
        )
        raise refused([("district", "unknown_district", message)])
    return Placement({levels["county"]: 1.0}, levels.get("town"), levels.get("village"))


def _refuse_outside(office: Office, shape: Shape, place: Placement, *, mine: bool) -> None:
    spot = shape.representative_point()
    if not place.counties:
        message = Message(
            "位置不在任何县级行政区内，请核对坐标",
            "the place lies in no county: check its position",
        )
        raise _placed("outside_districts", message, spot)
    if mine:
        return
    inside = sum(share for county, share in place.counties.items() if office.account.covers(county))
    outside = max(0.0, 1 - inside)
    first = office.account.covers(next(iter(place.counties)))
    if isinstance(shape, shapely.MultiPolygon):
        much = outside > OUTSIDE_SHARE and outside * area_m2(shape) > OUTSIDE_M2
    else:
        much = outside > OUTSIDE_SHARE
    if much or not first:
        message = Message(
            f"有 {outside:.0%} 在您的管辖范围之外",
            f"{outside:.0%} of it lies outside your districts",
        )
        raise _placed("outside_scope", message, spot)


def _placed(code: str, message: Message, spot: shapely.Point) -> Problem:
    entry = {"field": "geometry", "code": code, "message": message, "at": [spot.x, spot.y]}
    return Problem(422, code, message, errors=[entry])


def refused(faults: Iterable[Fault], within: str = "properties.") -> Problem:
    """422 with all faults; its words are those of the first, its fields stand in ``within``."""
    listed = list(faults)
    _field, code, message = listed[0]
    return Problem(
        422,
        code,
        message,
        errors=[
            {
                "field": field if field == "geometry" else f"{within}{field}",
                "code": code,
                "message": message,
            }
            for field, code, message in listed
        ],
    )


def _unknown_state(office: Office, state: str) -> Fault:
    known = office.register.definition.state
    message = Message(
        f"没有状态 {state[:40]}，可用：{'、'.join(known)}",
        f"there is no state {state[:40]}: there are {', '.join(known)}",
    )
    return "state", "unknown_state", message


def _future() -> Fault:
    return "on_day", "in_future", Message("日期在将来，请核对", "the day lies in the future")


def _deadline(office: Office, state: str, day: date) -> date | None:
    days = office.register.definition.state[state].days
    return None if days is None else day + timedelta(days=days)


def _refuse_role(office: Office, state: str, default: tuple[str, ...]) -> None:
    who = tuple(office.register.definition.state[state].who) or default
    if not any(office.account.holds(role) for role in who):  # type: ignore[arg-type]
        raise Problem(
            403,
            "role_missing",
            Message(
                f"进入状态 {state} 需要角色 {' / '.join(who)}，您是 {office.account.role}",
                f"to take a record to {state} needs the role {' or '.join(who)}",
            ),
        )


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
    """As `change`, of a record that is locked; without a shape it keeps the one it has, unless it
    is written ``whole``.
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


def step(edit: RecordEdit, taken: Mapping[str, Any]) -> None:
    """Take a record to its next state.

    Raises
    ------
    Problem
        404, 412; 409 ``no_such_step`` with the states that may follow; 403 ``role_missing``; 422
        for a day before the last step or in the future, an early deadline, and values as
        `checked`.
    """
    register = edit.office()
    definition = register.register.definition
    held = hold(edit)
    state = taken["state"]
    if state not in definition.state:
        raise refused([_unknown_state(register, state)], "")
    following = definition.state[held.state].next
    if state not in following:
        raise Problem(
            409,
            "no_such_step",
            Message(
                f"状态 {held.state} 之后不能是 {state}，可为：{'、'.join(following) or '无'}",
                f"{state} does not follow {held.state}: what may follow is "
                f"{', '.join(following) or 'nothing'}",
            ),
            errors=[{"field": "state", "code": "no_such_step"}],
        )
    _refuse_role(register, state, ("inspector",))
    day = taken.get("on_day") or today()
    too_early = day < held.since and not _only_entered(edit.connection, held)
    if too_early or day > today():
        message = Message(
            f"办理日期须在上一步（{held.since}）与今天之间",
            f"on_day lies between the step before ({held.since}) and today",
        )
        raise refused([("on_day", "day_out_of_range", message)], "")
    deadline = taken.get("deadline") or _deadline(register, state, day)
    if deadline is not None and deadline < day:
        message = Message(f"期限早于 {day}，请核对", f"the deadline lies before {day}")
        raise refused([("deadline", "deadline_passed", message)], "")
    given = taken.get("values") or {}
    values, faults = checked_values(definition, given, register.words, held.values["field_values"])
    faults += missing_values(definition, values, state)
    if faults:
        raise refused(faults, "")
    shown = {name: values.get(name) for name in given if name not in definition.personal}
    row = {"state": state, "since": day, "field_values": values}
    # A deadline holds until another is set, or the record is done.
    if deadline is not None:
        row["deadline"] = deadline
    records.change_record(edit.connection, edit.account, held.id, row)
    steps.add_step(
        edit.connection,
        edit.account,
        held.id,
        {
            "state": state,
            "on_day": day,
            "deadline": deadline,
            "letter_no": taken.get("letter_no"),
            "note": taken.get("note"),
            "field_values": shown,
        },
    )


def _only_entered(connection: Connection, held: HeldRecord) -> bool:
    """Whether all that is known of its first day is that the record was entered on it.

    Old papers are entered late: their steps lie before the day of entry, which then binds none.
    """
    first, *later = steps.steps_of(connection, held.id)
    return not later and first["on_day"] == day_of(first["at"])


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


def link(edit: RecordEdit, what: str, key: int | str) -> None:
    """Link a record with a plot, another record, a zone or a patrol that the account sees.

    Raises
    ------
    Problem
        404, 412; 422 ``nothing_to_link``.
    """
    held = hold(edit)
    itself = what == "record" and key == held.id
    if itself or not steps.is_there(edit.connection, edit.account, what, key):
        message = Message(
            f"没有可关联的 {what} {key}，或不在您的管辖范围",
            f"there is no {what} {key} to link, or it is not in your scope",
        )
        errors = [{"field": what, "code": "nothing_to_link", "message": message}]
        raise Problem(422, "nothing_to_link", message, errors=errors)
    steps.add_link(edit.connection, edit.account, held.id, what, key)
    records.change_record(edit.connection, edit.account, held.id, {})


def unlink(edit: RecordEdit, number: int) -> None:
    """Take a link of a record away. Raises `Problem` 404, 412."""
    held = hold(edit)
    if not steps.remove_link(edit.connection, held.id, number):
        raise not_found("此关联")
    records.change_record(edit.connection, edit.account, held.id, {})
