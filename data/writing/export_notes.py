"""Notes on an exported file of plots: stages, reviews, and properties without a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import pandas as pd

from data.codes import code_list
from data.schemas import Schema, field_mapping
from data.writing.attributes import DERIVED, property_values
from gis.messages import Message

__all__ = ["left_out", "plot_notes", "unreviewed_count", "within_stages"]

_APPROVED: Final = "approved"
# Told elsewhere: the shape itself, what official files brought, moments of fixes, our own flag.
_NO_PROPERTY: Final = frozenset({"geometry", "extra", "times", "demo"})


def within_stages(
    frame: gpd.GeoDataFrame, table: Schema
) -> tuple[gpd.GeoDataFrame, tuple[Message, ...]]:
    """The plots whose stage a schema takes, and a sentence on the others.

    Parameters
    ----------
    frame
        With a column ``stage``; without one, and where it is empty, rows are taken as they are.
    table
        Its ``stages``; none means that it takes all.

    Returns
    -------
    frame, notes
        Notes are empty when nothing was left out.
    """
    if not table.stages or "stage" not in frame.columns:
        return frame, ()
    stages = property_values(frame, "stage")
    taken = [stage is None or stage in table.stages for stage in stages]
    if all(taken):
        return frame, ()
    named = "、".join(str(code_list("stage").label(stage)) for stage in table.stages)
    zh, en = _sums(frame[[not is_taken for is_taken in taken]])
    note = Message(
        f"字段表 {table.name} 只收阶段为{named}的图斑，未写出：{zh}。",
        f"{table.name} takes the stages {', '.join(table.stages)} only; left out: {en}.",
    )
    return frame[taken], (note,)


def plot_notes(frame: pd.DataFrame) -> tuple[Message, ...]:
    """Sums of a file of plots by stage, and that it holds plots which are not approved.

    Examples
    --------
    >>> rows = pd.DataFrame({"stage": ["planned", "planted"], "area_m2": [10.0, 20.5],
    ...                      "review": ["approved", "draft"]})
    >>> for line in plot_notes(rows):
    ...     print(line)
    含未审核图斑 1 个：草稿 1。 Holds 1 plots that are not approved: draft 1.
    按阶段：计划 1 个 10.00 m²，已造林 1 个 20.50 m²。 By stage: planned 1 (10.00 m²), planted 1 (20.50 m²).
    """  # noqa: E501 - a line of the report
    notes = []
    if count := unreviewed_count(frame):
        reviews = [state for state in property_values(frame, "review") if state != _APPROVED]
        zh, en = _counts(reviews, "review")
        notes.append(
            Message(
                f"含未审核图斑 {count} 个：{zh}。",
                f"Holds {count} plots that are not approved: {en}.",
            )
        )
    if "stage" in frame.columns and len(frame):
        zh, en = _sums(frame)
        notes.append(
            Message(
                f"按阶段：{zh}。",
                f"By stage: {en}.",
            )
        )
    return tuple(notes)


def unreviewed_count(frame: pd.DataFrame) -> int:
    """How many plots are not approved; 0 where the frame has no review."""
    if "review" not in frame.columns:
        return 0
    return sum(state != _APPROVED for state in property_values(frame, "review"))


def left_out(frame: pd.DataFrame, table: Schema) -> tuple[Message, ...]:
    """A sentence on the properties that have values and no field in a schema."""
    filled = set(field_mapping(table.name).values())
    used = filled | {source for name in filled for source in _sources(name)}
    counts = {
        str(name): sum(_has_something(value) for value in property_values(frame, str(name)))
        for name in frame.columns
        if name not in used | _NO_PROPERTY and name not in DERIVED
    }
    others = [
        name
        for official in property_values(frame, "extra")
        if isinstance(official, dict)
        for name, values in official.items()
        if name != table.name and values
    ]
    counts |= {f"extra.{name}": others.count(name) for name in dict.fromkeys(others)}
    counted = [f"{name} {count}" for name, count in counts.items() if count]
    if not counted:
        return ()
    listed = "、".join(counted)
    return (
        Message(
            f"字段表 {table.name} 没有相应字段、未写出的属性（后为有值的行数）：{listed}；"
            "需要时请另用 .gpkg 或 .geojson 导出。",
            f"Properties that {table.name} has no field for, with the number of rows that have "
            f"them: {', '.join(counted)}; write a .gpkg or .geojson for them.",
        ),
    )


def _has_something(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def _sources(name: str) -> tuple[str, ...]:
    return DERIVED[name][0] if name in DERIVED else ()


def _sums(frame: pd.DataFrame) -> tuple[str, str]:
    """Plots and square metres of each stage, in Chinese and English."""
    stages = code_list("stage")
    given = property_values(frame, "stage")
    areas = property_values(frame, "area_m2")
    order = [stage.code for stage in stages]
    zh, en = [], []
    for stage in sorted(set(given), key=lambda code: order.index(code) if code in order else 99):
        count = given.count(stage)
        m2 = sum(
            area
            for area, of_row in zip(areas, given, strict=True)
            if of_row == stage and isinstance(area, int | float)
        )
        zh.append(f"{stages.label(_text(stage)) or '未填'} {count} 个 {m2:.2f} m²")
        en.append(f"{stage or 'not given'} {count} ({m2:.2f} m²)")
    return "，".join(zh), ", ".join(en)


def _counts(values: Sequence[object], name: str) -> tuple[str, str]:
    known = code_list(name)
    zh, en = [], []
    for value in dict.fromkeys(values):
        count = values.count(value)
        zh.append(f"{known.label(_text(value)) or '未填'} {count}")
        en.append(f"{value or 'not given'} {count}")
    return "，".join(zh), ", ".join(en)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
