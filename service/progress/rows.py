"""Progress row by row: the target of a holder with its figures, rates, state, pace and forecast."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from data.indicators import Indicator
from data.quantities import UnitOfMeasure
from service.plans.indicators import Words
from service.progress.book import PlanBook
from service.progress.figures import figures_of
from service.progress.measured import NOTHING, Holder
from service.progress.progress_row import ProgressQuestion, ProgressRow
from service.progress.states import Asked, forecast, pace, rate, standing

__all__ = ["rows_of"]

NOT_REPORTED: Final = "not_reported"


def rows_of(book: PlanBook, question: ProgressQuestion) -> list[ProgressRow]:
    """The rows of a plan, by indicator and holder; targets that are not issued have none."""
    if question.level is None:
        rows = _of_targets(book, question)
    else:
        rows = _of_level(book, question, question.level)
    return _ranked(rows, book.reader.words)


def _wanted(book: PlanBook, question: ProgressQuestion, row: Mapping[str, Any]) -> bool:
    if question.indicators is not None and row["indicator"] not in question.indicators:
        return False
    if question.unit is not None and question.unit not in row["owners"]:
        return False
    return row["indicator"] in book.reader.words.indicators


def _of_targets(book: PlanBook, question: ProgressQuestion) -> list[ProgressRow]:
    inside = None
    if question.district is not None:
        below = book.districts.below(question.district)
        inside = {question.district} | {node.code for node in below}
    chosen = [
        row
        for row in book.targets
        if _wanted(book, question, row) and (inside is None or row["district"] in inside)
    ]
    return [
        _row(
            book, book.reader.words.indicators[row["indicator"]], book.holder(row), [row], own=True
        )
        for row in sorted(chosen, key=lambda row: (row["indicator"], row["id"]))
    ]


def _of_level(book: PlanBook, question: ProgressQuestion, level: str) -> list[ProgressRow]:
    """A row for every district of a level, with 0 on the map where there is nothing."""
    codes = dict.fromkeys(row["indicator"] for row in book.targets if _wanted(book, question, row))
    nodes = book.districts.at(level, question.district)
    if question.district is not None and book.districts[question.district].level == level:
        nodes = [book.districts[question.district]]
    nodes = [node for node in nodes if book.of_district(node.code).counties]
    rows = []
    for code in codes:
        indicator = book.reader.words.indicators[code]
        for node in nodes:
            those = book.below(code, node.code)
            own = any(row["district"] == node.code for row in those)
            made = _row(book, indicator, book.of_district(node.code), those, own=own)
            above = None if those else book.above(code, node.code)
            made = replace(made, code=node.code, name=node.name, level=level, above_id=above)
            rows.append(made)
    return rows


def _row(
    book: PlanBook,
    indicator: Indicator,
    holder: Holder,
    targets: Sequence[Mapping[str, Any]],
    *,
    own: bool,
) -> ProgressRow:
    """The row of one holder; several targets are those below it, which are added up."""
    first = targets[0] if targets else None
    unit = indicator.unit if first is None else book.reader.words.units[first["measured_in"]]
    summed = bool(targets) and not own
    adds_up = indicator.adds_up or not summed
    lower, upper = _amounts(book, targets, unit) if adds_up else (None, None)
    drawn, (reported, on_day, qualifier) = figures_of(
        book, indicator, holder, targets, adds_up=adds_up
    )
    mapped = None if drawn.mapped is None else Fraction(drawn.mapped)
    verified = None if drawn.verified is None else Fraction(drawn.verified)
    whole = None if lower is None else unit.to_base(lower)
    reported_rate, no_report = rate(reported, whole, missing=NOT_REPORTED)
    mapped_rate, no_map = rate(mapped, whole, missing=drawn.reason or NOTHING.reason or "")
    verified_rate, no_check = _over_reported(verified, reported)
    reasons = {
        name: reason
        for name, reason in (
            ("reported_rate", no_report),
            ("mapped_rate", no_map),
            ("verified_rate", no_check),
        )
        if reason is not None
    }
    reason = next(
        (reasons[name] for name in ("reported_rate", "mapped_rate") if name in reasons), None
    )
    best = reported if reported is not None else mapped
    due = None if first is None else _due(book, targets)
    gone = pace(book.plan["first"], book.plan["after"], book.day)
    state, late = None, 0
    if first is not None and due is not None:
        amount = None if best is None else unit.from_base(best)
        asked = Asked(lower, upper, due, indicator.better == "less")
        state, late = standing(amount, asked, book.day, _gone(book, due))
    onward = forecast(best, gone) if indicator.adds_up else None
    single = first if own and len(targets) == 1 else None
    return ProgressRow(
        plan=book.plan["code"],
        indicator=indicator.code,
        indicator_label=indicator.label,
        indicator_label_en=indicator.label_en,
        code="" if first is None else (first["district"] or first["area"] or first["unit"]),
        name="" if first is None else first["name"],
        level=_level(book, first),
        target_id=None if single is None else single["id"],
        target=_float(lower),
        target_upper=_float(upper),
        strictness=None if first is None else first["strictness"],
        measured_in=unit.label,
        measured_in_en=unit.label_en,
        digits=indicator.digits,
        reported=_shown(unit, reported),
        reported_on=on_day,
        qualifier=qualifier,
        mapped=_shown(unit, mapped),
        verified=_shown(unit, verified),
        reported_rate=_float(reported_rate),
        mapped_rate=_float(mapped_rate),
        verified_rate=_float(verified_rate),
        reason=reason,
        reasons=reasons,
        undated_m2=drawn.undated_m2,
        refused_m2=drawn.refused_m2,
        summed=summed,
        estimated=indicator.estimated,
        state=state,
        due=None if due is None else due.isoformat(),
        days_overdue=late,
        pace=float(gone),
        forecast=_shown(unit, onward),
        rank=None,
        ranked=None,
        lead=None if single is None else single["lead"],
        lead_name=None if single is None else single.get("lead_name"),
        clause=None if single is None else single["clause"],
        exact={
            name: value
            for name, value in (
                ("target", whole),
                ("reported", reported),
                ("mapped", mapped),
                ("verified", verified),
            )
            if value is not None
        },
    )


def _level(book: PlanBook, first: Mapping[str, Any] | None) -> str:
    if first is None:
        return ""
    if first["area"] is not None:
        return "area"
    if first["unit"] is not None:
        return "unit"
    node = book.districts.get(first["district"])
    return "" if node is None else node.level


def _amounts(
    book: PlanBook, targets: Sequence[Mapping[str, Any]], unit: UnitOfMeasure
) -> tuple[Any, Any]:
    """Lower and upper of targets together, in a unit; None when there are none."""
    if len(targets) == 1:
        return targets[0]["lower"], targets[0]["upper"]
    if not targets or any(row["lower"] is None for row in targets):
        return None, None

    def total(name: str) -> Fraction:
        return sum(
            (
                book.reader.words.units[row["measured_in"]].to_base(row[name] or row["lower"])
                for row in targets
            ),
            Fraction(0),
        )

    upper = unit.from_base(total("upper")) if any(row["upper"] for row in targets) else None
    return unit.from_base(total("lower")), upper


def _over_reported(
    verified: Fraction | None, reported: Fraction | None
) -> tuple[Fraction | None, str | None]:
    if verified is None:
        return None, "not_verified"
    if reported is None:
        return None, NOT_REPORTED
    if reported == 0:
        return None, "reported_zero"
    return verified / reported, None


def _due(book: PlanBook, targets: Sequence[Mapping[str, Any]]) -> date:
    last = date.fromordinal(book.plan["after"].toordinal() - 1)
    return max(row["due"] or last for row in targets)


def _gone(book: PlanBook, due: date) -> Fraction:
    """Share of the days gone of those that a task has."""
    first = book.plan["first"]
    return pace(first, date.fromordinal(max(due, first).toordinal() + 1), book.day)


def _shown(unit: UnitOfMeasure, value: Fraction | None) -> float | None:
    return None if value is None else _float(unit.from_base(value))


def _float(value: Fraction | Decimal | None) -> float | None:
    """A number of JSON; whole ones without a fraction."""
    if value is None:
        return None
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _ranked(rows: Sequence[ProgressRow], words: Words) -> list[ProgressRow]:
    """The rows with their rank among those of the same indicator and level, by rate."""
    groups: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        value = _rate_of(row)
        if value is not None:
            groups.setdefault((row.indicator, row.level), []).append(value)
    for values in groups.values():
        values.sort()
    ranked = []
    for row in rows:
        value, beside = _rate_of(row), groups.get((row.indicator, row.level), [])
        if value is None or len(beside) < 2:
            ranked.append(row)
            continue
        fewer = words.indicators[row.indicator].better == "less"
        better = bisect_left(beside, value) if fewer else len(beside) - bisect_right(beside, value)
        ranked.append(replace(row, rank=better + 1, ranked=len(beside)))
    return ranked


def _rate_of(row: ProgressRow) -> float | None:
    return row.reported_rate if row.reported_rate is not None else row.mapped_rate
