"""Targets of a plan as a task table that comes in again unchanged: long, or a matrix with 合计."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

from sqlalchemy import Connection

from data.quantities import UnitOfMeasure, rounded, total
from data.task_cells import task_cell_text
from data.writing.xlsx import as_xlsx
from service.accounts.db.accounts import Account
from service.plans.db.targets import LIVE, TargetFilter, list_targets
from service.plans.holders import HOLDERS, Holders
from service.plans.indicators import Words, words_in_use
from service.plans.table_words import HolderWords
from service.plans.targets import TARGET_STATES
from service.web.row_limits import FileLimit, Things

__all__ = ["Layout", "target_book"]

Layout = Literal["long", "matrix"]
TARGETS: Final = Things("项任务", "targets")
_HEADS: Final = {
    "indicator": "指标",
    "holder": "责任主体",
    "value": "任务量",
    "unit": "计量单位",
    "lead": "牵头单位",
    "with_units": "配合单位",
    "due": "完成时限",
    "clause": "条款",
    "state": "状态",
    "revision": "修订",
}
_DIGITS: Final = 6


def target_book(
    connection: Connection,
    account: Account,
    plan: Mapping[str, Any],
    filters: TargetFilter,
    layout: Layout,
    limit: FileLimit,
) -> bytes:
    """The live targets of a plan as a workbook.

    Raises
    ------
    Problem
        422 ``too_many_rows``.
    """
    rows = list_targets(connection, account, filters, limit=limit.limit + 1)
    rows = [row for row in limit.within(rows, TARGETS) if row["state"] in LIVE]
    words, holders = words_in_use(connection), Holders(connection, account)
    table = _Table(words, holders, HolderWords(connection, account, holders))
    heads, lines = table.long(rows) if layout == "long" else table.matrix(rows)
    demo = ["示例任务，虚构 invented example"] if plan["demo"] else []
    notes = [
        f"计划 plan: {plan['label']}（{plan['code']}，{plan['first']} – {plan['after']}）",
        *demo,
        "改好后可原样导入：luotu import targets 文件 --into 计划代码，或工作台“任务”页。",
        "任务量可写 50万亩、2-3条、≥50公里、4000万株以上、力争1000个；合计须等于各格之和。",
        "Figures may be written as 50万亩, 2-3条, ≥50公里, 4000万株以上, 力争1000个.",
    ]
    return as_xlsx("任务分解表", heads, lines, notes)


class _Table:
    def __init__(self, words: Words, holders: Holders, known: HolderWords) -> None:
        self.words, self.holders, self.known = words, holders, known

    def _indicator(self, row: Mapping[str, Any]) -> str:
        indicator = self.words.indicators.get(row["indicator"])
        return row["indicator"] if indicator is None else indicator.label

    def _holder(self, row: Mapping[str, Any]) -> tuple[str, str]:
        field = next(name for name in HOLDERS if row[name] is not None)
        return row[field], self.known.word(field, row[field], row["name"])

    def _unit_name(self, code: str) -> str:
        unit = self.holders.units.get(code)
        name = code if unit is None else unit["name"]
        return name if self.holders.units.get(name, {}).get("code") == code else code

    def long(
        self, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """A row a target."""
        lines = []
        for row in rows:
            unit = self.words.units.get(row["measured_in"])
            lines.append(
                {
                    "indicator": self._indicator(row),
                    "holder": self._holder(row)[1],
                    "value": _cell(row, unit, unit),
                    "unit": row["measured_in"] if unit is None else unit.label,
                    "lead": None if row["lead"] is None else self._unit_name(row["lead"]),
                    "with_units": "、".join(self._unit_name(code) for code in row["with_units"]),
                    "due": row["due"],
                    "clause": row["clause"],
                    "state": TARGET_STATES[row["state"]],
                    "revision": row["revision"],
                }
            )
        return dict(_HEADS), lines

    def matrix(
        self, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """A row an indicator, a column a district, area or unit, and the sum of those."""
        columns = dict(sorted({self._holder(row) for row in rows}))
        heads = {"indicator": "指标", "unit": "计量单位", **columns, "sum": "合计"}
        by_indicator: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            by_indicator.setdefault(row["indicator"], []).append(row)
        lines = []
        for cells in by_indicator.values():
            common = Counter(row["measured_in"] for row in cells).most_common(1)[0][0]
            unit = self.words.units.get(common)
            line: dict[str, Any] = {
                **dict.fromkeys(heads),
                "indicator": self._indicator(cells[0]),
                "unit": common if unit is None else unit.label,
                "sum": self._sum(cells, unit),
            }
            for row in cells:
                own = self.words.units.get(row["measured_in"])
                line[self._holder(row)[0]] = _cell(row, own, unit)
            lines.append(line)
        return heads, lines

    def _sum(self, cells: Sequence[Mapping[str, Any]], unit: UnitOfMeasure | None) -> Any:
        """The sum of those that lie in no other; None where it is no definite figure."""
        indicator = self.words.indicators.get(cells[0]["indicator"])
        there = {self._holder(row)[0] for row in cells}
        roots = [row for row in cells if not there & set(self.holders.above(self._holder(row)[0]))]
        definite = all(row["lower"] is not None and row["upper"] is None for row in roots)
        if unit is None or indicator is None or not indicator.adds_up or not definite:
            return None
        added = total((row["lower"], self.words.units[row["measured_in"]]) for row in roots)
        shown = rounded(unit.from_base(added), _DIGITS)
        return _plain(shown) if unit.to_base(shown) == added else None


def _cell(
    row: Mapping[str, Any], own: UnitOfMeasure | None, unit: UnitOfMeasure | None
) -> int | float | str | None:
    """A figure in the unit of its row or heading as a number, any other as it is written."""
    if row["lower"] is None:
        return None
    same = own is not None and own == unit
    if same and row["upper"] is None and row["strictness"] == "must":
        return _plain(row["lower"])
    return task_cell_text(row["lower"], row["upper"], row["strictness"], None if same else own)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
