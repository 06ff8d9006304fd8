"""``luotu calendar``: what falls due from day to day, and reminders of it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from data.writing.atomic import in_place
from gis.messages import Message
from service.cli.context import opened
from service.cli.language import described, label, say, shown
from service.duties.calendar import MAX_DAYS, as_ics, as_workbook, read_calendar
from service.duties.reminders import remind
from service.errors import Problem
from service.web.timestamps import today


@described("日历：何日何事到期；--remind 发送提醒。")
def calendar(
    file: Annotated[Path | None, typer.Argument(help=".ics or .xlsx; printed if empty.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day; the first of this month."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; three months later."),
    ] = None,
    remind_: Annotated[
        bool, typer.Option("--remind", help="Send what is open to LUOTU_REMINDER_URLS.")
    ] = False,
) -> None:
    """Duties, deadlines of records and findings, and targets, by day."""
    begin = today().replace(day=1) if first is None else first.date()
    end = begin + timedelta(days=92) if last is None else last.date()
    if not timedelta(0) <= end - begin < timedelta(days=MAX_DAYS):
        raise typer.BadParameter(
            label(
                f"--to 须在 --from 之后 {MAX_DAYS} 天以内", f"at most {MAX_DAYS} days after --from"
            ),
            param_hint="--to",
        )
    if file is not None and file.suffix.lower() not in (".ics", ".xlsx"):
        raise typer.BadParameter(label("后缀应为 .ics 或 .xlsx", "the suffix is .ics or .xlsx"))
    with opened() as db, db.transaction() as (connection, account):
        if remind_:
            urls = db.settings.reminder_addresses()
            if not urls:
                message = Message(
                    "没有提醒地址，请设置 LUOTU_REMINDER_URLS",
                    "no address to remind: set LUOTU_REMINDER_URLS",
                )
                raise Problem(422, "no_reminder_address", message)
            count, sent = remind(connection, account, urls)
            if not sent:
                message = Message(
                    "提醒未能送达，请检查 LUOTU_REMINDER_URLS 中的地址",
                    "the reminder did not arrive: check the addresses in LUOTU_REMINDER_URLS",
                )
                raise Problem(503, "reminder_not_sent", message)
            say(Message(f"已提醒 {count} 项", f"{count} entries were sent"))
            return
        entries = read_calendar(connection, account, begin, end)
    if file is None:
        for entry in entries:
            mark = _mark(entry.day, entry.open)
            words = shown(Message(entry.label_zh, entry.label_en))
            done = f"{entry.due - entry.open}/{entry.due}"
            typer.echo(f"{entry.day}  {done:>9}  {words}  {mark}".rstrip())
        return
    content = as_ics(entries) if file.suffix.lower() == ".ics" else as_workbook(entries)
    with in_place(file) as (_folder, target):
        target.write_bytes(content)
    say(Message(f"{file}：{len(entries)} 项", f"{file}: {len(entries)} entries"))


def _mark(day: date, waiting: int) -> str:
    return label("逾期", "overdue") if waiting and day < today() else ""
