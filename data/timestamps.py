"""Times as loggers write them."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pandas as pd

from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import InvalidValueError, Message
from gis.tracks import BEIJING

__all__ = ["BEIJING", "compact_moment", "moment"]

_MILLISECONDS_FROM: Final = 1e11  # as seconds that is the year 5138
_MIN_EPOCH_S: Final = 1e8  # 1973: smaller numbers have another epoch
_NUMBER: Final = re.compile(r"^\d{9,13}(\.\d+)?$")
_COMPACT: Final = re.compile(r"\d{10}(\d\d(\d\d(\d{3})?)?)?")
_HOURS_FROM: Final = 2000
"""As seconds since 1970 ten digits that begin with this year lie in 2033."""
_LONGEST: Final = 60
_FORM: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(上午|下午)?\s*"
    r"(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})(?:\.(\d{1,6})\d*)?秒?)?"
)
_HALF_DAY_H: Final = 12


def moment(value: object) -> datetime | None:
    """A time; None for what is absent.

    Parameters
    ----------
    value
        ISO 8601 text, a datetime, seconds (or milliseconds) since 1970 in UTC, or what
        `compact_moment` reads.

    Returns
    -------
    datetime or None
        Without a zone where the text names none.

    Raises
    ------
    ValueError
        It is no time.

    Examples
    --------
    >>> moment("2026-07-01T08:00:00Z").isoformat(), moment("2026/7/1 8:00").isoformat()
    ('2026-07-01T08:00:00+00:00', '2026-07-01T08:00:00')
    >>> moment(1782864000000) == moment("1782864000")
    True
    >>> moment(202607300800).isoformat(), moment(2026073008).isoformat()
    ('2026-07-30T08:00:00', '2026-07-30T08:00:00')
    >>> moment("2026年7月30日8时5分10秒").isoformat(), moment("2026.7.30 下午2:05").isoformat()
    ('2026-07-30T08:05:10', '2026-07-30T14:05:00')
    """
    if value is None or value is pd.NaT or value is pd.NA or value == "":
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        if math.isnan(value):
            return None
        whole = float(value).is_integer()
        compact = compact_moment(str(int(value))) if whole else None
        return compact or _since_1970(float(value))
    return _written(str(value).strip())


def _since_1970(number: float) -> datetime:
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    if seconds >= _MIN_EPOCH_S:
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, OSError, ValueError):
            pass
    raise InvalidValueError(
        Message(
            f"{number:g} 不是 1970 年起的秒数",
            f"{number:g} is no count of seconds since 1970",
        )
    )


def compact_moment(text: str) -> datetime | None:
    """A moment of 10, 12, 14 or 17 digits, ``2026073008`` to ``20260730080000``; None for others.

    As milliseconds since 1970 numbers of 12 digits would lie before September 2001, and as seconds
    those of 10 digits that begin with 20 from 2033 on.

    Examples
    --------
    >>> compact_moment("20260730080000").isoformat(), compact_moment("202613300800")
    ('2026-07-30T08:00:00', None)
    """
    if not _COMPACT.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return None
    if len(text) == 10 and int(text[:4]) < _HOURS_FROM:
        return None
    try:
        moment = datetime.strptime(text[:14].ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - it names no zone
    except ValueError:
        return None
    return moment.replace(microsecond=1000 * int(text[14:] or 0))


def _written(text: str) -> datetime:
    if (compact := compact_moment(text)) is not None:
        return compact
    if _NUMBER.match(text):
        return _since_1970(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    match = _FORM.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST]))
    if match is None:
        raise ValueError(f"{text[:40]!r}")
    year, month, day, half, hour, minute, second, fraction = match.groups()
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= _HALF_DAY_H:
            raise ValueError(f"{text[:40]!r}")
        hours = hours % _HALF_DAY_H + (_HALF_DAY_H if half == "下午" else 0)
    clock = (hours, int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    try:
        return datetime(int(year), int(month), int(day), *clock)  # noqa: DTZ001 - it names no zone
    except ValueError:
        raise ValueError(f"{text[:40]!r}") from None
