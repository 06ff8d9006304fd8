"""Days as people write them. A month is no day, and no day is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from data.cell_values import BadValueError, refuse_unreadable
from data.text_cleaning import row_list
from data.timestamps import BEIJING, compact_moment
from gis.messages import Message
from gis.tracks.civil_time import day_of

__all__ = ["day", "moved_days", "written_moment"]

_DAY: Final = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})"
)
_MONTH: Final = re.compile(
    r"\d{4}[-/.年](0?[1-9]|1[0-2])(月[份初中底末]?|月?[上中下]旬)?|\d{4}(0[1-9]|1[0-2])(00)?"
)
_NUMERALS: Final = re.compile("([〇零○一二三四五六七八九十]{1,4})([年月日号])")
_FLOAT_DAY: Final = re.compile(r"[0-9]{8}\.0{1,20}")
"""A day in digits that a table made a number of."""
_DIGITS: Final = {
    letter: str(n) for n, letter in enumerate("零一二三四五六七八九")
} | dict.fromkeys("〇○", "0")
_YEAR: Final = re.compile(r"\d{4}年?度?")
_ZONE_WORDS: Final = re.compile(r"\s*(?:UTC|GMT)$", re.IGNORECASE)
_EPOCH_MS: Final = re.compile(r"\d{13}")
_SERIAL: Final = re.compile(r"[1-9]\d{4}")
_SERIALS: Final = (18_264, 73_050)  # of 1950 to 2099
_TIME_OF_DAY: Final = re.compile(r"[\d:.时分秒 ]+(?:[AP]M)?|[上下]午[\d:.时分秒 ]*", re.IGNORECASE)
_SHOWN_LETTERS: Final = 30
_TAIL_LETTERS: Final = 40


def day(value: object) -> date:
    """A date; of a moment that names its zone, the day in Beijing.

    Parameters
    ----------
    value
        A date, a datetime, or a text or number that writes one: ``2026-04-05``, ``2026/4/5``,
        ``2026.4.5``, ``2026年4月5日``, ``20260405``, each with or without a time of day.

    Raises
    ------
    BadValueError
        ``month_only`` (2024-11, 202411, 2024: no day is named), ``not_a_date``,
        ``unreadable_value``.

    Examples
    --------
    >>> from datetime import UTC
    >>> day(datetime(2026, 4, 4, 16, tzinfo=UTC)), day("2026-04-04T16:00:00Z")
    (datetime.date(2026, 4, 5), datetime.date(2026, 4, 5))
    >>> day("二〇二六年四月二十五日"), day("2026年四月5号")
    (datetime.date(2026, 4, 25), datetime.date(2026, 4, 5))
    >>> day("2026年4月5日"), day("20260405"), day("2026/4/5")
    (datetime.date(2026, 4, 5), datetime.date(2026, 4, 5), datetime.date(2026, 4, 5))
    >>> day("202411")
    Traceback (most recent call last):
    data.cell_values.BadValueError: “202411”只到年或月，没有日，请补上日，例如 2026-04-05。 ...
    """
    refuse_unreadable(value)
    moment = written_moment(value)
    if moment is not None:
        return day_of(moment)
    if isinstance(value, date):
        return value
    written = _plain(value)
    head, tail = _apart(written)
    match = _DAY.fullmatch(head if not tail or _TIME_OF_DAY.fullmatch(tail) else written)
    try:
        if match:
            year, month, number = (int(part) for part in match.groups() if _is_number(part))
            return date(year, month, number)
    except ValueError:
        pass
    raise _refused(value, written)


def _apart(written: str) -> tuple[str, str]:
    """What stands before the first T or blank, and what after it."""
    parts = re.split("[T ]", written, maxsplit=1)
    return parts[0], parts[1].strip() if parts[1:] else ""


def _is_number(part: str | None) -> bool:
    return part is not None and part.isdigit()


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and _FLOAT_DAY.fullmatch(value.strip()):
        value = value.strip()[:8]
    return _NUMERALS.sub(_in_digits, unicodedata.normalize("NFKC", str(value)).strip())


def _in_digits(match: re.Match[str]) -> str:
    """A number in Chinese numerals with the letter behind it: 二〇二六年, 四月, 二十五日."""
    numerals, letter = match[1], match[2]
    if "十" not in numerals:
        return "".join(_DIGITS[one] for one in numerals) + letter
    tens, _, ones = numerals.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return match[0]
    return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}{letter}"


def _refused(value: object, written: str) -> BadValueError:
    said = str(value)
    shown = f"“{said[:_SHOWN_LETTERS]}{'…' if len(said) > _SHOWN_LETTERS else ''}”"
    if _MONTH.fullmatch(written) or _YEAR.fullmatch(written):
        return BadValueError(
            "month_only",
            Message(
                f"{shown}只到年或月，没有日，请补上日，例如 2026-04-05。",
                f"{shown} names a month or a year and no day; add the day, as in 2026-04-05.",
            ),
        )
    hint = Message("", "")
    if _EPOCH_MS.fullmatch(written):
        since = datetime.fromtimestamp(int(written) / 1000, BEIJING).date()
        hint = Message(
            f"（若是 1970 年起的毫秒数，则为北京时间 {since}）",
            f" (as milliseconds since 1970 it would be {since} in Beijing)",
        )
    if _SERIAL.fullmatch(written) and _SERIALS[0] <= int(written) <= _SERIALS[1]:
        since = date(1899, 12, 30) + timedelta(days=int(written))
        hint = Message(
            f"（若是 Excel 的日期序号，则为 {since}，请把该列设为日期格式）",
            f" (as a serial number of Excel it would be {since}: give the column a date format)",
        )
    return BadValueError(
        "not_a_date",
        Message(
            f"{shown} 不是日期{hint.zh}，请写成 2026-04-05。",
            f"{shown} is no date{hint.en}; write it as 2026-04-05.",
        ),
    )


def written_moment(value: object) -> datetime | None:
    """The moment that a value writes with its time of day; None for a day or anything else.

    Examples
    --------
    >>> written_moment("2024-03-11T16:00:00.000Z").isoformat(), written_moment("2024-03-11")
    ('2024-03-11T16:00:00+00:00', None)
    >>> written_moment(202607300800).isoformat()
    '2026-07-30T08:00:00'
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return None
    written = _plain(value)
    if (compact := compact_moment(written)) is not None:
        return compact
    head, tail = _apart(written)
    match = _DAY.fullmatch(head)
    if match is None or ":" not in tail or len(tail) > _TAIL_LETTERS:
        return None
    year, month, number = (int(part) for part in match.groups() if _is_number(part))
    time = _ZONE_WORDS.sub("+00:00", tail)
    time = f"0{time}" if time[1] == ":" else time
    try:
        return datetime.fromisoformat(f"{year}-{month:02}-{number:02}T{time}")
    except ValueError:
        return None


def moved_days(column: str, values: Iterable[object]) -> list[Message]:
    """The note on moments of a column whose day in Beijing is not the day that they write.

    Clauses without a full stop, one at the most.

    Examples
    --------
    >>> moved_days("planted_on", ["2024-03-11T16:00:00Z", "2024-03-11"])[0].zh[-36:]
    '例如 2024-03-11T16:00:00Z 为 2024-03-12'
    """
    moved = []
    sample = ""
    for row, value in enumerate(values, 1):
        moment = None if value is None else written_moment(value)
        if moment is None or moment.tzinfo is None:
            continue
        there = day_of(moment)
        if there != moment.date():
            moved.append(row)
            shown = value.isoformat() if isinstance(value, datetime) else str(value)
            sample = sample or f"{shown[:_SHOWN_LETTERS]} → {there}"
    if not moved:
        return []
    where = row_list(moved)
    before, _, after = sample.partition(" → ")
    return [
        Message(
            f"列 {column} {where.zh}写的是带时区的时刻，按北京时间取日期，例如 {before} 为 {after}",
            f"column {column}, {where.en}: moments with a zone were taken as days in Beijing, as "
            f"{before} is {after}",
        )
    ]
