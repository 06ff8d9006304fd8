"""Reminders of what is due and overdue, by whatever a bureau has: mail, chat, a webhook."""

from collections.abc import Sequence
from datetime import date, timedelta

import apprise
import structlog
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.duties.calendar import Entry, read_calendar
from service.web.timestamps import today

log = structlog.get_logger()

AHEAD = timedelta(days=7)
BEHIND = timedelta(days=31)
MAX_LINES = 50


def reminder(entries: Sequence[Entry], day: date) -> str | None:
    """The words of a reminder in both languages; None when nothing is open."""
    waiting = [entry for entry in entries if entry.open]
    if not waiting:
        return None
    lines = []
    for entry in waiting[:MAX_LINES]:
        late = "逾期 overdue" if entry.day < day else "应于 due"
        names = f"：{'、'.join(entry.subjects)}" if entry.subjects else ""
        lines.append(f"{late} {entry.day} {entry.label_zh} {entry.open}/{entry.due}{names}")
    if len(waiting) > MAX_LINES:
        lines.append(f"另有 {len(waiting) - MAX_LINES} 项，见日历 and more: see the calendar")
    return "\n".join(lines)


def remind(connection: Connection, account: Account, urls: Sequence[str]) -> tuple[int, bool]:
    """Send what was due in the last month or is in the next week, and is not done.

    Parameters
    ----------
    urls
        Addresses in apprise's form: ``mailto://…``, ``wecombot://…``, ``json://host/path``.

    Returns
    -------
    entries, sent
        How many entries are open, and whether every address took them; nothing is sent of none.
    """
    day = today()
    entries = read_calendar(connection, account, day - BEHIND, day + AHEAD)
    text = reminder(entries, day)
    if text is None:
        return 0, True
    sender = apprise.Apprise()
    known = [bool(sender.add(url)) for url in urls]
    sent = bool(sender.notify(title="落图：履职提醒 Luotu: duties", body=text)) and all(known)
    if not sent:
        log.warning("reminder_not_sent", addresses=len(urls))
    return sum(1 for entry in entries if entry.open), sent
