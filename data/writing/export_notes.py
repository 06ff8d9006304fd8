"""Notes on an exported file of plots: stages, reviews, and properties without a field."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from data.codes import code_list
from data.columns import Column
from data.schemas import Schema, field_mapping
from data.writing.attributes import DERIVED
from data.writing.tables import Table
from gis.messages import Message

__all__ = ["LostProperties", "PlotSums", "StageGate", "StageSums"]

_APPROVED: Final = "approved"
# Told elsewhere: the shape itself, what official files brought, moments of fixes, our own flag.
_NO_PROPERTY: Final = frozenset({"geometry", "extra", "times", "demo"})


class StageSums:
    """Plots and square metres of each stage, batch by batch."""

    def __init__(self) -> None:
        self._counts: Counter[object] = Counter()
        self._m2: defaultdict[object, float] = defaultdict(float)

    def add(self, table: Table) -> None:
        """Count the plots of a batch; one without stages adds nothing."""
        if "stage" not in table.columns:
            return
        stages = table.columns["stage"]
        areas = zip(stages.tolist(), table.column("area_m2").tolist(), strict=True)
        _count(self._counts, stages)
        for stage, area in areas:
            if isinstance(area, int | float):
                self._m2[stage] += area

    @property
    def count(self) -> int:
        """All plots."""
        return self._counts.total()

    def words(self) -> tuple[str, str]:
        """The sums in Chinese and English, in the order of the stages."""
        stages = code_list("stage")
        order = [stage.code for stage in stages]
        zh, en = [], []
        for stage in sorted(
            self._counts, key=lambda code: order.index(code) if code in order else 99
        ):
            count, m2 = self._counts[stage], self._m2[stage]
            zh.append(f"{stages.label(_text(stage)) or '未填'} {count} 个 {m2:.2f} m²")
            en.append(f"{stage or 'not given'} {count} ({m2:.2f} m²)")
        return "，".join(zh), ", ".join(en)


class StageGate:
    """Lets through the plots whose stage a schema takes, and counts the others."""

    def __init__(self, table: Schema) -> None:
        self._table = table
        self._others = StageSums()

    def taken(self, table: Table) -> Table:
        """The plots of a batch that are taken; without a stage, rows are taken as they are."""
        if not self._table.stages or "stage" not in table.columns:
            return table
        stages = table.columns["stage"]
        other = [
            place
            for place, stage in enumerate(stages.values)
            if stage is not None and stage not in self._table.stages
        ]
        left = np.array(stages.rows_with(other), dtype=np.intp)
        if not len(left):
            return table
        self._others.add(table.taken(left))
        return table.taken(np.delete(np.arange(table.rows), left))

    @property
    def left_out(self) -> int:
        """How many plots were not taken."""
        return self._others.count

    def notes(self) -> tuple[Message, ...]:
        """A sentence on the others; nothing when there are none."""
        if not self.left_out:
            return ()
        named = "、".join(str(code_list("stage").label(stage)) for stage in self._table.stages)
        zh, en = self._others.words()
        return (
            Message(
                f"字段表 {self._table.name} 只收阶段为{named}的图斑，未写出：{zh}。",
                f"{self._table.name} takes the stages {', '.join(self._table.stages)} only; left "
                f"out: {en}.",
            ),
        )


class PlotSums:
    """Sums of a file of plots by stage, and how many of them are not approved.

    Examples
    --------
    >>> import pandas as pd
    >>> sums = PlotSums()
    >>> sums.add(Table.of(pd.DataFrame({"stage": ["planned", "planted"], "area_m2": [10.0, 20.5],
    ...                                 "review": ["approved", "draft"]})))
    >>> for line in sums.notes():
    ...     print(line)
    含未审核图斑 1 个：草稿 1。 Holds 1 plots that are not approved: draft 1.
    按阶段：计划 1 个 10.00 m²，已造林 1 个 20.50 m²。 By stage: planned 1 (10.00 m²), planted 1 (20.50 m²).
    """  # noqa: E501 - a line of the report

    def __init__(self) -> None:
        self._stages = StageSums()
        self._reviews: Counter[object] = Counter()

    def add(self, table: Table) -> None:
        """Count the plots of a batch."""
        self._stages.add(table)
        if "review" in table.columns:
            _count(self._reviews, table.columns["review"])

    @property
    def unreviewed(self) -> int:
        """How many plots are not approved; 0 where rows have no review."""
        return self._reviews.total() - self._reviews[_APPROVED]

    def notes(self) -> tuple[Message, ...]:
        """Whole sentences; none where there is nothing to tell."""
        notes = []
        if self.unreviewed:
            zh, en = self._words_of_reviews()
            notes.append(
                Message(
                    f"含未审核图斑 {self.unreviewed} 个：{zh}。",
                    f"Holds {self.unreviewed} plots that are not approved: {en}.",
                )
            )
        if self._stages.count:
            zh, en = self._stages.words()
            notes.append(
                Message(
                    f"按阶段：{zh}。",
                    f"By stage: {en}.",
                )
            )
        return tuple(notes)

    def _words_of_reviews(self) -> tuple[str, str]:
        known = code_list("review")
        others = {state: n for state, n in self._reviews.items() if state != _APPROVED and n}
        return (
            "，".join(f"{known.label(_text(s)) or '未填'} {n}" for s, n in others.items()),
            ", ".join(f"{s or 'not given'} {n}" for s, n in others.items()),
        )


class LostProperties:
    """Properties that have values and no field in a schema, with the number of rows."""

    def __init__(self, table: Schema) -> None:
        self._table = table
        filled = set(field_mapping(table.name).values())
        self._used = filled | {source for name in filled for source in _sources(name)}
        self._counts: Counter[str] = Counter()

    def add(self, table: Table) -> None:
        """Count the values of a batch."""
        for name, column in table.columns.items():
            if name not in self._used | _NO_PROPERTY and name not in DERIVED:
                self._counts[name] += _having(column, _has_something)
        extra = table.column("extra")
        others = {
            name
            for official in extra.values
            if isinstance(official, dict)
            for name in official
            if name != self._table.name
        }
        for name in sorted(others):
            self._counts[f"extra.{name}"] += _having(extra, partial(_has_official, name))

    def notes(self) -> tuple[Message, ...]:
        """A sentence on them; nothing when all have a field."""
        counted = [f"{name} {count}" for name, count in self._counts.items() if count]
        if not counted:
            return ()
        listed = "、".join(counted)
        return (
            Message(
                f"字段表 {self._table.name} 没有相应字段、未写出的属性（后为有值的行数）："
                f"{listed}；"
                "需要时请另用 .gpkg 或 .geojson 导出。",
                f"Properties that {self._table.name} has no field for, with the number of rows "
                f"that have them: {', '.join(counted)}; write a .gpkg or .geojson for them.",
            ),
        )


def _count(counter: Counter[object], column: Column) -> None:
    for value, count in zip(column.values, column.counts(), strict=True):
        if count:
            counter[value] += count


def _having(column: Column, has: Callable[[object], bool]) -> int:
    """How many rows have a value of which something is true."""
    return len(column.rows_with([n for n, value in enumerate(column.values) if has(value)]))


def _has_official(name: str, extra: object) -> bool:
    return isinstance(extra, dict) and bool(extra.get(name))


def _has_something(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def _sources(name: str) -> tuple[str, ...]:
    return DERIVED[name][0] if name in DERIVED else ()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
