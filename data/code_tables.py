"""Rows that a bureau adds to a code list: checked one by one, or read from a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

from data.codes import Code, UnknownCodeError, code_list, further_columns, shipped_list
from data.errors import FileRefused, sentence
from data.headings import headings, plain_heading
from data.indicators import MeasureError, codes_named, parse_measure, wrong_dimension
from data.no_value import NoValues
from data.quantities import DIMENSIONS, measuring_unit
from data.table_rows import table_rows
from data.text_cleaning import few, has_nul, turned, unseen
from gis.messages import Message

__all__ = ["CODED", "CodeTable", "RowProblem", "checked_row", "read_code_table"]

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# No exponents: 1e99999999 is short, and would be a hundred million digits.
_NUMBER: Final = re.compile(r"\d{1,20}(?:\.\d{1,20})?", re.ASCII)
_FRACTION: Final = re.compile(r"\d{1,20}(?:\.\d{1,20}|/\d{1,20})?", re.ASCII)
_OWN_COLUMNS: Final = ("code", "label_zh", "label_en", "source", "status", "retired", "valid_to")
_TEXTS: Final = ("code", "label_zh", "label_en", "alias")
"""Taken as they are written; another cell may say that it has no value."""
_YES: Final = frozenset(["1", "true", "是"])
_NO: Final = frozenset(["", "0", "false", "否"])
MAX_CHARS: Final = 200
MAX_MEASURE_CHARS: Final = 2_000
MAX_ROWS: Final = 10_000
LOCAL: Final = "本地"

CODED: Final[Mapping[str, str]] = {
    "green_class": "green_class",
    "native_in": "province",
    "region": "province",
}
"""Columns whose values are codes of another list; several are parted by blanks."""
# Columns that take nothing or one of a few words.
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "dimension": ("", *DIMENSIONS),
    "better": ("", "more", "less"),
    "what": ("", "register", "report", "meeting", "bulletin"),
    "every": ("", "week", "month", "quarter", "half_year", "year", "once"),
    "parameter": (
        "",
        "carbon_fraction",
        "conversion",
        "expansion",
        "root_shoot",
        "sink_rate",
        "stock",
        "wood_density",
    ),
    "certainty": ("", "measured", "default", "order_of_magnitude", "unverified"),
    "unit_kind": ("", "bureau", "committee_member", "town_office", "third_party", "other"),
}
# Columns that must be given, by list.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("green_class",),
    "unit_of_measure": ("dimension", "factor"),
    "indicator": ("dimension", "unit", "measure"),
    "duty_rule": ("what", "register", "every"),
    "carbon": ("parameter", "value", "measured_in", "certainty", "source"),
}
_DUTY_LEVELS: Final = ("", "province", "city", "county", "town", "village")
_LATER: Final = re.compile(r"\+\d{1,3}")
_NUMBERS: Final = frozenset(
    ["min_m2", "max_m2", "max_part_m2", "belt_m", "belt_minor_m", "value", "weight"]
)
MOST: Final[Mapping[str, int]] = {"digits": 6, "rank": 999, "times": 999}
"""What a whole number of a column may be at most."""


class RowProblem(NamedTuple):
    """Why a row is refused."""

    row: int | None
    """Row of the table, counted from 1 below its heading; None for a single row."""
    field: str
    code: str
    """``missing``, ``unknown_column``, ``unknown_code``, ``not_a_number``, ``not_a_date``,
    ``not_a_code``, ``too_long`` or ``repeated``."""
    message: Message


Told = Callable[[str, str, str, str], None]


class CodeTable(NamedTuple):
    """The rows of a table; those with a problem are left out of `rows`."""

    rows: list[Code]
    problems: list[RowProblem]
    notes: list[Message]


def checked_row(
    name: str, cells: Mapping[str, str], row: int | None = None
) -> tuple[Code, list[RowProblem]]:
    """A row of a bureau for the list ``name``, and what is wrong with it.

    ``cells`` are texts by column: ``code``, ``label_zh``, and as wanted ``label_en`` (else the
    Chinese label), ``source``, ``retired``, ``valid_to`` and the further columns of the list.

    Examples
    --------
    >>> code, problems = checked_row("kind", {"code": "LMXY", "label_zh": "绿美校园",
    ...                                       "green_class": "urban"})
    >>> code.label_en, code.more["green_class"], problems
    ('绿美校园', 'urban', [])
    >>> [problem.field for problem in checked_row("kind", {"code": "A B"})[1]]
    ['code', 'label_zh', 'green_class']
    """
    problems: list[RowProblem] = []

    def wrong(field: str, code: str, zh: str, en: str) -> None:
        problems.append(RowProblem(row, field, code, Message(zh, en)))

    given = {column: cell.strip() for column, cell in cells.items()}
    columns = further_columns(name)
    _check_needed(name, given, wrong)
    for column, cell in given.items():
        if column not in (*_OWN_COLUMNS, *columns):
            listed = "、".join(columns) or "—"
            wrong(
                column,
                "unknown_column",
                f"代码表 {name} 没有列 {column[:40]!r}；其他列有：{listed}。",
                f"Code list {name} has no column {column[:40]!r}; further columns: {listed}.",
            )
        else:
            _check_cell(column, cell, wrong)
    if name == "indicator" and not problems:
        _check_indicator(given, wrong)
    if name == "duty_rule" and not problems:
        _check_duty(given, wrong)
    more = {column: given.get(column, "") for column in columns}
    if given.get("retired", "").casefold() in _YES:
        more["retired"] = "true"
    if given.get("valid_to"):
        more["valid_to"] = given["valid_to"]
    low, high = more.get("min_m2"), more.get("max_m2")
    if low and high and not problems and float(low) > float(high):
        wrong("min_m2", "out_of_range", "min_m2 大于 max_m2。", "min_m2 is more than max_m2.")
    label = given.get("label_zh", "")
    code = Code(
        code=given.get("code", ""),
        label_zh=label,
        label_en=given.get("label_en") or label,
        source=given.get("source") or LOCAL,
        status="own",
        more=more,
    )
    return code, problems


def _check_needed(name: str, given: Mapping[str, str], wrong: Told) -> None:
    if not _CODE.fullmatch(given.get("code", "")):
        wrong(
            "code",
            "not_a_code",
            "code 应为 1–32 个字母、数字、点、下划线或连字符，如 LMXY。",
            "code is 1 to 32 letters, digits, dots, underscores or hyphens, as LMXY.",
        )
    for column in ("label_zh", *_NEEDED.get(name, ())):
        if not given.get(column):
            wrong(column, "missing", f"{column} 为空，请补上。", f"{column} is empty: fill it in.")


def _check_indicator(given: Mapping[str, str], wrong: Told) -> None:
    """Whether the measure is of the language, names known codes, yields what the unit measures."""
    dimension = given["dimension"]
    try:
        measure = parse_measure(given["measure"])
        unit = measuring_unit(given["unit"])
        for name, word in codes_named(measure):
            code_list(name)[word]
    except MeasureError as error:
        wrong("measure", "bad_measure", error.message.zh, error.message.en)
        return
    except UnknownCodeError as error:
        field = "unit" if "unit_of_measure" in str(error) else "measure"
        wrong(field, "unknown_code", error.message.zh, error.message.en)
        return
    other = wrong_dimension(measure, dimension)
    if other is not None:
        wrong(
            "measure",
            "wrong_dimension",
            f"measure 得出的是 {other}，指标的量纲是 {dimension}，请改其中一个。",
            f"the measure yields {other}, the indicator's dimension is {dimension}: change one.",
        )
    if unit.dimension != dimension:
        wrong(
            "unit",
            "wrong_dimension",
            f"单位 {unit.label} 的量纲是 {unit.dimension}，指标的是 {dimension}，请改其中一个。",
            f"the unit {unit.code} measures {unit.dimension}, the indicator {dimension}: "
            "change one.",
        )


def _check_duty(given: Mapping[str, str], wrong: Told) -> None:
    """Whether a duty is somebody's, and due on a day that there is."""
    if bool(given.get("level")) == bool(given.get("unit_kind")):
        wrong(
            "level",
            "missing",
            "level 与 unit_kind 须恰好写一个：按行政区级别，或按单位类别。",
            "give either level (of districts) or unit_kind (of units).",
        )
    elif given.get("level", "") not in _DUTY_LEVELS:
        known = "、".join(_DUTY_LEVELS[1:])
        wrong(
            "level",
            "unknown_code",
            f"level 没有 {given['level'][:20]!r}，可用：{known}。",
            f"level has no {given['level'][:20]!r}; there are {known}.",
        )
    due, every = given.get("due", ""), given["every"]
    right = {
        "once": due != "" and _is_day(due),
        "year": due == "" or bool(_LATER.fullmatch(due)) or _is_day(f"2023-{due}"),
    }.get(every, due == "" or bool(_LATER.fullmatch(due)))
    if not right:
        wrong(
            "due",
            "not_a_date",
            "due：一次性事项写日期 2026-12-31；按年写 05-20；其他写 +10（期末后天数）或留空。",
            "due is a day for once (2026-12-31), 05-20 for a year, else +10 (days after the end of "
            "the period) or empty.",
        )


