"""任务分解表: the targets of a table, long or matrix, with each problem at its cell.

A long table has a row a target and headings like 指标, 行政区, 任务量, 计量单位. A matrix has
indicators in its rows and districts (areas, units) in its columns, or the other way round, and may
have a column and a row 合计, which must be the sum. Units stand in the cells, in a column, in the
headings or in a note above (单位：万亩). What cannot be read is told, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from data.errors import FileRefused
from data.quantities import UnitOfMeasure
from data.reading.cells import MAX_CELLS, SheetCells, cell_name
from data.task_cells import TaskCell, unit_in_heading
from data.task_columns import BESIDE, MEANINGS, ColumnReader
from data.task_rows import CellProblem, Names, TableTarget, TaskTable
from data.task_words import bare_word
from data.text_cleaning import few
from gis.messages import Message

__all__ = ["CellProblem", "Names", "TableTarget", "TaskTable", "read_task_table"]

HEADER_ROWS: Final = 12
MARKED: Final = 3
"""Cells that are named of those which say that they have no value."""


def read_task_table(sheets: Sequence[SheetCells], names: Names) -> TaskTable:
    """The targets of the sheet that is a task table; a second one is told, hidden ones are left.

    Raises
    ------
    FileRefused
        ``no_task_table``: no sheet has the headings of one.
    """
    seen = [sheet for sheet in sheets if not sheet.is_hidden]
    found = [table for sheet in seen if (table := _Reader(sheet, names).table()) is not None]
    for other in found[1:]:
        message = Message(
            f"工作表“{other.sheet}”也是任务表，一次只读一张（{found[0].sheet}），请分开另存",
            f"the sheet {other.sheet!r} is a task table too, and one is read at a time "
            f"({found[0].sheet!r}): save it by itself",
        )
        found[0].problems.append(
            CellProblem(cell_name(other.sheet, 0, 0), "sheet", "several_tables", message)
        )
    if found:
        return found[0]
    raise FileRefused(
        "no_task_table",
        Message("没有找到任务表的表头", "no sheet has the headings of a task table"),
        Message(
            "长表要有 指标、行政区、任务量；矩阵表一边是指标，一边是行政区；隐藏的工作表不读",
            "a long table has 指标, 行政区 and 任务量; a matrix has indicators on one side and "
            "districts on the other; hidden sheets are not read",
        ),
    )


class _Reader(ColumnReader):
    def table(self) -> TaskTable | None:
        """The table of the sheet; None when no row holds its headings.

        A title may name a district or a unit: the headings are the row that names most.
        """
        rows = range(min(HEADER_ROWS, len(self.sheet.rows)))
        known = [self._known(row) for row in rows]
        most = max(known, default=0)
        if most == 0:
            return None
        self.header = header = known.index(most)
        table = self._table_under(header)
        if table is not None:
            self._hidden(table, header)
            table.unread += [f"“{mark}” {few(at, MARKED)}" for mark, at in self.marks.items()]
        return table

    def _known(self, row: int) -> int:
        """How many headings of a task table a row holds."""
        words = self._words(row)
        long = {MEANINGS[word] for word in words if word in MEANINGS}
        if {"indicator", "holder", "value"} <= long:
            return MAX_CELLS
        names = [unit_in_heading(word)[0] for word in words if word and word not in MEANINGS]
        holders = sum(self.names.holder(word) is not None for word in names)
        indicators = sum(self.names.indicator(word) is not None for word in names)
        # A row that names one of each is a target, no heading.
        return len(long) + abs(holders - indicators) if holders != indicators else 0

    def _table_under(self, header: int) -> TaskTable | None:
        words = self._words(header)
        long = {
            MEANINGS[word]: n for n, word in reversed(list(enumerate(words))) if word in MEANINGS
        }
        if {"indicator", "holder", "value"} <= set(long):
            return self._long(header, long)
        headings = {
            n: unit_in_heading(word)
            for n, word in enumerate(words)
            if word and word not in MEANINGS
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

    def _long(self, header: int, columns: Mapping[str, int]) -> TaskTable:
        table = TaskTable(self.sheet.name, "long")
        above = self._note_above(header)
        _, of_heading = unit_in_heading(bare_word(self.sheet.at(header, columns["value"])))
        self._twice(table, header)
        self._left(table, header, {*columns.values()})
        block: list[TableTarget] = []
        whole: list[TableTarget] = []
        for row in self._body(table, header):
            cells = {name: self._label(row, column) for name, column in columns.items()}
            value = self.sheet.at(row, columns["value"])
            if not cells["indicator"] and not cells["holder"] and value is None:
                self._loose(table, row)
                continue
            if self._is_total(cells["holder"]) or self._is_total(cells["indicator"]):
                unit = self._unit(table, row, columns.get("unit")) or of_heading or above
                self._check_long_sum(table, row, columns, unit, (block, whole))
                block = []
                continue
            indicator = self._indicator(table, row, columns["indicator"], cells["indicator"])
            holder = self._holder(table, row, columns["holder"], cells["holder"])
            unit = self._unit(table, row, columns.get("unit"))
            asked = self._asked(table, row, columns["value"], unit or of_heading or above)
            more = self._more(table, row, columns)
            if asked is not None and indicator is not None and holder is not None:
                cell = self._name(row, columns["value"])
                target = TableTarget(cell, indicator, holder, asked, more)
                table.targets.append(target)
                block.append(target)
                whole.append(target)
        return table

    def _check_long_sum(
        self,
        table: TaskTable,
        row: int,
        columns: Mapping[str, int],
        unit: UnitOfMeasure | None,
        rows: tuple[Sequence[TableTarget], Sequence[TableTarget]],
    ) -> None:
        """合计 of a long table: of its indicator, since the last sum or from the beginning."""
        # A sum below an unreadable cell is not checked: that cell is told already.
        if table.problems:
            return
        word = self._label(row, columns["indicator"])
        indicator = self.names.indicator(word) if word and not self._is_total(word) else None
        sums = []
        for those in rows:
            named = [one for one in those if indicator in (None, one.indicator)]
            if len({one.indicator for one in named}) == 1:
                sums.append(self._added({one.holder[1]: one.asked for one in named}))
        if not sums:
            return
        last = len(table.problems)
        for parts in reversed(sums):
            del table.problems[last:]
            self._check_sum(table, row, columns["value"], parts, unit)
            if len(table.problems) == last:
                return

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
            if self._is_total(unit_in_heading(bare_word(value))[0])
        ]
        self._twice(table, header)
        self._strange(table, header, {*holders, *sums, *long.values(), names}, first)
        units = self._units_below(header, (*holders, *sums))
        for row in self._body(table, header):
            label = self._label(row, names)
            if units and row == header + 1 and not self.names.indicator(label):
                continue
            values = [self.sheet.at(row, column) for column in (*holders, *sums)]
            if self._is_total(label):
                continue
            if not label and not any(value is not None for value in values):
                self._loose(table, row)
                continue
            word, of_label = unit_in_heading(label)
            indicator = self._indicator(table, row, names, word)
            unit = self._unit(table, row, long.get("unit")) or of_label
            beside = {name: n for name, n in long.items() if name in BESIDE}
            more = self._more(table, row, beside)
            found: dict[int, TaskCell] = {}
            known = len(table.problems)
            for column, holder in holders.items():
                asked = self._asked(table, row, column, unit or units.get(column) or above)
                if asked is not None and indicator is not None:
                    found[column] = asked
                    cell = self._name(row, column)
                    table.targets.append(TableTarget(cell, indicator, holder, asked, more))
            # A sum with an unreadable cell is not checked: that cell is told already.
            if sums and len(table.problems) == known:
                parts = self._added({holders[n][1]: asked for n, asked in found.items()})
                for column in sums:
                    own = unit or units.get(column) or above
                    self._check_sum(table, row, column, parts, own)
        return table

    def _across(
        self, header: int, indicators: Mapping[int, tuple[str, UnitOfMeasure | None]]
    ) -> TaskTable:
        table = TaskTable(self.sheet.name, "matrix")
        above = self._note_above(header)
        names = self._first_label(header, min(indicators))
        self._strange(table, header, {*indicators, names}, min(indicators))
        units = self._units_below(header, indicators)
        measured = {n: unit or units.get(n) or above for n, (_, unit) in indicators.items()}
        parts: dict[int, dict[str, TaskCell]] = {column: {} for column in indicators}
        sums: list[int] = []
        unread: set[int] = set()
        for row in self._body(table, header):
            label = self._label(row, names)
            if units and row == header + 1 and not self.names.holder(label):
                continue
            if self._is_total(label):
                sums.append(row)
                continue
            if not label and all(self.sheet.at(row, column) is None for column in indicators):
                self._loose(table, row)
                continue
            holder = self._holder(table, row, names, label)
            for column, (indicator, _) in indicators.items():
                known = len(table.problems)
                asked = self._asked(table, row, column, measured[column])
                if len(table.problems) > known or holder is None:
                    unread.add(column)
                if asked is not None and holder is not None:
                    parts[column][holder[1]] = asked
                    cell = self._name(row, column)
                    table.targets.append(TableTarget(cell, indicator, holder, asked, {}))
        added = {n: self._added(parts[n]) for n in indicators if sums and n not in unread}
        for row, column in product(sums, added):
            self._check_sum(table, row, column, added[column], measured[column])
        return table
