"""The civil time in which days are counted: one offset holds in the whole of China (北京时间).

No clock is read here; moments are handed in.
"""

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

__all__ = ["BEIJING", "day_of", "midnight"]

BEIJING: Final = timezone(timedelta(hours=8), "UTC+8")
"""The one legal time of China; the whole product takes it from here."""


def day_of(moment: datetime) -> date:
    """The day in Beijing of a moment; a moment without an offset is Beijing's already.

    >>> from datetime import UTC
    >>> day_of(datetime(2026, 11, 28, 16, 30, tzinfo=UTC)).isoformat()
    '2026-11-29'
    >>> day_of(datetime(2026, 11, 29, 7, 59)).isoformat()
    '2026-11-29'

    At the very end of the calendar the day stays as it is written, for there is none after it:

    >>> day_of(datetime(9999, 12, 31, 23, tzinfo=UTC)).isoformat()
    '9999-12-31'
    """
    try:
        return (moment if moment.tzinfo is None else moment.astimezone(BEIJING)).date()
    except OverflowError:
        return moment.date()


def midnight(day: date) -> datetime:
    """The first moment of a day in Beijing.

    >>> midnight(date(2026, 11, 29)).isoformat()
    '2026-11-29T00:00:00+08:00'
    """
    return datetime.combine(day, time.min, BEIJING)