def _check_cell(column: str, cell: str, wrong: Told) -> None:
    most = MAX_MEASURE_CHARS if column == "measure" else MAX_CHARS
    if len(cell) > most or has_nul(cell) or turned(cell) or unseen(cell):
        wrong(
            column,
            "too_long",
            f"{column} 超过 {most} 个字或含非法字符。",
            f"{column} has more than {most} characters, or one that cannot be stored or seen.",
        )
    elif cell not in _CHOICES.get(column, (cell,)):
        choices = _CHOICES[column][1:]
        wrong(
            column,
            "unknown_code",
            f"{column} 没有 {cell[:20]!r}，可用：{'、'.join(choices)}。",
            f"{column} has no {cell[:20]!r}; there are {', '.join(choices)}.",
        )
    elif column in CODED:
        known = code_list(CODED[column])
        for word in cell.split():
            # A region may be a city or a county of a known province.
            if word not in known and not (column == "region" and word[:2] + "0000" in known):
                listed = few([code.code for code in known], 8)
                wrong(
                    column,
                    "unknown_code",
                    f"{column} 没有代码 {word[:20]!r}，可用：{listed}。",
                    f"{column} has no code {word[:20]!r}; there are {listed}.",
                )
    elif column == "factor" or column in _NUMBERS or column in MOST:
        _check_number(column, cell, wrong)
    elif column == "retired" and cell.casefold() not in _YES | _NO:
        wrong("retired", "not_a_code", "retired 应为 是 或 否。", "retired is true or false.")
    elif column in ("valid_from", "valid_to") and cell and not _is_day(cell):
        wrong(
            column,
            "not_a_date",
            f"{column} 应为日期，如 2026-12-31，写的是 {cell[:20]!r}。",
            f"{column} is a day, as 2026-12-31, not {cell[:20]!r}.",
        )


