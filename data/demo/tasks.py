"""Tasks of the demo: what five papers of 2020 to 2024 ask for, as plans and targets (示例任务).

They stand in ``task_plans.csv``, ``task_targets.csv`` and ``task_figures.csv`` beside this module.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["DemoFigure", "DemoPlan", "DemoTarget", "demo_plans"]

_FOLDER: Final = Path(__file__).parent


class DemoTarget(NamedTuple):
    """A target of a paper, in the words of a task table."""

    indicator: str
    district: str
    asked: str
    """As in a cell of a task table: 50万亩, 2-3条; empty for a milestone."""
    due: date | None
    clause: str | None


class DemoFigure(NamedTuple):
    """What the paper says was done."""

    indicator: str
    district: str
    on_day: date
    value: Decimal
    measured_in: str
    qualifier: str


class DemoPlan(NamedTuple):
    """A paper with its targets."""

    code: str
    label: str
    kind: str
    first: date
    after: date
    counts_by: str
    district: str
    issuer: str
    document_no: str | None
    parent: str | None
    targets: tuple[DemoTarget, ...]
    figures: tuple[DemoFigure, ...]


@cache
def demo_plans() -> tuple[DemoPlan, ...]:
    """The plans; one that has a parent stands after it.

    >>> [target.asked for target in demo_plans()[0].targets]
    ['200万亩', '1000个', '8800亩']
    """
    return tuple(
        DemoPlan(
            first=date.fromisoformat(row.pop("first")),
            after=date.fromisoformat(row.pop("after")),
            document_no=row.pop("document_no") or None,
            parent=row.pop("parent") or None,
            targets=tuple(_targets(row["code"])),
            figures=tuple(_figures(row["code"])),
            **row,
        )
        for row in _rows("task_plans")
    )


def _rows(name: str, plan: str | None = None) -> Iterator[dict[str, str]]:
    """The rows of a file; of one plan only, without its code."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if plan is None or row.pop("plan") == plan:
                yield row


def _targets(plan: str) -> Iterator[DemoTarget]:
    for row in _rows("task_targets", plan):
        due = row.pop("due")
        yield DemoTarget(
            due=date.fromisoformat(due) if due else None, clause=row.pop("clause") or None, **row
        )


def _figures(plan: str) -> Iterator[DemoFigure]:
    for row in _rows("task_figures", plan):
        on_day, value = date.fromisoformat(row.pop("on_day")), Decimal(row.pop("value"))
        yield DemoFigure(on_day=on_day, value=value, **row)
