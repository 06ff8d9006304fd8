"""Moments that people name: a day, or a time with its offset (RFC 3339)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import InvalidValueError, Message
from gis.tracks import BEIJING, day_of, midnight

__all__ = [
    "BEIJING",
    "clock_at",
    "day_of",
    "end_of",
    "in_words",
    "midnight",
    "now",
    "parse_moment",
    "today",
]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# A plus that was not percent-encoded arrives as a space.
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d:\d\d(\.\d{1,6})?)"
    r"(?P<offset>[Zz]|[+\- ]\d\d:\d\d)",
    re.ASCII,
)


class _Clock:
    """The clock of this process, the machine's unless a moment is given."""

    def __init__(self) -> None:
        self.stands_at: datetime | None = None

    def read(self) -> datetime:
        return self.stands_at or datetime.now(UTC)


_clock = _Clock()


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Stop the clock of this process at a moment, to test the edge of a day."""
    before, _clock.stands_at = _clock.stands_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _clock.stands_at = before


def now() -> datetime:
    """The moment, in UTC: the only clock that days and "in the future" are judged by."""
    return _clock.read()


def today() -> date:
    """The day in Beijing; the database's ``CURRENT_DATE`` is never asked.

    >>> with clock_at(datetime(2026, 11, 28, 16, 30, tzinfo=UTC)):
    ...     today().isoformat()
    '2026-11-29'
    """
    return day_of(now())


def end_of(day: date) -> datetime:
    """The last instant of any day that a calendar has, Beijing time.

    >>> end_of(date(1, 1, 1)).isoformat()
    '0001-01-01T15:59:59.999999+00:00'
    """
    return datetime.combine(day, time.max, BEIJING).astimezone(UTC)


def in_words(moment: datetime) -> str:
    """A moment as maps tell it, by the clock of those who read them.

    >>> in_words(datetime(2026, 11, 22, 17, 19, tzinfo=UTC))
    '2026-11-23 01:19 北京时间 UTC+8'
    """
    return in_both_languages(moment)[0]


def in_both_languages(moment: datetime) -> tuple[str, str]:
    """A moment as Chinese and as English readers are told it, by Beijing's clock in both.

    >>> in_both_languages(datetime(2026, 11, 22, 17, 19, tzinfo=UTC))[1]
    '2026-11-23 01:19 Beijing time (UTC+8)'
    """
    local = f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return f"{local} 北京时间 UTC+8", f"{local} Beijing time (UTC+8)"


def parse_moment(text: str) -> datetime:
    """The moment that a text names; of a day its last instant, Beijing time.

    Raises
    ------
    InvalidValueError
        It is neither a day nor a time with an offset, or no such day or time exists.

    >>> parse_moment("2026-05-01T08:00:00+08:00").isoformat()
    '2026-05-01T00:00:00+00:00'
    >>> parse_moment("2026-05-01").isoformat()
    '2026-05-01T15:59:59.999999+00:00'
    """
    day, moment = _DAY.fullmatch(text), _TIME.fullmatch(text)
    if not day and not moment:
        raise InvalidValueError(
            Message(
                "应为 YYYY-MM-DD 或 YYYY-MM-DDThh:mm:ss+08:00",
                "neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ss+08:00",
            )
        )
    try:
        if moment is None:
            named = end_of(date.fromisoformat(text))
        else:
            offset = moment["offset"].replace(" ", "+").upper()
            named = datetime.fromisoformat(f"{moment['day']}T{moment['time']}{offset}")
    except ValueError as error:
        raise InvalidValueError(Message("没有这一天或这一时刻", str(error))) from None
    if not FIRST_YEAR <= named.year <= LAST_YEAR:
        raise InvalidValueError(
            Message(
                f"须在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间",
                f"not within {FIRST_YEAR} to {LAST_YEAR}",
            )
        )
    return named.astimezone(UTC)
