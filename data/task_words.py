"""Words of task tables that are no name: sums, notes, units that stand below a heading."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from data.quantities import UnitOfMeasure, is_unit, measuring_unit

__all__ = ["bare_unit", "bare_word", "is_note", "is_total"]

_TOTAL: Final = re.compile(r".{0,10}(?:合计|总计|小计|共计|累计|total|sum)", re.IGNORECASE)
_NOTE: Final = re.compile(
    r"(?:\d{1,2}[.、])?(?:附?注|备注|说明|填表|制表|填报|审核|复核|校核|负责人|联系|报送|日期|单位负责人|note)"
    r"[^:：]{0,12}[:：].*",
    re.IGNORECASE | re.DOTALL,
)


def bare_word(value: object) -> str:
    """The text of a cell without blanks and marks around it; empty of none.

    Examples
    --------
    >>> bare_word(" 合 计*"), bare_word("指标："), bare_word(None)
    ('合计', '指标', '')
    """
    if value is None:
        return ""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value)))
    return text.strip("*:：\u200b\ufeff")


def is_total(word: str) -> bool:
    """Whether a bare word names a sum.

    Examples
    --------
    >>> [is_total(word) for word in ("合计", "全市合计", "小计", "合计栏西县", "")]
    [True, True, True, False, False]
    """
    return _TOTAL.fullmatch(word) is not None


def is_note(cells: Sequence[object]) -> bool:
    """Whether a row of cells says something about the table, and asks for nothing.

    Examples
    --------
    >>> is_note(["注：数据来源于年度总结", None]), is_note(["填表人：张三", "审核人：李四"])
    (True, True)
    >>> is_note(["注：含补植", 50]), is_note([None, None])
    (False, False)
    """
    filled = [cell for cell in cells if cell is not None]
    return bool(filled) and all(
        isinstance(cell, str) and _NOTE.fullmatch(cell.strip()) is not None for cell in filled
    )


def bare_unit(word: str) -> UnitOfMeasure | None:
    """The unit that a cell holds and nothing else: 万亩, （条）.

    Examples
    --------
    >>> unit = bare_unit("(万亩)")
    >>> unit is not None and unit.code
    'wan_mu'
    >>> bare_unit("50万亩") is None
    True
    """
    word = word.removeprefix("(").removesuffix(")").removeprefix("单位").lstrip(":：")
    return measuring_unit(word) if word and is_unit(word) else None
