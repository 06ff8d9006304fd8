"""The values of a record: each of the type of its field, complete for its state."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from data.cell_values import BadValueError, written_float
from data.days import day
from data.years import FIRST_YEAR, LAST_YEAR, far_day
from gis.messages import InvalidValueError, Message
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.registers.definition import Definition, FieldDefinition
from service.web.periods import EARLIEST
from service.web.text_types import refuse_unstorable
from service.web.timestamps import BEIJING, day_of, now

CLOCKS_DIFFER: Final = timedelta(minutes=10)
_LENGTH: Final = {"text": 200, "long": 5_000}
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_YES: Final = {"true": True, "是": True, "1": True, "false": False, "否": False, "0": False}

Fault = tuple[str, str, Message]
"""Field, code and words."""
Words = Mapping[str, Mapping[str, tuple[str, bool]]]
"""By list: code and whether it is retired, by each of its words in lower case."""


def list_words(connection: Connection, definition: Definition) -> Words:
    """The words of the code lists that a register uses; no code is deleted meanwhile."""
    lists = {field.list for field in definition.fields if field.list is not None}
    hold_codes(connection, *lists)
    return {
        name: {
            word.casefold(): (row["code"], row["retired"])
            for row in codes(connection, name)
            for word in (row["label_en"], row["label_zh"], row["code"])
        }
        for name in lists
    }


def checked_values(
    definition: Definition,
    given: Mapping[str, Any],
    words: Words,
    before: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], list[Fault]]:
    """Values as they are stored, and what is wrong with them; None takes a value away.

    ``before`` are the values until now: a retired code may stay.

    >>> states = [{"code": "a", "label_zh": "甲", "done": True}]
    >>> fields = [{"name": "stems", "type": "integer", "min": 0, "label_zh": "株数"}]
    >>> definition = Definition(label_zh="例", states=states, fields=fields)
    >>> checked_values(definition, {"stems": "12"}, {})
    ({'stems': 12}, [])
    >>> [fault[:2] for fault in checked_values(definition, {"stems": -1, "x": 1}, {})[1]]
    [('values.stems', 'out_of_range'), ('values.x', 'unknown_field')]
    """
    fields = {field.name: field for field in definition.fields}
    values: dict[str, Any] = dict(before or {})
    faults: list[Fault] = []
    for name, value in given.items():
        field = fields.get(name)
        if field is None:
            known = "、".join(fields) or "无"
            message = Message(
                f"此台账没有字段 {name[:40]}，可用字段：{known}",
                f"the register has no field {name[:40]}: it has {', '.join(fields) or 'none'}",
            )
            faults.append((f"values.{name[:40]}", "unknown_field", message))
            continue
        if value is None or (isinstance(value, str) and not value.strip()):
            values.pop(name, None)
            continue
        try:
            values[name] = _value(field, value, words, (before or {}).get(name))
        except _WrongError as wrong:
            faults.append((f"values.{name}", wrong.code, wrong.message))
    return values, faults


def missing_values(definition: Definition, values: Mapping[str, Any], state: str) -> list[Fault]:
    """Fields that a record must have in a state and has not."""
    label = definition.state[state].label_zh
    return [
        (
            f"values.{field.name}",
            "missing",
            Message(
                f"“{label}”须填写{field.label_zh}（{field.name}）",
                f"{field.name} ({field.label_en or field.label_zh}) must be there in the state "
                f"{state}",
            ),
        )
        for field in definition.needed_in(state)
        if field.name not in values
    ]


class _WrongError(Exception):
    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def _value(field: FieldDefinition, value: Any, words: Words, before: Any) -> Any:
    label = field.label_zh
    match field.type:
        case "text" | "long":
            return _text(field, value)
        case "integer" | "number":
            return _number(field, value)
        case "boolean":
            known = value if isinstance(value, bool) else _YES.get(str(value).strip().casefold())
            if known is None:
                raise _WrongError(
                    "not_a_boolean",
                    Message(f"{label}应为 true 或 false", f"{field.name} is true or false"),
                )
            return known
        case "date" | "month" | "moment":
            return _time(field, value)
        case "code":
            return _code(field, value, words, before)


def _time(field: FieldDefinition, value: Any) -> str:
    match field.type:
        case "moment":
            return _moment(field, value)
        case "month":
            return _month(field, value)
    return _day(field, value).isoformat()


def _moment(field: FieldDefinition, value: Any) -> str:
    """A time at which something happened, as the clock of Beijing shows it."""
    label = field.label_zh
    try:
        moment = _at(value)
    except ValueError:
        message = Message(
            f"{label}应为时间，如 2026-07-06T08:00:00+08:00",
            f"{field.name} is a time, as 2026-07-06T08:00:00+08:00",
        )
        raise _WrongError("not_a_moment", message) from None
    if moment < EARLIEST:
        message = Message(
            f"{label}早于 {EARLIEST.year} 年，请核对",
            f"{field.name} lies before {EARLIEST.year}: check it",
        )
        raise _WrongError("too_early", message)
    if moment > now() + CLOCKS_DIFFER:
        message = Message(f"{label}在将来，请核对", f"{field.name} lies in the future: check it")
        raise _WrongError("in_future", message)
    return stored_moment(moment)


def _at(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else moment


def day_of_moment(value: Any) -> date:
    """The day in Beijing of a moment as it was written. Raises ValueError.

    >>> day_of_moment("2026-07-05T17:30:00Z").isoformat()
    '2026-07-06'
    """
    moment = _at(value)
    if moment < EARLIEST:
        raise ValueError(value)
    return day_of(moment)


def stored_moment(moment: datetime) -> str:
    """A moment among the values of a record.

    >>> from datetime import UTC
    >>> stored_moment(datetime(2026, 7, 6, tzinfo=UTC))
    '2026-07-06T08:00:00+08:00'
    """
    return moment.astimezone(BEIJING).isoformat()


def _day(field: FieldDefinition, value: Any) -> date:
    try:
        found = day(value)
    except BadValueError as error:
        raise _WrongError(
            error.code,
            Message(f"{field.label_zh}：{error.message.zh}", f"{field.name}: {error.message.en}"),
        ) from None
    if not _is_near(found.year):
        raise _WrongError("out_of_range", far_day(field.label_zh, field.name, found))
    return found


def _month(field: FieldDefinition, value: Any) -> str:
    if _MONTH.fullmatch(str(value)) and _is_near(int(str(value)[:4])):
        return str(value)
    try:
        return f"{_day(field, value):%Y-%m}"
    except _WrongError:
        words = Message(
            f"{field.label_zh}应为月份，如 2026-05", f"{field.name} is a month, as 2026-05"
        )
        raise _WrongError("not_a_month", words) from None


def far_days(values: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the day and the deadline of a record or step, when they are given."""
    labels = {"on_day": "办理日期", "deadline": "期限"}
    return [
        (name, "out_of_range", far_day(label, name, values[name]))
        for name, label in labels.items()
        if values.get(name) is not None and not _is_near(values[name].year)
    ]


