"""任务分解表: the targets of a table, long or matrix, with each problem at its cell.

A long table has a row a target and headings like 指标, 行政区, 任务量, 计量单位. A matrix has
indicators in its rows and districts (areas, units) in its columns, or the other way round, and may
have a column and a row 合计, which must be the sum. Units stand in the cells, in a column, in the
headings or in a note above (单位：万亩). What cannot be read is told, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from data.cell_values import BadValueError
from data.days import day
from data.errors import FileRefused
from data.quantities import UnitOfMeasure, is_unit, measuring_unit, plain, rounded, total
from data.reading.cells import SheetCells, cell_name
from data.task_cells import TaskCell, parse_task_cell, unit_in_heading
from data.text_cleaning import turned
from gis.messages import Message

__all__ = ["CellProblem", "Names", "TableTarget", "TaskTable", "read_task_table"]

HEADER_ROWS: Final = 12
TOTAL: Final = frozenset(
    ["合计", "总计", "小计", "全市合计", "全省合计", "全县合计", "total", "sum"]
)
_LONG: Final[Mapping[str, str]] = {
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
_BESIDE: Final = frozenset(["indicator", "unit", "lead", "with_units", "due", "clause"])
_NUMBERED: Final = frozenset(["序号", "编号", "备注", "no", "no."])
_NOTE: Final = re.compile(r"单位\s*[:：]\s*([^\s)）]+)")


@dataclass(frozen=True)
class Names:
    """How words of a table are understood; each function answers None for an unknown word."""

    indicator: Callable[[str], str | None]
    """The code of an indicator."""
    holder: Callable[[str], tuple[str, str] | None]
    """``district``, ``area`` or ``unit``, and the code."""
    unit_of: Callable[[str], UnitOfMeasure | None] = lambda _code: None
    """The unit of an indicator's own."""
    above: Callable[[str], frozenset[str]] = lambda _code: frozenset()
    """Codes of the districts above one."""


class CellProblem(NamedTuple):
    """What is wrong with a cell."""

    cell: str
    """``Sheet1!D7``."""
    field: str
    code: str
    message: Message


class TableTarget(NamedTuple):
    """A target as a table asks it."""

    cell: str
    indicator: str
    holder: tuple[str, str]
    asked: TaskCell
    more: Mapping[str, object]
    """``lead``, ``with_units``, ``due``, ``clause``, of the columns that the table has."""


@dataclass
class TaskTable:
    """The targets of a table, and what is wrong with it."""

    sheet: str
    layout: str
    """``long`` or ``matrix``."""
    targets: list[TableTarget] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)


class _Parts(NamedTuple):
    """What the figures of districts add up to: of those that lie in no other, that hold none."""

    dimensions: frozenset[str]
    of_roots: Fraction
    of_leaves: Fraction


def read_task_table(sheets: Sequence[SheetCells], names: Names) -> TaskTable:
    """The targets of the first sheet that is a task table.

    Raises
    ------
    FileRefused
        ``no_task_table``: no sheet has the headings of one.
    """
    for sheet in sheets:
        reader = _Reader(sheet, names)
        for row in range(min(HEADER_ROWS, len(sheet.rows))):
            table = reader.table_under(row)
            if table is not None:
                return table
    raise FileRefused(
        "no_task_table",
        Message("没有找到任务表的表头", "no sheet has the headings of a task table"),
        Message(
            "长表要有 指标、行政区、任务量；矩阵表一边是指标，一边是行政区",
            "a long table has 指标, 行政区 and 任务量; a matrix has indicators on one side and "
            "districts on the other",
        ),
    )


def _word(value: object) -> str:
    if value is None:
        return ""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))).strip("*:：")


