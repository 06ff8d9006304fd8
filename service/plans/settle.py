"""A target as somebody wrote it, made into what is stored; what is wrong is told field by field."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from data.indicators import Indicator
from data.quantities import UnitOfMeasure, dimension_words
from gis.messages import Message
from service.plans.holders import Fault, Holders
from service.plans.indicators import Words

__all__ = ["settled_target", "wrong_quantity"]

MILESTONE: Final = "milestone"
_WHOLE: Final = ("count", "stems")


def settled_target(
    words: Words,
    holders: Holders,
    plan: Mapping[str, Any],
    given: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], list[Fault]]:
    """The columns of a target of a plan, and every fault.

    ``given`` are the members of a body; ``before`` is the stored target that it changes.
    """
    values: dict[str, Any] = {
        name: given.get(name) for name in ("lower", "upper", "strictness", "due", "clause")
    }
    values["strictness"] = values["strictness"] or "must"
    values["plan"] = plan["code"]
    indicator = words.indicator(given.get("indicator") or "")
    faults: list[Fault] = []
    if indicator is None:
        message = words.no_indicator(given.get("indicator") or "")
        faults.append(Fault("indicator", "unknown_indicator", message))
    elif indicator.retired and (before or {}).get("indicator") != indicator.code:
        message = Message(
            f"指标“{indicator.label}”已停用，请用别的指标",
            f"the indicator {indicator.label_en!r} is retired: take another",
        )
        faults.append(Fault("indicator", "unknown_indicator", message))
    values["indicator"] = None if indicator is None else indicator.code
    if indicator is not None:
        measured_in, wrong = _quantities(words, indicator, given, values)
        values["measured_in"] = measured_in
        faults += wrong
    if values["due"] is not None and values["due"] < plan["first"]:
        message = Message(
            f"完成时限 {values['due']} 早于计划起始日 {plan['first']}",
            f"it is due on {values['due']}, before the plan begins on {plan['first']}",
        )
        faults.append(Fault("due", "out_of_range", message))
    ground, wrong = holders.settle(given, before)
    return {**values, **ground}, faults + wrong


def _quantities(
    words: Words, indicator: Indicator, given: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[str | None, list[Fault]]:
    lower, upper = values["lower"], values["upper"]
    word = given.get("measured_in") or (MILESTONE if indicator.dimension == MILESTONE else None)
    faults = []
    if lower is None and indicator.dimension != MILESTONE:
        message = Message(
            "没有任务量（lower），请填写", "there is no amount (lower): say how much is asked"
        )
        faults.append(Fault("lower", "missing", message))
    if upper is not None and (lower is None or upper < lower):
        message = Message(
            f"上限 {upper} 小于下限 {lower}", f"upper {upper} is less than lower {lower}"
        )
        faults.append(Fault("upper", "out_of_range", message))
    unit, wrong = known_unit(words, indicator, word)
    if unit is None:
        return None, faults + wrong
    for name, value in (("lower", lower), ("upper", upper)):
        fault = None if value is None else wrong_quantity(name, value, unit)
        faults += [] if fault is None else [fault]
    return unit.code, faults


def known_unit(
    words: Words, indicator: Indicator, word: str | None
) -> tuple[UnitOfMeasure | None, list[Fault]]:
    """The unit of a word, when values of the indicator can be written in it."""
    if not word:
        message = Message(
            f"没有计量单位（measured_in），“{indicator.label}”一般用{indicator.unit.label}",
            f"there is no unit of measure (measured_in): {indicator.label_en!r} is mostly in "
            f"{indicator.unit.label_en}",
        )
        return None, [Fault("measured_in", "missing", message)]
    unit = words.unit(word)
    if unit is None:
        message = Message(
            f"没有计量单位“{word[:40]}”，可用单位见 /api/codes/unit_of_measure",
            f"there is no unit of measure {word[:40]!r}: /api/codes/unit_of_measure lists them",
        )
        return None, [Fault("measured_in", "unknown_unit_of_measure", message)]
    if unit.dimension != indicator.dimension:
        asked, given = dimension_words(indicator.dimension), dimension_words(unit.dimension)
        message = Message(
            f"“{indicator.label}”按{asked.zh}计，{unit.label}是{given.zh}单位，"
            f"请改单位，如{indicator.unit.label}",
            f"{indicator.label_en!r} is measured as {asked.en}, {unit.label_en} measures "
            f"{given.en}: take a unit that fits, as {indicator.unit.label_en}",
        )
        return None, [Fault("measured_in", "wrong_dimension", message)]
    return unit, []


def wrong_quantity(field: str, value: Decimal, unit: UnitOfMeasure) -> Fault | None:
    """Why a value cannot be counted: half a street; None when it can."""
    if unit.dimension not in _WHOLE or unit.to_base(value).denominator == 1:
        return None
    message = Message(
        f"{value}{unit.label} 不是整数个，请核对",
        f"{value} {unit.label_en} is no whole number: look at it again",
    )
    return Fault(field, "not_whole", message)
