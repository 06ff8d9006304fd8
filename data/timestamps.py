"""Times as loggers write them."""

from __future__ import annotations

import math
import re
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
_COMPACT: Final = re.compile(r"\d{12}(\d\d(\d{3})?)?")
_FORMS: Final = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
)


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
    >>> moment(202607300800).isoformat()
    '2026-07-30T08:00:00'
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
    """A moment of 12, 14 or 17 digits, ``202607300800`` and ``20260730080000``; None for others.

    As milliseconds since 1970 numbers of 12 digits would lie before September 2001.

    Examples
    --------
    >>> compact_moment("20260730080000").isoformat(), compact_moment("202613300800")
    ('2026-07-30T08:00:00', None)
    """
    if not _COMPACT.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
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
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - it names no zone
        except ValueError:
            continue
    raise ValueError(f"{text[:40]!r}")
