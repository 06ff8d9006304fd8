"""Steps of records: from state to state, each with its day and deadline."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.errors import Problem
from service.registers.db import records, steps
from service.registers.db.records import HeldRecord
from service.registers.edit import RecordEdit, hold
from service.registers.office import deadline_of, refuse_role, refused, unknown_state
from service.registers.values import checked_values, far_days, missing_values
from service.web.timestamps import day_of, today


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
        raise refused([unknown_state(register, state)], "")
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
    refuse_role(register, state, ("inspector",))
    day = taken.get("on_day") or today()
    too_early = day < held.since and not _only_entered(edit.connection, held)
    if too_early or day > today():
        message = Message(
            f"办理日期须在上一步（{held.since}）与今天之间",
            f"on_day lies between the step before ({held.since}) and today",
        )
        raise refused([("on_day", "day_out_of_range", message)], "")
    deadline = taken.get("deadline") or deadline_of(register, state, day)
    if deadline is not None and deadline < day:
        message = Message(f"期限早于 {day}，请核对", f"the deadline lies before {day}")
        raise refused([("deadline", "deadline_passed", message)], "")
    given = taken.get("values") or {}
    values, faults = checked_values(definition, given, register.words, held.values["field_values"])
    faults += missing_values(definition, values, state)
    faults += far_days(taken)
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
