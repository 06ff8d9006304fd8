"""Records of zoned registers: of the day on which they happened, and each stored once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from gis.shapes import Shape
from service.errors import Problem
from service.plots.db.ground_lock import lock_ground
from service.registers.db.records import same_record
from service.registers.definition import Definition
from service.registers.values import day_of_moment


def with_day(definition: Definition, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of a record; its first step is of the day on which it happened, if that is
    known and no other day is named.
    """
    said = (values.get("field_values") or {}).get(definition.moment)
    if values.get("on_day") is not None or said is None:
        return values
    try:
        return {**values, "on_day": day_of_moment(said)}
    except ValueError:  # told with the other faults of values
        return values


def refuse_same(
    connection: Connection, definition: Definition, row: Mapping[str, Any], shape: Shape | None
) -> None:
    """Refuse what says the same of one place and day as another record.

    Raises
    ------
    Problem
        409 ``same_record``.
    GroundBusy
        Somebody else is writing down a record there.
    """
    if shape is None:
        return
    # Of two that are sent at one moment the second waits here and finds the first.
    lock_ground(connection, [shape], "findings")
    codes = [field.name for field in definition.fields if field.type == "code"]
    same = same_record(connection, row, shape, codes, definition.moment)
    if same is not None:
        message = Message(
            f"同一责任区、同一位置、同一天已有内容相同的记录 {same}，未重复登记；"
            "若确是另一处，请在备注中写明",
            f"record {same} says the same of this place and day, nothing more was stored: if it "
            "is another one, say so in its note",
        )
        raise Problem(409, "same_record", message)
