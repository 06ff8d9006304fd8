"""Columns of a task table: what headings mean, which are left out, and whether they add up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from data.quantities import UnitOfMeasure, is_unit, measuring_unit, plain, rounded, total
from data.task_cells import TaskCell
from data.task_rows import MAX_WORD, RowReader, TaskTable
from data.task_words import bare_unit, bare_word

__all__ = ["BESIDE", "MEANINGS", "Added", "ColumnReader"]

ROUNDED: Final = Decimal("0.0000005")
MEANINGS: Final[Mapping[str, str]] = {
    "指标": "indicator",
    "任务": "indicator",
    "任务名称": "indicator",
    "indicator": "indicator",
    "行政区": "holder",
    "地区": "holder",
    "区县": "holder",
    "责任主体": "holder",
    "承担单位": "holder",
    "片区": "holder",
    "district": "holder",
    "任务量": "value",
    "目标": "value",
    "目标值": "value",
    "数量": "value",
    "value": "value",
    "计量单位": "unit",
    "单位": "unit",
    "measured_in": "unit",
    "牵头单位": "lead",
    "牵头": "lead",
    "lead": "lead",
    "配合单位": "with_units",
    "配合": "with_units",
    "with_units": "with_units",
    "完成时限": "due",
    "时限": "due",
    "due": "due",
    "条款": "clause",
    "clause": "clause",
}
# Columns that stand beside the districts of a matrix.
BESIDE: Final = frozenset(["indicator", "unit", "lead", "with_units", "due", "clause"])
_NUMBERED: Final = frozenset(["序号", "编号", "备注", "no", "no."])
# Columns that our own tables have beside what they ask.
_OWN: Final = frozenset(["序号", "编号", "no", "no.", "状态", "修订"])
_NOTE: Final = re.compile(r"单位\s*[:：]\s*([^\s)）]+)")


class Added(NamedTuple):
    """What the figures of districts add up to: of those that lie in no other, that hold none."""

    dimensions: frozenset[str]
    of_roots: Fraction
    of_leaves: Fraction
    figures: int


class ColumnReader(RowReader):
    """What stands in the rows and columns of a sheet."""

    def _body(self, table: TaskTable, header: int) -> Iterator[int]:
        """Rows below the headings that are neither empty nor notes."""
        for row in range(header + 1, len(self.sheet.rows)):
            if row in self.notes:
                text = next(str(cell) for cell in self.sheet.rows[row] if cell is not None)
                table.unread.append(text.strip()[:MAX_WORD])
            else:
                yield row

    def _hidden(self, table: TaskTable, header: int) -> None:
        """Tell of rows and columns that nobody sees, where they hold something."""
        for row in sorted(self.sheet.hidden_rows):
            if row <= header or row >= len(self.sheet.rows):
                continue
            filled = [n for n, value in enumerate(self.sheet.rows[row]) if value is not None]
            if filled:
                self._wrong(
                    table,
                    (row, filled[0]),
                    "row",
                    "hidden_cells",
                    f"第 {row + 1} 行是隐藏的（或被筛掉的），请取消隐藏或删去",
                    f"row {row + 1} is hidden or filtered out: show it, or delete it",
                )
        for column in sorted(self.sheet.hidden_columns):
            below = range(header + 1, len(self.sheet.rows))
            if any(self.sheet.at(row, column) is not None for row in below):
                self._wrong(
                    table,
                    (header, column),
                    "column",
                    "hidden_cells",
                    "这一列是隐藏的，请取消隐藏或删去",
                    "this column is hidden: show it, or delete it",
                )

    def _units_below(self, header: int, columns: Iterable[int]) -> dict[int, UnitOfMeasure]:
        """The units of a second row of headings: 万亩 below 造林面积; none without one."""
        if header + 1 >= len(self.sheet.rows):
            return {}
        words = {n: bare_word(self.sheet.at(header + 1, n)) for n in columns}
        units = {n: bare_unit(word) for n, word in words.items() if word}
        found = {n: unit for n, unit in units.items() if unit is not None}
        return found if len(found) == len(units) else {}

    def _note_above(self, header: int) -> UnitOfMeasure | None:
        """The unit of a note above the headings: 单位：万亩."""
        for row in range(header + 1):
            for value in self.sheet.rows[row]:
                note = _NOTE.search(unicodedata.normalize("NFKC", str(value or "")))
                if note is not None and is_unit(note[1]):
                    return measuring_unit(note[1])
        return None

    def _first_label(self, header: int, before: int) -> int:
        """The column of the labels: the last before the figures that does not number the rows."""
        for column in range(before - 1, -1, -1):
            word = bare_word(self.sheet.at(header, column))
            if word.casefold() not in _NUMBERED and MEANINGS.get(word) in (
                None,
                "indicator",
                "holder",
            ):
                return column
        return 0

    def _strange(self, table: TaskTable, header: int, known: set[int], first: int) -> None:
        """Tell of unknown headings that stand over figures, which would be left out silently.

        So does a column without a heading, right of the ``first`` that has figures.
        """
        for column in range(self._width(header)):
            word = bare_word(self.sheet.at(header, column))
            if column in known or word in MEANINGS:
                continue
            if word.casefold() in _NUMBERED:
                if word.casefold() not in _OWN and self._is_filled(header, column):
                    table.unread.append(word)
                continue
            if (word or column > first) and self._is_filled(header, column):
                self._wrong(
                    table,
                    (header, column),
                    "heading",
                    "unknown_heading",
                    f"表头“{word[:MAX_WORD]}”既不是行政区、片区、单位，也不是指标"
                    if word
                    else "这一列有内容而没有表头",
                    f"the heading {word[:MAX_WORD]!r} is neither a district, area or unit nor an "
                    "indicator"
                    if word
                    else "this column holds something and has no heading",
                )

    def _twice(self, table: TaskTable, header: int) -> None:
        """Tell of two columns that mean the same, of which one would be left out silently."""
        first: dict[str, int] = {}
        for column, word in enumerate(self._words(header)):
            meaning = MEANINGS.get(word)
            if meaning is None or not self._is_filled(header, column):
                continue
            before = first.setdefault(meaning, column)
            if before != column:
                self._wrong(
                    table,
                    (header, column),
                    "heading",
                    "heading_twice",
                    f"“{word}”与 {self._name(header, before)} 是同一种列，请留一个",
                    f"{word!r} means the same as {self._name(header, before)}: keep one",
                )

    def _left(self, table: TaskTable, header: int, known: set[int]) -> None:
        """Name the columns that are no part of a target: 备注, 联系电话."""
        for column, word in enumerate(self._words(header)):
            own = word.casefold() in _OWN or word in MEANINGS
            if word and column not in known and not own and self._is_filled(header, column):
                table.unread.append(word[:MAX_WORD])

    def _loose(self, table: TaskTable, row: int) -> None:
        """Name a row that names nothing of a target and still says something."""
        words = [bare_word(value) for value in self.sheet.rows[row]]
        said = [word for word in words if word and not word.isdecimal() and bare_unit(word) is None]
        table.unread += [word[:MAX_WORD] for word in said[:1]]

    def _width(self, header: int) -> int:
        return max(len(row) for row in self.sheet.rows[header:])

    def _is_filled(self, header: int, column: int) -> bool:
        below = range(header + 1, len(self.sheet.rows))
        return any(self.sheet.at(row, column) is not None for row in below if row not in self.notes)

    def _added(self, parts: Mapping[str, TaskCell]) -> Added:
        """The sums of figures by district, once for all totals that are held to them."""
        above = {code: self.names.above(code) for code in parts}
        covered = frozenset().union(*above.values())
        return Added(
            frozenset(asked.unit.dimension for asked in parts.values()),
            _sum(asked for code, asked in parts.items() if above[code].isdisjoint(parts)),
            _sum(asked for code, asked in parts.items() if code not in covered),
            len(parts),
        )

    def _check_sum(
        self,
        table: TaskTable,
        row: int,
        column: int,
        parts: Added,
        unit: UnitOfMeasure | None,
    ) -> None:
        """合计: the sum of the columns that lie in no other column."""
        written = self._asked(table, row, column, unit)
        if written is None or parts.dimensions != {written.unit.dimension}:
            return
        added = written.unit.from_base(parts.of_roots)
        difference = rounded(added - Fraction(written.lower), 6)
        of_leaves = rounded(written.unit.from_base(parts.of_leaves) - Fraction(written.lower), 6)
        # Each figure was rounded to its sixth place.
        least = parts.figures * ROUNDED
        if abs(difference) <= least or abs(of_leaves) <= least:
            return
        self._wrong(
            table,
            (row, column),
            "total",
            "wrong_total",
            f"合计写的是 {plain(written.lower)}{written.unit.label}，各格相加是 "
            f"{plain(rounded(added, 6))}{written.unit.label}，差 {plain(difference)}",
            f"the total says {plain(written.lower)}, the cells add up to "
            f"{plain(rounded(added, 6))} {written.unit.label_en}: {plain(difference)} apart",
        )


def _sum(asked: Iterator[TaskCell]) -> Fraction:
    return total((one.lower, one.unit) for one in asked)
