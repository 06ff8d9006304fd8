"""The calendar: what falls due on which day, as rows, as ICS and as a workbook."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from data.writing.xlsx import as_xlsx
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.duties.db.done import due_days
from service.duties.duties import DutyQuestion, read_duties
from service.plans.db.plans import PlanFilter, list_plans
from service.registers.db.registers import list_registers
from service.web.language import localised
from service.web.periods import Period
from service.web.timestamps import in_words, now, today

MAX_DAYS = 400
NAMED = 20
HEADS = {
    "day": "日期 day",
    "what": "类别 what",
    "code": "代码 code",
    "label": "事项 label",
    "due": "应办 due",
    "open": "未办 open",
    "subjects": "单位 subjects",
    "recipient": "报送对象 recipient",
    "source": "依据 source",
}


@dataclass(frozen=True)
class Entry:
    """What falls due on a day by one rule, register or plan."""

    day: date
    what: str
    code: str
    label_zh: str
    label_en: str
    due: int
    open: int
    """How many of those are not done yet."""
    subjects: list[str]
    """Names of the first twenty who have not done it."""
    recipient: str | None
    source: str

    def row(self) -> dict[str, Any]:
        """The entry by the names of the interface."""
        return asdict(self)


def read_calendar(connection: Connection, account: Account, first: date, last: date) -> list[Entry]:
    """What falls due from one day to another, both included, in the order of days.

    Raises
    ------
    Problem
        422 ``too_many_rows``.
    """
    day = today()
    period = Period("", first, last + timedelta(days=1))
    entries: dict[tuple[date, str, str], Entry] = {}
    for duty in read_duties(connection, account, DutyQuestion(period, day)):
        for requirement in duty.requirements:
            on_day = requirement.end - timedelta(days=1)
            key = (on_day, duty.what, duty.rule)
            entry = entries.get(key) or Entry(
                on_day,
                duty.what,
                duty.rule,
                duty.label_zh,
                duty.label_en,
                0,
                0,
                [],
                duty.recipient,
                duty.source,
            )
            # One requirement that ended is open as long as the duty as a whole is overdue.
            is_open = duty.state == "overdue" if requirement.end <= day else duty.state != "met"
            names = [*entry.subjects, duty.name] if is_open else entry.subjects
            entries[key] = Entry(
                on_day,
                duty.what,
                duty.rule,
                duty.label_zh,
                duty.label_en,
                entry.due + 1,
                entry.open + is_open,
                names[:NAMED],
                duty.recipient,
                duty.source,
            )
    registers = {register.code: register.definition for register in list_registers(connection)}
    plans = {
        plan["code"]: plan for plan in list_plans(connection, account, PlanFilter(), limit=None)
    }
    for due in due_days(connection, account, first, last):
        if due.what == "record":
            labels = registers[due.code].label_zh, registers[due.code].label_en
        elif due.what == "target":
            label = plans[due.code]["label"] if due.code in plans else due.code
            labels = f"任务到期：{label}", f"targets due: {label}"
        else:
            labels = "问题整改期限", "deadlines of findings"
        entries[(due.on_day, due.what, due.code)] = Entry(
            due.on_day, due.what, due.code, *labels, due.count, due.count, [], None, ""
        )
    return [entries[key] for key in sorted(entries)]


def _label(entry: Entry) -> str:
    return localised(Message(entry.label_zh, entry.label_en))


def as_ics(entries: Sequence[Entry]) -> bytes:
    """Entries as a calendar of whole days (RFC 5545)."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - few ask for it, and it takes a while

    calendar = Calendar()
    calendar.add("prodid", "-//Luotu//duties//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "落图")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.day}-{entry.what}-{entry.code}@luotu")
        event.add("dtstamp", now())
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", f"{_label(entry)} {entry.due - entry.open}/{entry.due}")
        lines = [", ".join(entry.subjects), entry.recipient or "", entry.source]
        event.add("description", "\n".join(line for line in lines if line))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def as_workbook(entries: Sequence[Entry]) -> bytes:
    """Entries as an Excel workbook."""
    rows = [
        {
            **{name: entry.row()[name] for name in HEADS if name not in ("label", "subjects")},
            "label": _label(entry),
            "subjects": "、".join(entry.subjects),
        }
        for entry in entries
    ]
    nothing = "这段时间没有到期事项 nothing falls due in these days"
    return as_xlsx("日历", HEADS, rows, [f"截至 as of {in_words(now())}"], nothing=nothing)