def _check_number(column: str, cell: str, wrong: Told) -> None:
    if not cell:
        return
    if column == "factor" and not _is_factor(cell):
        wrong(
            column,
            "not_a_number",
            f"factor 应为大于 0 的数或分数，如 10000 或 2000/3，写的是 {cell[:20]!r}。",
            f"factor is a number or a fraction above 0, as 10000 or 2000/3, not {cell[:20]!r}.",
        )
    elif column in _NUMBERS and not _NUMBER.fullmatch(cell):
        wrong(
            column,
            "not_a_number",
            f"{column} 应为不小于 0 的数，写的是 {cell[:20]!r}。",
            f"{column} is a number from 0 up, not {cell[:20]!r}.",
        )
    elif column in MOST and not _is_whole(cell, MOST[column]):
        wrong(
            column,
            "not_a_number",
            f"{column} 应为 0 到 {MOST[column]} 的整数，写的是 {cell[:20]!r}。",
            f"{column} is a whole number from 0 to {MOST[column]}, not {cell[:20]!r}.",
        )


def _is_factor(cell: str) -> bool:
    try:
        return bool(_FRACTION.fullmatch(cell)) and Fraction(cell) > 0
    except ZeroDivisionError:
        return False


def _is_whole(cell: str, most: int) -> bool:
    return bool(re.fullmatch(r"\d{1,3}", cell, re.ASCII)) and int(cell) <= most


def _is_day(cell: str) -> bool:
    try:
        return not cell or bool(_DAY.fullmatch(cell) and date.fromisoformat(cell))
    except ValueError:
        return False


def read_code_table(path: Path, name: str) -> CodeTable:
    """Read a bureau's rows for a list from a CSV file or an Excel workbook.

    Raises
    ------
    FileRefused
        As `data.table_rows.table_rows`, ``no_such_column``, ``too_many_rows``.
    UnknownCodeError
        There is no list of that name.
    """
    shipped_list(name)
    found, written, told = table_rows(path)
    meant = {column: headings("code").get(plain_heading(column), column) for column in found}
    heading = list(meant.values())
    twice = [column for column, count in Counter(heading).items() if count > 1]
    if twice:
        raise FileRefused(
            "column_twice",
            Message(f"有两列都是 {twice[0]}", f"two columns mean {twice[0]}"),
            Message("请只留一列", "leave one of them"),
        ).about(path.name)
    lines = [{meant[column]: cell for column, cell in line.items()} for line in written]
    missing = [column for column in ("code", "label_zh") if column not in heading]
    if missing:
        raise FileRefused(
            "no_such_column",
            Message(f"缺少列 {'、'.join(missing)}", f"it lacks the columns {', '.join(missing)}"),
            Message(f"请以 data/codes/{name}.csv 为样", f"take data/codes/{name}.csv as model"),
        ).about(path.name)
    if len(lines) > MAX_ROWS:
        raise FileRefused(
            "too_many_rows",
            Message(f"有 {len(lines)} 行，最多 {MAX_ROWS} 行", f"it has {len(lines)} rows"),
            Message("请分成几个文件", f"split it: {MAX_ROWS} rows a file at most"),
        ).about(path.name)
    table = _table(name, lines)
    return table._replace(notes=[sentence(note) for note in (*told, *table.notes)])


def _table(name: str, lines: Sequence[Mapping[str, str]]) -> CodeTable:
    rows: list[Code] = []
    problems: list[RowProblem] = []
    seen: dict[str, int] = {}
    none = NoValues(_TEXTS)
    for number, written in enumerate(lines, start=1):
        cells = {
            column: "" if none.takes(column, number, cell) else cell
            for column, cell in written.items()
        }
        code, wrong = checked_row(name, cells, number)
        if not wrong and code.code in seen:
            words = Message(
                f"第 {seen[code.code]} 行已有代码 {code.code}，请留一行。",
                f"Row {seen[code.code]} has the code {code.code} too: keep one.",
            )
            wrong = [RowProblem(number, "code", "repeated", words)]
        problems += wrong
        if not wrong:
            seen[code.code] = number
            rows.append(code)
    return CodeTable(rows, problems, none.notes())
