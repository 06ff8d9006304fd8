"""Parsers of single values of a plot, from what people write to what is stored."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import pandas as pd

from data.cell_values import (
    BadValueError,
    refuse_lost_digits,
    refuse_unreadable,
    without_thousands,
    written_float,
)
from data.codes import UnknownCodeError, code_list
from data.days import day
from data.no_value import is_no_value
from data.years import FIRST_YEAR, LAST_YEAR
from gis.measure import M2_PER_MU
from gis.messages import Message

Parser: TypeAlias = Callable[[Any], object]

UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "declared_m2": {
        **dict.fromkeys(("亩", "市亩"), M2_PER_MU),
        **dict.fromkeys(("公顷", "ha", "hm2"), 10_000.0),
        **dict.fromkeys(("平方米", "m2"), 1.0),
    },
    "density_per_ha": {
        **dict.fromkeys(("株/亩", "棵/亩"), 15.0),
        **dict.fromkeys(("株/公顷", "棵/公顷", "株/ha", "株/hm2"), 1.0),
    },
}
"""How much of a property's own unit is in one that people write behind a number."""
_AMOUNT: Final = re.compile(r"([\d.,]+)\s*(万)?\s*([^\d\s.,万][^\s]*)?")
_TEN_THOUSAND: Final = 10_000
_OF_A_DATE: Final = re.compile(r"(\d{4})[-/.年](?:0?[1-9]|1[0-2])(?:月?|[-/.月]\d{1,2}日?)")
_LONG: Final = 100
_WORDS: Final = frozenset(["name", "compartment_no", "subcompartment_no", "note", "extra"])
_LISTS: Final = frozenset(
    [
        *("stage", "kind", "category", "programme", "theme", "work_type", "method"),
        *("land_ownership", "tree_ownership", "species"),
    ]
)


