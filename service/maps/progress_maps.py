"""The map of tasks: every district of the scope with the figures of the plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from maps import progress_map
from maps.caption import ALL_DISTRICTS, Caption, Words
from maps.page import Page
from maps.words import Pair
from service.coverage.rollup import boundary_words
from service.districts.db import districts as district_queries
from service.progress.answers import Books, progress
from service.progress.book import Reader
from service.progress.progress_row import ProgressQuestion
from service.progress.table import STATES
from service.web.timestamps import in_both_languages

__all__ = ["ProgressMapQuestion", "progress_page"]

LEVELS = ("county", "city", "province")


@dataclass(frozen=True)
class ProgressMapQuestion:
    """What the map is to show; ``expires`` is stamped in, ``download`` is its address as a file."""

    question: ProgressQuestion
    expires: date | None = None
    download: str = ""


def progress_page(
    reader: Reader, plans: Sequence[Mapping[str, Any]], asked: ProgressMapQuestion
) -> Page:
    """Draw the progress of some plans, for districts of all levels."""
    books = Books(reader, asked.question.moment)
    answers = [
        progress(reader, plans, replace(asked.question, level=level), books) for level in LEVELS
    ]
    rows = [row for answer in answers for row in answer.rows]
    codes = list(dict.fromkeys(row.code for row in rows))
    tree = district_queries.tree(reader.connection)
    if not codes:
        inside = tree.at("county", asked.question.district)
        codes = [node.code for node in inside if reader.account.covers(node.code)]
    shapes = district_queries.frame(reader.connection, codes)
    shapes["parent_name"] = [tree[code].name if code in tree else None for code in shapes["parent"]]
    figures = [
        {
            **row.table_row(),
            "indicator": f"{row.plan} {row.indicator}",
            "label": _of_plan(row.plan, row.indicator_label, plans),
            "label_en": _of_plan(row.plan, row.indicator_label_en, plans),
            "state": None if row.state is None else str(STATES[row.state]),
        }
        for row in rows
    ]
    columns = ["code", "indicator", "label", "label_en", "measured_in"]
    table = pd.DataFrame(figures) if figures else pd.DataFrame(columns=columns)
    caption = Caption(
        title=_title(plans),
        source="落图 Luotu",
        as_of=in_both_languages(answers[0].as_of),
        scope=_scope_words(reader, asked.question.district, tree),
        vintage=boundary_words(tree[code] for code in codes if code in tree),
        expires=asked.expires,
        download=asked.download,
        invented=any(plan["demo"] for plan in plans),
    )
    return progress_map.build(shapes, table, caption=caption)


def _title(plans: Sequence[Mapping[str, Any]]) -> Pair:
    """With the plan, where there is one."""
    if len(plans) != 1:
        return "任务进度", "Progress of tasks"
    label = plans[0]["label"]
    return f"任务进度 · {label}", f"Progress of tasks · {label}"


def _of_plan(code: str, label: str, plans: Sequence[Mapping[str, Any]]) -> str:
    """The label of an indicator, with its plan where there are several."""
    return label if len(plans) == 1 else f"{label}（{code}）"


def _scope_words(reader: Reader, district: str | None, tree: Any) -> Words:
    given = reader.account.scope if district is None else (district,)
    return "、".join(tree[code].name for code in given if code in tree) or ALL_DISTRICTS
