"""Whether the targets of parts add up to the target of the whole."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from data.quantities import UnitOfMeasure, plain, rounded, total
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.plans.db.targets import LIVE, TargetFilter, children_of, list_targets
from service.plans.indicators import Words

__all__ = ["CHILDREN_SUM", "SumDifference", "require_sums", "sum_differences"]

CHILDREN_SUM = "children_sum"
_DIGITS = 6

Asked = Literal["whole", "excess"]


class SumDifference(NamedTuple):
    """A target whose parts add up to another figure, in its own unit."""

    parent: int
    name: str
    indicator: Message
    end: str
    """``lower`` or ``upper``."""
    target: Decimal
    sum: Fraction
    unit: UnitOfMeasure
    children: int

    @property
    def difference(self) -> Decimal:
        """How much more the parts are than the whole."""
        return rounded(self.sum - Fraction(self.target), _DIGITS).normalize()

    def as_entry(self) -> dict[str, Any]:
        """For ``errors`` of a problem."""
        shown = plain(rounded(self.sum, _DIGITS))
        more = self.difference > 0
        by = plain(abs(self.difference))
        message = Message(
            f"“{self.name}”的“{self.indicator.zh}”任务 {plain(self.target)}{self.unit.label}，"
            f"{self.children} 项分解合计 {shown}{self.unit.label}，"
            f"{'多' if more else '少'} {by}{self.unit.label}",
            f"the target of {self.name!r} for {self.indicator.en!r} is {plain(self.target)} "
            f"{self.unit.label_en}, its {counted(self.children, 'part')} "
            f"{'adds' if self.children == 1 else 'add'} up to {shown}: {by} too "
            f"{'much' if more else 'little'}",
        )
        return {
            "code": CHILDREN_SUM,
            "severity": "warn",
            "field": self.end,
            "parent": self.parent,
            "target": _number(self.target),
            "sum": _number(rounded(self.sum, _DIGITS)),
            "difference": _number(self.difference),
            "measured_in": self.unit.label,
            "message": message,
        }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def sum_differences(
    connection: Connection,
    account: Account,
    words: Words,
    parents: Collection[int],
    *,
    asked: Asked = "whole",
) -> list[SumDifference]:
    """Those of the targets whose parts do not add up to them, exactly; without parts none.

    With ``excess`` only those whose parts are more: while a task is shared out, they are less.
    Indicators that are no quantities (rates, milestones) are left out.
    """
    if not parents:
        return []
    wholes = list_targets(connection, account, TargetFilter(ids=parents, states=LIVE))
    parts = children_of(connection, account, [row["id"] for row in wholes])
    found: list[SumDifference] = []
    for whole in wholes:
        found += _of_one(words, whole, parts[whole["id"]], asked)
    return found


def _of_one(
    words: Words, whole: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], asked: Asked
) -> list[SumDifference]:
    indicator = words.indicators.get(whole["indicator"])
    unit = words.units.get(whole["measured_in"])
    if not parts or indicator is None or unit is None or not indicator.adds_up:
        return []
    found = []
    words_of = Message(indicator.label, indicator.label_en)
    for end in ("lower", "upper"):
        # A range is compared with ranges: a part without an upper end may be any more.
        values = [(row[end], words.units[row["measured_in"]]) for row in parts]
        if whole[end] is None or any(value is None for value, _ in values):
            continue
        added = unit.from_base(total(values))
        excess = added > Fraction(whole["upper"] or whole[end])
        if added != Fraction(whole[end]) and (asked == "whole" or excess):
            found.append(
                SumDifference(
                    whole["id"], whole["name"], words_of, end, whole[end], added, unit, len(parts)
                )
            )
    return found


def require_sums(differences: Sequence[SumDifference], acknowledged: Collection[str]) -> None:
    """Refuse targets that do not add up, unless the writer lets that stand.

    Raises
    ------
    Problem
        409 ``warnings`` with each difference.
    """
    if not differences or CHILDREN_SUM in acknowledged:
        return
    entries = [difference.as_entry() for difference in differences]
    first: Message = entries[0]["message"]
    raise Problem(
        409,
        "warnings",
        Message(
            f"{first.zh}；确认无误后加 ?acknowledge={CHILDREN_SUM} 重发",
            f"{first.en}; to let it stand repeat with ?acknowledge={CHILDREN_SUM}",
        ),
        errors=entries,
    )
