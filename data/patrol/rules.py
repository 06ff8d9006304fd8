"""Patrol rules from a table: how often each level is walked, and what counts.

A row is a rule for the zones of one level in one place. Its form is that of
``data/codes/patrol_rule.csv``, which comes with the product; an office brings its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from data.cell_values import written_float
from data.codes import FOLDER, code_list
from data.errors import FileRefused, sentence
from data.table_rows import TableRows, table_rows
from gis.messages import Message

__all__ = ["COLUMNS", "RuleProblem", "RuleTable", "read_patrol_rules", "shipped_patrol_rules"]

UNITS: Final = ("week", "month", "quarter", "half_year", "year")
COLUMNS: Final = (
    "code",
    "label_zh",
    "label_en",
    "level",
    "place",
    "unit",
    "visits",
    "day_from",
    "day_to",
    "days",
    "every_third",
    "min_length_m",
    "min_minutes",
    "max_repeated",
    "max_silent_min",
    "swath_m",
    "max_speed_m_s",
    "max_gap_s",
    "source",
)
_NEEDED: Final = ("code", "label_zh", "level", "source")
_NUMBERS: Final[Mapping[str, tuple[float | None, float, float]]] = {
    # the default (None: no limit), the smallest and the largest value that a rule may have
    "min_length_m": (0.0, 0.0, 1e6),
    "min_minutes": (0.0, 0.0, 1440.0),
    "max_repeated": (1.0, 0.0, 1.0),
    "max_silent_min": (None, 0.0, 1440.0),
    "swath_m": (50.0, 1.0, 1000.0),
    "max_speed_m_s": (5.0, 0.1, 100.0),
    "max_gap_s": (300.0, 1.0, 86_400.0),
}
_YES: Final = {"1": True, "true": True, "是": True, "0": False, "false": False, "否": False}
MONTHS: Final = 12
MAX_DAYS: Final = 31


class RuleProblem(NamedTuple):
    """Why a row is refused."""

    row: int
    """Row of the table, counted from 1 below its heading."""
    field: str
    code: str
    """``missing``, ``unknown_code``, ``not_a_number``, ``out_of_range`` or ``repeated``."""
    message: Message


class RuleTable(NamedTuple):
    """The rules of a table; rows with a problem are kept apart."""

    rules: list[dict[str, Any]]
    """`COLUMNS` to values: `days` a list of twelve or None, numbers as numbers."""
    problems: list[RuleProblem]
    notes: list[Message]
    """Of the reading: encoding, titles and sums."""


def shipped_patrol_rules() -> list[dict[str, Any]]:
    """The rules that come with the product.

    Examples
    --------
    >>> [rule["visits"] for rule in shipped_patrol_rules() if rule["code"] == "ZG-Q"]
    [1]
    """
    return read_patrol_rules(FOLDER / "patrol_rule.csv").rules


def read_patrol_rules(path: Path) -> RuleTable:
    """Read rules from a CSV file in any encoding, or a workbook.

    Raises
    ------
    FileRefused
        As `data.table_rows.table_rows`; ``no_such_column``: the file is no table of rules at all.
    """
    table = table_rows(path)
    missing = [name for name in _NEEDED if name not in table.heading]
    if missing:
        raise FileRefused(
            "no_such_column",
            Message(f"缺少列 {'、'.join(missing)}", f"it lacks the columns {', '.join(missing)}"),
            Message(
                "请以 data/codes/patrol_rule.csv 为样", "take data/codes/patrol_rule.csv as model"
            ),
        ).about(path.name)
    return _table(table)


def _table(table: TableRows) -> RuleTable:
    rules, problems = [], []
    seen: dict[tuple[str, str], int] = {}
    for number, raw in enumerate(table.rows, start=1):
        cells = {name: raw.get(name, "").strip() for name in COLUMNS}
        rule, problems_of_row = _rule(cells, number)
        place = (cells["level"], cells["place"])
        if not problems_of_row and place in seen:
            words = Message(
                f"第 {seen[place]} 行已有同级、同地的规则，请留一条。",
                f"Row {seen[place]} is a rule for the same level and place: keep one.",
            )
            problems_of_row = [RuleProblem(number, "place", "repeated", words)]
        if problems_of_row:
            problems += problems_of_row
            continue
        seen[place] = number
        rules.append(rule)
    return RuleTable(rules, problems, [sentence(note) for note in table.notes])


def _rule(cells: Mapping[str, str], row: int) -> tuple[dict[str, Any], list[RuleProblem]]:
    rule: dict[str, Any] = dict(cells)
    problems = [
        RuleProblem(
            row,
            name,
            "missing",
            Message(
                f"{name} 为空，请补上。",
                f"{name} is empty: fill it in.",
            ),
        )
        for name in _NEEDED
        if not cells[name]
    ]

    def wrong(field: str, code: str, zh: str, en: str) -> None:
        problems.append(RuleProblem(row, field, code, Message(zh, en)))

    levels = [level.code for level in code_list("zone_level")]
    if cells["level"] and cells["level"] not in levels:
        listed = "、".join(levels)
        wrong(
            "level",
            "unknown_code",
            f"没有级别 {cells['level']!r}，可用：{listed}。",
            f"No such level; there are {listed}.",
        )
    if cells["place"] and not (cells["place"].isascii() and cells["place"].isdigit()):
        wrong(
            "place",
            "not_a_number",
            "place 应为行政区划代码或其前几位。",
            "place is a district code or its first digits.",
        )
    _frequency(cells, rule, wrong)
    third = cells["every_third"].casefold()
    if third and third not in _YES:
        wrong("every_third", "unknown_code", "every_third 应为 1 或 0。", "It is 1 or 0.")
    rule["every_third"] = _YES.get(third, False)
    for name, (default, least, most) in _NUMBERS.items():
        rule[name] = default
        if cells[name]:
            number = _number(cells[name])
            if number is None:
                wrong(name, "not_a_number", f"{name} 应为数字。", f"{name} is a number.")
            elif not least <= number <= most:
                wrong(
                    name,
                    "out_of_range",
                    f"{name} 应在 {least:g} 与 {most:g} 之间。",
                    f"{name} lies between {least:g} and {most:g}.",
                )
            else:
                rule[name] = number
    rule["label_en"] = cells["label_en"] or cells["label_zh"]
    return rule, problems


def _frequency(cells: Mapping[str, str], rule: dict[str, Any], wrong: Any) -> None:
    """Visits in a unit, days in each month, or both."""
    visits = _number(cells["visits"]) if cells["visits"] else None
    rule["visits"] = int(visits) if visits is not None else None
    rule["unit"] = cells["unit"] or None
    if cells["visits"] and (visits is None or visits != int(visits) or not 1 <= visits <= 1000):
        wrong("visits", "not_a_number", "visits 应为正整数。", "visits is a whole number from 1.")
    if cells["unit"] and cells["unit"] not in UNITS:
        listed = "、".join(UNITS)
        wrong("unit", "unknown_code", f"unit 应为 {listed} 之一。", f"unit is one of {listed}.")
    for name, usual in (("day_from", 1), ("day_to", MAX_DAYS)):
        day = _number(cells[name]) if cells[name] else float(usual)
        rule[name] = usual
        if day is None or day != int(day) or not 1 <= day <= MAX_DAYS:
            wrong(name, "not_a_number", f"{name} 应为 1 至 31。", f"{name} is a day, 1 to 31.")
        else:
            rule[name] = int(day)
    if bool(cells["visits"]) != bool(cells["unit"]):
        wrong("unit", "missing", "visits 与 unit 须同时填写。", "visits and unit go together.")
    days = [_number(text) for text in cells["days"].split()]
    if cells["days"] and (
        len(days) != MONTHS
        or any(count is None or count != int(count) or not 0 <= count <= MAX_DAYS for count in days)
    ):
        wrong(
            "days",
            "not_a_number",
            "days 应为 12 个整数，一月至十二月。",
            "days are twelve whole numbers, January to December.",
        )
        days = []
    rule["days"] = [int(count) for count in days if count is not None] or None
    if not cells["visits"] and not cells["days"]:
        wrong(
            "visits",
            "missing",
            "既无次数也无天数，规则没有要求任何巡护。",
            "Neither visits nor days: the rule asks for nothing.",
        )


def _number(text: str) -> float | None:
    try:
        number = written_float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
