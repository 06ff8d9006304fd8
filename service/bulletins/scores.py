"""Gap analysis: how far each holder is from each indicator, and the score it gives itself."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from data.indicators import Indicator
from service.progress.progress_row import ProgressRow

__all__ = ["FULL_MARKS", "gap_of", "scores", "scores_of"]

FULL_MARKS: Final = 100


def gap_of(row: ProgressRow, *, fewer: bool = False) -> float | None:
    """What is missing to the target in its unit: 0 when it is reached, None where none is known.

    ``fewer``: a smaller figure is the better one.
    """
    figure = row.reported if row.reported is not None else row.mapped
    if row.target is None or figure is None:
        return None
    target = row.target_upper if fewer and row.target_upper is not None else row.target
    return max(0.0, float(figure - target if fewer else target - figure))


def scores_of(
    rows: Sequence[ProgressRow], indicators: Mapping[str, Indicator]
) -> list[dict[str, Any]]:
    """As `scores`, by what the list of indicators says of each: its weight, and which is better."""
    fewer = frozenset(code for code, one in indicators.items() if one.better == "less")
    return scores(rows, fewer, {code: one.weight for code, one in indicators.items()})


def scores(
    rows: Sequence[ProgressRow],
    fewer: frozenset[str],
    weights: Mapping[str, Fraction] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """The self-score of each holder: 100 marks in all, parted by the weights of its indicators.

    An indicator that is reached has full marks, another its share of the way there; one without a
    figure has none, and `reason` says so. ``fewer`` are codes of indicators whose smaller figure is
    the better one; ``weights`` are by code, 1 where there is none: so the list of indicators has
    them, and where a standard gives marks a bureau writes those.
    """
    holders: dict[tuple[str, str], list[ProgressRow]] = {}
    for row in rows:
        holders.setdefault((row.level, row.code), []).append(row)
    return [_holder(of_one, fewer, weights) for of_one in holders.values()]


def _holder(
    rows: Sequence[ProgressRow], fewer: frozenset[str], weights: Mapping[str, Fraction]
) -> dict[str, Any]:
    weighed = sum((weights.get(row.indicator, Fraction(1)) for row in rows), Fraction(0))
    items, total = [], Fraction(0)
    for row in rows:
        weight = weights.get(row.indicator, Fraction(1))
        full = FULL_MARKS * weight / weighed if weighed else Fraction(0)
        share = share_of(row, fewer=row.indicator in fewer)
        marks = full * (share or 0)
        total += marks
        items.append(
            {
                "target_id": row.target_id,
                "indicator": row.indicator,
                "indicator_label": row.indicator_label,
                "indicator_label_en": row.indicator_label_en,
                "full": float(full),
                "marks": float(marks),
                "gap": gap_of(row, fewer=row.indicator in fewer),
                "measured_in": row.measured_in,
                "measured_in_en": row.measured_in_en,
                "reached": share == 1,
                "reason": None if share is not None else row.reason or "no_figure",
            }
        )
    return {
        "code": rows[0].code,
        "name": rows[0].name,
        "full": FULL_MARKS,
        "marks": float(total),
        "reached": sum(item["reached"] for item in items),
        "items": items,
    }


def share_of(row: ProgressRow, *, fewer: bool = False) -> Fraction | None:
    """How much of the way to its target a row is, at most 1; None without a figure."""
    figure = row.exact.get("reported", row.exact.get("mapped"))
    if figure is None:
        return None
    target = row.exact.get("target")
    if target is None:
        return Fraction(int(figure > 0))
    if fewer:
        return Fraction(1) if figure <= target else target / figure
    return Fraction(1) if target <= 0 else min(Fraction(1), max(Fraction(0), figure / target))