def _is_near(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _text(field: FieldDefinition, value: Any) -> str:
    if isinstance(value, list | dict | bool):
        message = Message(f"{field.label_zh}应为文字", f"{field.name} is a text")
        raise _WrongError("not_a_text", message)
    try:
        text = refuse_unstorable(str(value).strip())
    except InvalidValueError as error:
        raise _WrongError("not_storable", error.message) from None
    if len(text) > _LENGTH[field.type]:
        message = Message(
            f"{field.label_zh}有 {len(text)} 个字，上限 {_LENGTH[field.type]}",
            f"{field.name} has {len(text)} letters, {_LENGTH[field.type]} are allowed",
        )
        raise _WrongError("too_long", message)
    return text


def _number(field: FieldDefinition, value: Any) -> int | float:
    number: float | int | None = None
    if not isinstance(value, bool):
        try:
            number = _written(field, str(value))
        except ValueError:
            whole = isinstance(value, float) and value.is_integer()
            number = int(value) if whole else None
    if number is None or not math.isfinite(number) or abs(number) > 1e15:
        raise _WrongError(
            "not_a_number",
            Message(
                f"{field.label_zh}应为{'整数' if field.type == 'integer' else '数字'}，"
                f"写的是 {str(value)[:20]!r}",
                f"{field.name} is {'a whole number' if field.type == 'integer' else 'a number'}, "
                f"not {str(value)[:20]!r}",
            ),
        )
    if (field.min is not None and number < field.min) or (
        field.max is not None and number > field.max
    ):
        least, most = field.min, field.max
        raise _WrongError(
            "out_of_range",
            Message(
                f"{field.label_zh} {number} 超出范围（{'' if least is None else f'{least:g}'}–"
                f"{'' if most is None else f'{most:g}'}）",
                f"{field.name} {number} is out of range "
                f"({'' if least is None else f'{least:g}'}–{'' if most is None else f'{most:g}'})",
            ),
        )
    return number


def _written(field: FieldDefinition, text: str) -> int | float:
    amount = written_float(text)
    return int(text) if field.type == "integer" else amount


def _code(field: FieldDefinition, value: Any, words: Words, before: Any) -> str:
    assert field.list is not None
    code, retired = words.get(field.list, {}).get(str(value).strip().casefold(), (None, False))
    if code is None:
        raise _WrongError(
            "unknown_code",
            Message(
                f"{field.label_zh} {str(value)[:40]!r} 不在代码表 /api/codes/{field.list} 中",
                f"{field.name} {str(value)[:40]!r} is not in its list: /api/codes/{field.list}",
            ),
        )
    if retired and code != before:
        raise _WrongError(
            "retired_code",
            Message(
                f"{field.label_zh}“{value}”已停用，请选别的", f"{value!r} is retired: take another"
            ),
        )
    return code