class _Reader:
    def __init__(self, sheet: SheetCells, names: Names) -> None:
        self.sheet, self.names = sheet, names

    def table_under(self, header: int) -> TaskTable | None:
        """The table whose headings stand in a row; None when they do not."""
        words = [_word(value) for value in self.sheet.rows[header]]
        long = {_LONG[word]: n for n, word in reversed(list(enumerate(words))) if word in _LONG}
        if {"indicator", "holder", "value"} <= set(long):
            return self._long(header, long)
        headings = {
            n: unit_in_heading(word) for n, word in enumerate(words) if word and word not in _LONG
        }
        holders = {
            n: found
            for n, (word, _) in headings.items()
            if (found := self.names.holder(word)) is not None
        }
        indicators = {
            n: (code, unit)
            for n, (word, unit) in headings.items()
            if (code := self.names.indicator(word)) is not None
        }
        if holders and len(holders) >= len(indicators):
            return self._matrix(header, long, holders)
        if indicators:
            return self._across(header, indicators)
        return None

    def _note_above(self, header: int) -> UnitOfMeasure | None:
        """The unit of a note above the headings: 单位：万亩."""
        for row in range(header + 1):
            for value in self.sheet.rows[row]:
                note = _NOTE.search(unicodedata.normalize("NFKC", str(value or "")))
                if note is not None and is_unit(note[1]):
                    return measuring_unit(note[1])
        return None

    # A row a target.

    def _long(self, header: int, columns: Mapping[str, int]) -> TaskTable:
        table = TaskTable(self.sheet.name, "long")
        above = self._note_above(header)
        _, of_heading = unit_in_heading(_word(self.sheet.at(header, columns["value"])))
        for row in range(header + 1, len(self.sheet.rows)):
            cells = {name: self._label(row, column) for name, column in columns.items()}
            value = self.sheet.at(row, columns["value"])
            if not cells["indicator"] and not cells["holder"] and value is None:
                continue
            if cells["holder"] in TOTAL or cells["indicator"] in TOTAL:
                continue
            indicator = self._indicator(table, row, columns["indicator"], cells["indicator"])
            holder = self._holder(table, row, columns["holder"], cells["holder"])
            unit = self._unit(table, row, columns.get("unit"))
            asked = self._asked(table, row, columns["value"], unit or of_heading or above)
            more = self._more(table, row, columns)
            if asked is not None and indicator is not None and holder is not None:
                cell = self._name(row, columns["value"])
                table.targets.append(TableTarget(cell, indicator, holder, asked, more))
        return table

    # Indicators × districts.

    def _matrix(
        self, header: int, long: Mapping[str, int], holders: Mapping[int, tuple[str, str]]
    ) -> TaskTable:
        table = TaskTable(self.sheet.name, "matrix")
        above = self._note_above(header)
        first = min(holders)
        names = long.get("indicator", self._first_label(header, first))
        sums = [
            n
            for n, value in enumerate(self.sheet.rows[header])
            if unit_in_heading(_word(value))[0] in TOTAL
        ]
        self._strange(table, header, {*holders, *sums, *long.values(), names})
        for row in range(header + 1, len(self.sheet.rows)):
            label = self._label(row, names)
            values = [self.sheet.at(row, column) for column in (*holders, *sums)]
            if (not label and not any(value is not None for value in values)) or label in TOTAL:
                continue
            word, of_label = unit_in_heading(label)
            indicator = self._indicator(table, row, names, word)
            unit = self._unit(table, row, long.get("unit")) or of_label or above
            beside = {name: n for name, n in long.items() if name in _BESIDE}
            more = self._more(table, row, beside)
            found: dict[int, TaskCell] = {}
            known = len(table.problems)
            for column, holder in holders.items():
                asked = self._asked(table, row, column, unit)
                if asked is not None and indicator is not None:
                    found[column] = asked
                    cell = self._name(row, column)
                    table.targets.append(TableTarget(cell, indicator, holder, asked, more))
            # A sum with an unreadable cell is not checked: that cell is told already.
            if sums and len(table.problems) == known:
                parts = self._added({holders[n][1]: asked for n, asked in found.items()})
                for column in sums:
                    self._check_sum(table, row, column, parts, unit)
        return table

    # Districts × indicators, with units in the headings.

    def _across(
        self, header: int, indicators: Mapping[int, tuple[str, UnitOfMeasure | None]]
    ) -> TaskTable:
        table = TaskTable(self.sheet.name, "matrix")
        above = self._note_above(header)
        names = self._first_label(header, min(indicators))
        self._strange(table, header, {*indicators, names})
        parts: dict[int, dict[str, TaskCell]] = {column: {} for column in indicators}
        sums: list[int] = []
        unread: set[int] = set()
        for row in range(header + 1, len(self.sheet.rows)):
            label = self._label(row, names)
            if label in TOTAL:
                sums.append(row)
                continue
            if not label and all(self.sheet.at(row, column) is None for column in indicators):
                continue
            holder = self._holder(table, row, names, label)
            for column, (indicator, unit) in indicators.items():
                known = len(table.problems)
                asked = self._asked(table, row, column, unit or above)
                if len(table.problems) > known or holder is None:
                    unread.add(column)
                if asked is not None and holder is not None:
                    parts[column][holder[1]] = asked
                    cell = self._name(row, column)
                    table.targets.append(TableTarget(cell, indicator, holder, asked, {}))
        added = {column: self._added(parts[column]) for column in indicators if sums}
        for row in sums:
            for column, (_, unit) in indicators.items():
                if column not in unread:
                    self._check_sum(table, row, column, added[column], unit or above)
        return table

    # Cells.

    def _first_label(self, header: int, before: int) -> int:
        """The column of the labels: the last before the figures that does not number the rows."""
        for column in range(before - 1, -1, -1):
            word = _word(self.sheet.at(header, column))
            if word.casefold() not in _NUMBERED and _LONG.get(word) in (
                None,
                "indicator",
                "holder",
            ):
                return column
        return 0

    def _name(self, row: int, column: int) -> str:
        return cell_name(self.sheet.name, row, column)

    def _label(self, row: int, column: int) -> str:
        """A label; in a merged range that of its first cell."""
        at = self.sheet.merged_into(row, column) or (row, column)
        return _word(self.sheet.at(*at))

    def _indicator(self, table: TaskTable, row: int, column: int, word: str) -> str | None:
        code = self.names.indicator(word) if word else None
        if code is None:
            self._wrong(
                table,
                (row, column),
                "indicator",
                "unknown_indicator" if word else "missing",
                f"没有指标“{word[:40]}”"
                if word
                else "没有写指标；合并单元格粘贴后只剩首行，请在每行写全",
                f"there is no indicator {word[:40]!r}"
                if word
                else "no indicator is named: write it in each line, a paste has merged cells once",
            )
        return code

    def _holder(self, table: TaskTable, row: int, column: int, word: str) -> tuple[str, str] | None:
        found = self.names.holder(word) if word else None
        if found is None:
            self._wrong(
                table,
                (row, column),
                "holder",
                "unknown_holder" if word else "missing",
                f"没有行政区、片区或单位“{word[:40]}”" if word else "没有写行政区、片区或单位",
                f"there is no district, area or unit {word[:40]!r}"
                if word
                else "no district, area or unit is named",
            )
        return found

    def _unit(self, table: TaskTable, row: int, column: int | None) -> UnitOfMeasure | None:
        if column is None or not (word := self._label(row, column)):
            return None
        if is_unit(word):
            return measuring_unit(word)
        self._wrong(
            table,
            (row, column),
            "measured_in",
            "unknown_unit_of_measure",
            f"没有计量单位“{word[:20]}”",
            f"there is no unit of measure {word[:20]!r}",
        )
        return None

    def _asked(
        self, table: TaskTable, row: int, column: int, unit: UnitOfMeasure | None
    ) -> TaskCell | None:
        first = self.sheet.merged_into(row, column)
        if first is not None:
            if self.sheet.at(*first) is not None:
                self._wrong(
                    table,
                    (row, column),
                    "lower",
                    "merged_cell",
                    f"与 {self._name(*first)} 合并，分不清任务量属于哪一格，请拆开",
                    f"merged with {self._name(*first)}: whose figure is it? take them apart",
                )
            return None
        try:
            return parse_task_cell(self.sheet.at(row, column), unit)
        except BadValueError as error:
            self._wrong(
                table, (row, column), "lower", error.code, error.message.zh, error.message.en
            )
            return None

    def _more(self, table: TaskTable, row: int, columns: Mapping[str, int]) -> dict[str, object]:
        more: dict[str, object] = {}
        for name in ("lead", "clause"):
            if name in columns:
                more[name] = label = self._label(row, columns[name]) or None
                if label is not None and (fault := turned(label)):
                    self._wrong(
                        table, (row, columns[name]), name, "turned_about", fault.zh, fault.en
                    )
        if "with_units" in columns:
            words = re.split(r"[、,，;；]", self._label(row, columns["with_units"]))
            more["with_units"] = [word for word in words if word]
        if "due" in columns:
            more["due"] = self._due(table, row, columns["due"])
        return more

    def _due(self, table: TaskTable, row: int, column: int) -> date | None:
        at = self.sheet.merged_into(row, column) or (row, column)
        value = self.sheet.at(*at)
        if value is None:
            return None
        try:
            return day(value)
        except BadValueError as error:
            self._wrong(table, (row, column), "due", error.code, error.message.zh, error.message.en)
            return None

    def _strange(self, table: TaskTable, header: int, known: set[int]) -> None:
        """Tell of unknown headings that stand over figures, which would be left out silently."""
        for column, value in enumerate(self.sheet.rows[header]):
            word = _word(value)
            if not word or column in known or word.casefold() in _NUMBERED or word in _LONG:
                continue
            if any(
                self.sheet.at(row, column) is not None
                for row in range(header + 1, len(self.sheet.rows))
            ):
                self._wrong(
                    table,
                    (header, column),
                    "heading",
                    "unknown_heading",
                    f"表头“{word[:40]}”既不是行政区、片区、单位，也不是指标",
                    f"the heading {word[:40]!r} is neither a district, area or unit nor an "
                    "indicator",
                )

    def _added(self, parts: Mapping[str, TaskCell]) -> _Parts:
        """The sums of figures by district, once for all totals that are held to them."""
        above = {code: self.names.above(code) for code in parts}
        covered = frozenset().union(*above.values())
        return _Parts(
            frozenset(asked.unit.dimension for asked in parts.values()),
            _sum(asked for code, asked in parts.items() if above[code].isdisjoint(parts)),
            _sum(asked for code, asked in parts.items() if code not in covered),
        )

    def _check_sum(
        self,
        table: TaskTable,
        row: int,
        column: int,
        parts: _Parts,
        unit: UnitOfMeasure | None,
    ) -> None:
        """合计: the sum of the columns that lie in no other column."""
        written = self._asked(table, row, column, unit)
        if written is None or parts.dimensions != {written.unit.dimension}:
            return
        asked_for = written.unit.to_base(written.lower)
        if asked_for in {parts.of_roots, parts.of_leaves}:
            return
        added = written.unit.from_base(parts.of_roots)
        difference = rounded(added - Fraction(written.lower), 6)
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

    def _wrong(
        self,
        table: TaskTable,
        at: tuple[int, int],
        field_: str,
        code: str,
        zh: str,
        en: str,
    ) -> None:
        message = Message(zh, en)
        table.problems.append(CellProblem(self._name(*at), field_, code, message))


def _sum(asked: Iterator[TaskCell]) -> Fraction:
    return total((one.lower, one.unit) for one in asked)
