"""Cells of a task table: labels, figures and days, and each problem at its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from data.cell_values import BadValueError
from data.days import day
from data.no_value import is_no_value
from data.quantities import UnitOfMeasure, is_unit, measuring_unit
from data.reading.cells import SheetCells, cell_name
from data.task_cells import TaskCell, parse_task_cell
from data.task_words import bare_word, is_note, is_total
from data.text_cleaning import turned
from gis.messages import Message

__all__ = ["MAX_WORD", "CellProblem", "Names", "RowReader", "TableTarget", "TaskTable"]

MAX_WORD: Final = 40


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
    unread: list[str] = field(default_factory=list)
    """Headings of columns, notes, and marks for no value (— D7), that are no part of a target."""


class RowReader:
    """What stands in the cells of a sheet."""

    def __init__(self, sheet: SheetCells, names: Names) -> None:
        self.sheet, self.names = sheet, names
        self.header = 0
        self.marks: dict[str, list[str]] = {}
        """Cells by the mark in them that says that there is no value."""
        self.notes = {n for n, cells in enumerate(sheet.rows) if is_note(cells)}

    def _words(self, row: int) -> list[str]:
        return [bare_word(value) for value in self.sheet.rows[row]]

    def _is_total(self, word: str) -> bool:
        """Whether a label is that of a sum, and of nothing that is known by this name."""
        known = self.names.indicator(word) or self.names.holder(word)
        return known is None and is_total(word)

    def _name(self, row: int, column: int) -> str:
        return cell_name(self.sheet.name, row, column)

    def _label(self, row: int, column: int) -> str:
        """A label; in a merged range that of its first cell."""
        at = self.sheet.merged_into(row, column) or (row, column)
        return bare_word(self.sheet.at(*at))

    def _indicator(self, table: TaskTable, row: int, column: int, word: str) -> str | None:
        code = self.names.indicator(word) if word else None
        if code is None:
            hint = self._hint(row)
            self._wrong(
                table,
                (row, column),
                "indicator",
                "unknown_indicator" if word else "missing",
                f"没有指标“{word[:MAX_WORD]}”{hint.zh}"
                if word
                else f"没有写指标；合并单元格粘贴后只剩首行，请在每行写全{hint.zh}",
                f"there is no indicator {word[:MAX_WORD]!r}{hint.en}"
                if word
                else "no indicator is named: write it in each line, a paste has merged cells once"
                f"{hint.en}",
            )
        return code

    def _holder(self, table: TaskTable, row: int, column: int, word: str) -> tuple[str, str] | None:
        found = self.names.holder(word) if word else None
        if found is None:
            hint = self._hint(row)
            self._wrong(
                table,
                (row, column),
                "holder",
                "unknown_holder" if word else "missing",
                f"没有行政区、片区或单位“{word[:MAX_WORD]}”{hint.zh}"
                if word
                else f"没有写行政区、片区或单位{hint.zh}",
                f"there is no district, area or unit {word[:MAX_WORD]!r}{hint.en}"
                if word
                else f"no district, area or unit is named{hint.en}",
            )
        return found

    def _hint(self, row: int) -> Message:
        """Why a label may be unknown: half of a line, or a note."""
        cells, heads = self.sheet.rows[row], self.sheet.rows[self.header]
        if len(cells) < len(heads):
            return Message(
                f"；这一行只有 {len(cells)} 格，表头有 {len(heads)} 格："
                "格内的换行会把一行分成两行，请去掉换行再粘贴",
                f"; this line has {len(cells)} cells, the headings {len(heads)}: a line break in a "
                "cell makes two lines of one, take it out and paste again",
            )
        if sum(cell is not None for cell in cells) == 1:
            return Message("；若是说明，请以“注：”开头", "; begin a note by 注：")
        return Message("", "")

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
        self._takes_mark(row, column)
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
        if value is None or self._takes_mark(*at):
            return None
        try:
            return day(value)
        except BadValueError as error:
            self._wrong(table, (row, column), "due", error.code, error.message.zh, error.message.en)
            return None

    def _takes_mark(self, row: int, column: int) -> bool:
        """Whether a cell says that it has no value, which is told."""
        value = self.sheet.at(row, column)
        if not is_no_value(value):
            return False
        cells = self.marks.setdefault(str(value).strip(), [])
        if (name := self._name(row, column)) not in cells[-1:]:
            cells.append(name)
        return True

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
