"""What a cell of a task table asks for: "50万亩", "2-3条", "≥50公里", "力争 1000 个".

A cell is a number or a range with its unit, and words that say how strictly it is meant. The unit
may stand in the heading instead (``default``). What cannot be read is refused, nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from data.cell_values import BadValueError
from data.no_value import is_no_value
from data.quantities import UnitOfMeasure, is_unit, measuring_unit, plain
from data.reading.cells import NO_RESULT
from gis.messages import Message

__all__ = ["TaskCell", "parse_task_cell", "task_cell_text", "unit_in_heading"]

MAX_CHARS: Final = 100
MAX_DIGITS: Final = 15
# As many as the service keeps of a quantity.
MAX_DECIMALS: Final = 6
# Words of the papers, and the strictness that each gives a figure.
_AT_LEAST: Final = ("不少于", "不低于", "不小于", "至少", "大于等于", "≥", ">=", "＞＝")
_AT_LEAST_AFTER: Final = ("以上", "及以上", "或以上", "余", "多")
_STRIVE: Final = ("力争达到", "力争完成", "力争", "争取")
_ABOUT: Final = ("大约", "约", "近", "左右")
_ASKED: Final = ("完成", "达到", "任务", "新增", "新建")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
# 1,200 and 8 800: groups of three to the last digit.
_THOUSANDS: Final = re.compile(r"(?<![\d,.])\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+)(?![\d,]| \d)")
_APART: Final = re.compile(r"\d\s+\d")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?: .*)?")
_DASHES: Final = re.compile(r"[-–—−~～至到]")
_NOTHING: Final = frozenset(["", "-", "—", "–", "/", "\\", "无", "0任务"])
_TIMES: Final = {"百万": 10**6, "千万": 10**7, "亿": 10**8, "万": 10**4, "千": 10**3, "百": 100}


class TaskCell(NamedTuple):
    """What is asked, in the unit that was written."""

    lower: Decimal
    upper: Decimal | None
    unit: UnitOfMeasure
    strictness: str
    """``must``, ``at_least`` or ``strive``."""


def parse_task_cell(written: object, default: UnitOfMeasure | None = None) -> TaskCell | None:
    """What a cell asks; None of an empty one, or one that says that there is nothing: — or 无.

    Parameters
    ----------
    written
        A number, or a text.
    default
        The unit of the heading, for cells without one of their own.

    Raises
    ------
    BadValueError
        ``no_figure``, ``no_result`` of a formula, ``no_unit``, ``unknown_unit_of_measure``,
        ``about_figure``, ``out_of_range``, ``too_long``.

    Examples
    --------
    >>> cell = parse_task_cell("2-3条")
    >>> cell.lower, cell.upper, cell.unit.label, cell.strictness
    (Decimal('2'), Decimal('3'), '条', 'must')
    >>> parse_task_cell("4000万株以上").strictness
    'at_least'
    >>> parse_task_cell(50, measuring_unit("万亩")).unit.code
    'wan_mu'
    >>> parse_task_cell("—") is None
    True
    """
    text = _text_of(written)
    if text in _NOTHING or is_no_value(written):
        return None
    if text == NO_RESULT:
        raise _bad(
            "no_result",
            "公式没有算出的值，请用 Excel 打开并保存一次",
            "a formula without its result: open the file in Excel and save it",
        )
    if _DAY.fullmatch(text):
        raise _bad(
            "no_figure",
            f"这是日期 {text}：表格软件会把 2-3 变成日期，请写 2-3条，或把格式设为文本",
            f"this is the day {text}: spreadsheets make one of 2-3, write it as 2-3条 or as text",
        )
    if len(text) > MAX_CHARS:
        raise _bad("too_long", f"超过 {MAX_CHARS} 个字", f"more than {MAX_CHARS} characters")
    rest, strictness = _strictness(text)
    about = next((word for word in _ABOUT if word in rest), None)
    if about is not None:
        rest = rest.replace(about, "")
    low, high, unit = _figures(text, rest, default)
    if about is not None:
        raise _bad(
            "about_figure",
            f"“{text}”是约数，任务量须确定：请写确数、范围（2-3条）或“以上”",
            f"{text!r} is no definite figure: write one, a range (2-3条) or 以上",
        )
    if high is not None and high < low:
        raise _bad("out_of_range", f"“{text}”上限小于下限", f"{text!r} ends below its beginning")
    return TaskCell(low, high, unit, strictness)


def _text_of(written: object) -> str:
    if written is None or isinstance(written, bool):
        return "" if written is None else str(written)
    if isinstance(written, float):
        # As spreadsheets show it: 15 digits, so that 20.1 + 30.2 is 50.3.
        number = Decimal(f"{written:.{MAX_DIGITS}g}")
        return plain(number if _decimals(number) <= MAX_DECIMALS else round(number, MAX_DECIMALS))
    if isinstance(written, int | Decimal):
        return plain(Decimal(str(written)))
    # Full-width digits and signs as half-width ones; no blanks, no separators of thousands, no
    # apostrophe by which spreadsheets mark a text.
    text = unicodedata.normalize("NFKC", str(written)).strip().lstrip("'\u2019").strip()
    if _DAY.fullmatch(text):
        return text
    text = _THOUSANDS.sub(lambda found: re.sub("[, ]", "", found[0]), text)
    if _APART.search(text):
        told = re.sub(r"\s+", " ", text)[:MAX_CHARS]
        raise _bad(
            "no_figure",
            f"“{told}”里的数被空格或换行隔开，分不清是一个还是两个，请连写",
            f"a blank parts the digits of {told!r}: one figure or two? write it together",
        )
    return re.sub(r"\s+", "", text)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _strictness(text: str) -> tuple[str, str]:
    """The text without its words, and what they say."""
    strictness, rest = "must", text
    for word in _STRIVE:
        if rest.startswith(word):
            rest, strictness = rest.removeprefix(word), "strive"
            break
    for word in _ASKED:
        rest = rest.removeprefix(word)
    for word in _AT_LEAST:
        if rest.startswith(word):
            rest = rest.removeprefix(word)
            strictness = "at_least" if strictness == "must" else strictness
    for word in _AT_LEAST_AFTER:
        if rest.endswith(word) and rest != word:
            rest = rest.removesuffix(word).removesuffix("及").removesuffix("或")
            strictness = "at_least" if strictness == "must" else strictness
    return rest, strictness


def _figures(
    text: str, rest: str, default: UnitOfMeasure | None
) -> tuple[Decimal, Decimal | None, UnitOfMeasure]:
    first = _NUMBER.match(rest)
    if first is None:
        raise _bad("no_figure", f"“{text}”里没有读得出的任务量", f"{text!r} holds no figure")
    low, after = first[0], rest[first.end() :]
    parts = _DASHES.split(after, maxsplit=1)
    if len(parts) == 2:
        own, (second, word) = parts[0], _leading(text, parts[1])
        unit, times = _unit(text, word, default)
        if own and own not in (word, unit.label):
            raise _unknown(text, own)
        return _number(text, low) * times, _number(text, second) * times, unit
    unit, times = _unit(text, after, default)
    return _number(text, low) * times, None, unit


def _leading(text: str, rest: str) -> tuple[str, str]:
    match = _NUMBER.match(rest)
    if match is None:
        raise _bad("no_figure", f"“{text}”的范围不完整", f"{text!r} is half a range")
    return match[0], rest[match.end() :]


def _unit(text: str, word: str, default: UnitOfMeasure | None) -> tuple[UnitOfMeasure, int]:
    """The unit of the words after a number, and the multiple that stands before it."""
    if word and is_unit(word):
        return measuring_unit(word), 1
    for name, times in _TIMES.items():
        if word.startswith(name):
            bare = word.removeprefix(name)
            if bare and is_unit(bare):
                return measuring_unit(bare), times
            if not bare and default is not None:
                return default, times
    if word:
        raise _unknown(text, word)
    if default is None:
        raise _bad(
            "no_unit",
            f"“{text}”没有计量单位，请写在数后或表头，如 {text}万亩",
            f"{text!r} has no unit: write it after the figure or into the heading, as {text}万亩",
        )
    return default, 1


def _number(text: str, digits: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise _bad(
            "no_figure", f"“{text}”里没有读得出的任务量", f"{text!r} holds no figure"
        ) from None
    if len(number.as_tuple().digits) > MAX_DIGITS:
        raise _bad(
            "too_long",
            f"“{text}”超过 {MAX_DIGITS} 位",
            f"{text!r} has more than {MAX_DIGITS} digits",
        )
    if _decimals(number) > MAX_DECIMALS:
        raise _bad(
            "too_long",
            f"“{text}”小数超过 {MAX_DECIMALS} 位",
            f"{text!r} has more than {MAX_DECIMALS} decimals",
        )
    return number


def _unknown(text: str, word: str) -> BadValueError:
    return _bad(
        "unknown_unit_of_measure",
        f"“{text}”中没有计量单位“{word[:20]}”，可用单位见代码表 unit_of_measure",
        f"{word[:20]!r} of {text!r} is no unit: code list unit_of_measure has them",
    )


def _bad(code: str, zh: str, en: str) -> BadValueError:
    return BadValueError(code, Message(f"{zh}。", f"{en}."))


def task_cell_text(
    lower: Decimal, upper: Decimal | None, strictness: str, unit: UnitOfMeasure | None
) -> str:
    """What is asked as a cell that `parse_task_cell` reads back the same.

    Parameters
    ----------
    unit
        Written after the figure; None where the heading has it.

    Examples
    --------
    >>> task_cell_text(Decimal(2), Decimal(3), "must", measuring_unit("条"))
    '2-3条'
    >>> task_cell_text(Decimal("4000"), None, "at_least", measuring_unit("万株"))
    '≥4000万株'
    """
    before = {"must": "", "at_least": "≥", "strive": "力争"}[strictness]
    until = "" if upper is None else f"-{plain(upper)}"
    return f"{before}{plain(lower)}{until}{'' if unit is None else unit.label}"


_IN_BRACKETS: Final = re.compile(r"[(\[（【]([^()（）\[\]【】]{1,20})[)\]）】]\s*$")


def unit_in_heading(heading: str) -> tuple[str, UnitOfMeasure | None]:
    """A heading without its unit, and the unit: 造林面积（万亩）, 街路/条, 绿道 单位:公里.

    Examples
    --------
    >>> name, unit = unit_in_heading("国土绿化完成面积（万亩）")
    >>> name, unit.code
    ('国土绿化完成面积', 'wan_mu')
    >>> unit_in_heading("长春市")
    ('长春市', None)
    """
    text = unicodedata.normalize("NFKC", heading).strip()
    bracketed = _IN_BRACKETS.search(text)
    if bracketed is not None:
        word = bracketed[1].strip()
        word = word.removeprefix("单位").lstrip(":：").strip()
        if is_unit(word):
            return text[: bracketed.start()].strip(), measuring_unit(word)
    for mark in ("单位:", "/"):
        name, found, word = text.rpartition(mark)
        if found and name.strip() and is_unit(word.strip()):
            return name.strip().rstrip(",，;； "), measuring_unit(word.strip())
    return text, None
