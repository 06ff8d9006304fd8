"""Which row of a sheet is its heading: titles and lines of who filled it in stand before it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from typing import Final

from data.headings import HEADINGS_FILE, plain_heading
from data.reading.position_headings import EAST, KEYS, NORTH, ORDERS, RINGS, SHAPES

__all__ = ["heading_row", "is_row_of_units", "known_words"]

_LOOKED_AT: Final = 30
_UNITS: Final = frozenset(
    [
        *("亩", "公顷", "平方米", "m", "m2", "m²", "㎡", "ha", "hm2", "hm²", "米", "度", "°"),
        *("株/亩", "株/公顷", "株", "%", "万亩", "年", "厘米", "cm"),
    ]
)


def heading_row(rows: Sequence[Sequence[object]]) -> int | None:
    """The row of the headings, from 0: the first of two cells and more that has words we know.

    None where no row has two cells; the first that has them where no words are known.

    Examples
    --------
    >>> titles = [["2024 年造林图斑表", None], ["填报单位：双阳区", "日期：2024-05-01"]]
    >>> heading_row([*titles, ["图斑号", "WKT"], ["1", "POLYGON EMPTY"]])
    2
    >>> heading_row([["a", "b"], ["1", "2"]]), heading_row([["a", None]])
    (0, None)
    """
    wide = [n for n, row in enumerate(rows[:_LOOKED_AT]) if _filled(row) >= 2]
    known = [known_words(rows[n]) for n in wide]
    for place, n in enumerate(wide):
        below = known[place + 1] if place + 1 < len(wide) else 0
        # A heading of two rows may have but one word in its first.
        if known[place] and max(known[place], below) >= 2:
            return n
    if wide:
        return wide[0]
    return next((n for n, row in enumerate(rows) if _filled(row) >= 2), None)


def is_row_of_units(row: Sequence[object]) -> bool:
    """Whether a row below the heading holds nothing but units.

    Examples
    --------
    >>> is_row_of_units([None, "亩", "株/亩"]), is_row_of_units(["1", "亩"])
    (True, False)
    """
    there = [str(cell).strip().strip("()（）").casefold() for cell in row if cell is not None]
    return bool(there) and all(cell in _UNITS for cell in there)


def known_words(row: Sequence[object]) -> int:
    """How many cells of a row are headings that we know.

    Examples
    --------
    >>> known_words(["图斑号", ' "WKT" ', "甲"])
    2
    """
    return sum(
        isinstance(cell, str) and plain_heading(cell.strip("\"' ")) in _words() for cell in row
    )


@cache
def _words() -> frozenset[str]:
    with HEADINGS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    usual = {plain_heading(row[name]) for row in rows for name in ("heading", "property")}
    return frozenset(usual | EAST | NORTH | SHAPES | {*KEYS, *ORDERS, *RINGS})


def _filled(row: Sequence[object]) -> int:
    return sum(cell is not None for cell in row)
