"""Acceptance rules from a table: the survival rate at which planting is qualified, by place.

A row is the rule of one or more places. Its form is that of ``data/codes/acceptance_rule.csv``,
which comes with the product; an office brings its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from data.cell_values import written_float
from data.codes import Code, codes_of_rows
from data.errors import FileRefused
from data.table_rows import table_rows
from gis.messages import InvalidValueError, Message, MessageError

__all__ = ["AcceptanceRule", "acceptance_rule", "is_acceptance_table", "read_acceptance_rules"]

RATIOS: Final = ("survival_from", "redo_up_to", "preservation_from", "area_tolerance")
_MARK: Final = "survival_from"


class AcceptanceRule(NamedTuple):
    """Acceptance limits of plots in some places; all figures are ratios."""

    code: str
    label_zh: str
    label_en: str
    places: tuple[str, ...]
    """First digits of district codes; empty for the rule of all other places."""
    survival_from: float
    """成活率 from which planting is qualified."""
    redo_up_to: float
    """成活率 up to which the plot is planted anew; between the two it is replanted."""
    preservation_from: float
    """保存率 from which planting is qualified."""
    area_tolerance: float
    """By how much the verified area may exceed the measured one."""
    status: str
    source: str


def acceptance_rule(
    code: str, label_zh: str, label_en: str, source: str, more: Mapping[str, str]
) -> AcceptanceRule:
    """A row as a rule.

    Raises
    ------
    ValueError
        A ratio is missing, no number, or not within 0 and 1; ``redo_up_to`` is not below
        ``survival_from``; a place is no district code.

    Examples
    --------
    >>> more = {"place": "65 1529", "survival_from": "0.7", "redo_up_to": "0.4",
    ...         "preservation_from": "0.65", "area_tolerance": "0.01"}
    >>> rule = acceptance_rule("DRY", "干旱区", "dry", "本地", more)
    >>> rule.places, rule.survival_from
    (('65', '1529'), 0.7)
    """
    ratios = {name: _ratio(code, name, more.get(name, "")) for name in RATIOS}
    if ratios["redo_up_to"] >= ratios["survival_from"]:
        raise InvalidValueError(
            Message(
                f"{code}：redo_up_to 应小于 survival_from。",
                f"{code}: redo_up_to must be less than survival_from.",
            )
        )
    places = tuple(more.get("place", "").split())
    for place in places:
        if not (place.isascii() and place.isdigit()):
            raise InvalidValueError(
                Message(
                    f"{code}：place {place!r} 应为行政区划代码或其前几位。",
                    f"{code}: place {place!r} is not a district code or its first digits.",
                )
            )
    return AcceptanceRule(
        code,
        label_zh,
        label_en,
        places,
        ratios["survival_from"],
        ratios["redo_up_to"],
        ratios["preservation_from"],
        ratios["area_tolerance"],
        more.get("status", "") or "cited",
        source,
    )


def _ratio(code: str, name: str, cell: object) -> float:
    try:
        number = written_float(str(cell))
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:
        raise InvalidValueError(
            Message(
                f"{code}：{name} 应为 0 到 1 的比值，写的是 {str(cell)[:20]!r}。",
                f"{code}: {name} is a ratio from 0 to 1, not {str(cell)[:20]!r}.",
            )
        )
    return number


def is_acceptance_table(path: Path) -> bool:
    """Whether a table has the headings of rules of acceptance; raises as `table_rows`."""
    return _MARK in table_rows(path).heading


def read_acceptance_rules(path: Path) -> list[Code]:
    """Read rules from a CSV file in any encoding or a workbook, as rows of a code list.

    Raises
    ------
    FileRefused
        As `data.table_rows.table_rows`; ``bad_rule`` with the row and what is wrong with it:
        nothing of the file is taken.
    """
    table = table_rows(path)
    try:
        rows = list(codes_of_rows("acceptance_rule", table.heading, table.rows, path.name))
        for row in rows:
            acceptance_rule(row.code, row.label_zh, row.label_en, row.source, row.more)
        _refuse_two_of_a_place(rows)
    except ValueError as error:
        message = (
            error.message if isinstance(error, MessageError) else Message(str(error), str(error))
        )
        raise FileRefused(
            "bad_rule",
            message,
            Message(
                "请以 data/codes/acceptance_rule.csv 为样",
                "take data/codes/acceptance_rule.csv as model",
            ),
        ).about(path.name) from None
    return rows


def _refuse_two_of_a_place(rows: list[Code]) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        for place in row.more.get("place", "").split() or [""]:
            if place in seen:
                where = place or "（各地 everywhere）"
                raise InvalidValueError(
                    Message(
                        f"{seen[place]} 和 {row.code} 都是 {where} 的规则，请留一条。",
                        f"{seen[place]} and {row.code} are both rules of {where}: keep one.",
                    )
                )
            seen[place] = row.code