def is_missing(value: object) -> bool:
    """Whether a table's cell holds nothing.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), " ", 0, [], "[]")]
    [True, True, True, False, True, True]
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, str):
        return value.strip() in ("", "[]", "{}")  # formats without lists hold them as JSON
    return isinstance(value, list | dict) and not value


def says_none(name: str, value: object) -> bool:
    """Whether the cell of a property says that there is none, as ``/`` does for a day.

    A text may be 无, and so may a word of a code list: it is the code then.

    Examples
    --------
    >>> says_none("planted_on", "/"), says_none("theme", "无"), says_none("note", "无")
    (True, True, False)
    """
    if name in _WORDS or not is_no_value(value):
        return False
    try:
        return name not in _LISTS or code_list(name).find(text(value)) is None
    except UnknownCodeError:
        return True


def text(value: object) -> str:
    """A text; whole numbers lose the ``.0`` that tables give them.

    Raises
    ------
    BadValueError
        ``unreadable_value``; ``digits_lost``: a number so long that its last digits are not those
        that a person wrote, as in ``2.20112E+17``.

    Examples
    --------
    >>> text(12.0), text(" 一号 "), text("2201120010010012345")
    ('12', '一号', '2201120010010012345')
    """
    refuse_unreadable(value)
    refuse_lost_digits(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def code_of(name: str, value: object) -> str:
    """The code that a word of a code list stands for; code or label.

    Raises
    ------
    BadValueError
        ``unknown_code``, or ``retired_code`` for a code that takes no new plots.

    Examples
    --------
    >>> code_of("kind", "人工造林"), code_of("land_ownership", 10.0)
    ('RGZL', '10')
    """
    try:
        code = code_list(name).find(text(value))
    except UnknownCodeError as error:
        raise BadValueError("unknown_code", error.message) from error
    if code.retired:
        raise BadValueError(
            "retired_code", retired_message(name, code.code, Message(code.label_zh, code.label_en))
        )
    return code.code


def retired_message(name: str, code: str, label: Message) -> Message:
    """Why a retired code is refused."""
    return Message(
        f"代码表 {name} 中的 {code}“{label.zh}”已停用，新图斑请用别的代码。",
        f"{code} {label.en!r} of code list {name} is retired: take another for new plots.",
    )


def code_or_text(name: str, value: object) -> str:
    """The code of a word, or the word itself if the list lacks it."""
    try:
        return code_of(name, value)
    except BadValueError as error:
        if error.code == "unknown_code":
            return text(value)
        raise


def number(value: object, *, factor: float = 1.0) -> float:
    """A number that is not negative, times a factor.

    Raises
    ------
    BadValueError
        ``not_a_number``.

    Examples
    --------
    >>> number("1,234.5"), number("１，２３４"), number(3, factor=10_000.0)
    (1234.5, 1234.0, 30000.0)
    """
    refuse_unreadable(value)
    try:
        text = without_thousands(value) if isinstance(value, str) else None
        amount = (float(value) if text is None else written_float(text)) * factor  # type: ignore[arg-type]
    except (TypeError, ValueError):
        amount = math.nan
    if not math.isfinite(amount) or amount < 0 or isinstance(value, bool):
        raise BadValueError(
            "not_a_number",
            Message(
                f"{shown(value)} 不是非负数。",
                f"{shown(value)} is no number from 0 up.",
            ),
        )
    return amount


def without_unit(name: str, value: object, factor: float) -> object:
    """An amount without its unit, where that is the unit of the column; 万 is ten thousand.

    Parameters
    ----------
    name
        Property, as in `UNITS`; a value of any other is returned as it is.
    factor
        What a one of the column is in the unit of the property.

    Raises
    ------
    BadValueError
        ``not_a_number``: the text names another unit.

    Examples
    --------
    >>> without_unit("declared_m2", "53.9 亩", M2_PER_MU), without_unit("declared_m2", "12", 1.0)
    ('53.9', '12')
    >>> without_unit("declared_m2", "1.2万亩", M2_PER_MU)
    12000.0
    """
    units = UNITS.get(name)
    if units is None or not isinstance(value, str) or len(value) > _LONG:
        return value
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", value).strip())
    unit = None if match is None or match[3] is None else match[3].casefold()
    if match is None or (unit is not None and unit not in units):
        return value
    if unit is not None and not math.isclose(units[unit], factor):
        raise BadValueError(
            "not_a_number",
            Message(
                f"{shown(value)} 的单位与该列的单位不同，请统一单位或指定列的单位。",
                f"{shown(value)} is in another unit than its column: write one unit in it.",
            ),
        )
    return match[1] if match[2] is None else number(match[1]) * _TEN_THOUSAND


def year(value: object) -> int:
    """A year; a date gives its own.

    Raises
    ------
    BadValueError
        ``not_a_year``.

    Examples
    --------
    >>> year("2026年"), year(2026.0), year(date(2026, 4, 1)), year("2026-04-05"), year("2026年4月")
    (2026, 2026, 2026, 2026, 2026)
    """
    digits = str(value.year) if isinstance(value, date) else text(value)
    named = _OF_A_DATE.fullmatch(digits)
    digits = digits if named is None else named[1]
    digits = digits.removesuffix("年度").removesuffix("年").removesuffix(".0")
    # The four digits are checked first: int() of thousands of digits is slow, then fails.
    if not (digits.isdecimal() and len(digits) == 4 and FIRST_YEAR <= int(digits) <= LAST_YEAR):
        raise BadValueError(
            "not_a_year",
            Message(
                f"{shown(value)} 不是 {FIRST_YEAR}–{LAST_YEAR} 的年份。",
                f"{shown(value)} is no year from {FIRST_YEAR} to {LAST_YEAR}.",
            ),
        )
    return int(digits)


def planted_day(value: object) -> date:
    """A day of planting, within the years that a plot may have.

    Raises
    ------
    BadValueError
        As `data.days.day`; ``out_of_range``: 1899-12-30, which spreadsheets make of 0.

    Examples
    --------
    >>> planted_day("2026年4月5日")
    datetime.date(2026, 4, 5)
    """
    found = day(value)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadValueError(
            "out_of_range",
            Message(
                f"{found} 不在 {FIRST_YEAR}–{LAST_YEAR} 年之内，请核对。",
                f"{found} is not within the years {FIRST_YEAR} to {LAST_YEAR}: look at it again.",
            ),
        )
    return found


def digits_of(length: int, value: object) -> str:
    """A code of exactly so many digits.

    Raises
    ------
    BadValueError
        ``not_a_code``.

    Examples
    --------
    >>> digits_of(9, 220102001.0)
    '220102001'
    """
    written = text(value)
    if not (written.isascii() and written.isdigit() and len(written) == length):
        raise BadValueError(
            "not_a_code",
            Message(
                f"{shown(value)} 不是 {length} 位代码。",
                f"{shown(value)} is no code of {length} digits.",
            ),
        )
    return written


def shown(value: object) -> str:
    """A value as a message cites it: thirty characters at most."""
    written = str(value)
    return f"“{written[:30]}{'…' if len(written) > 30 else ''}”"
