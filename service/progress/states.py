"""Rates, states, pace and forecast of a figure beside its target: exact, and never clamped."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, NamedTuple

__all__ = ["Asked", "Standing", "forecast", "pace", "rate", "standing"]

State = Literal["done", "within", "behind", "overdue"]
NO_TARGET: Final = "no_target"
TARGET_ZERO: Final = "target_zero"
NO_FIGURE: Final = "no_figure"


def rate(
    figure: Fraction | None, whole: Fraction | None, *, missing: str = NO_FIGURE
) -> tuple[Fraction | None, str | None]:
    """A figure over its whole, or why there is none.

    Examples
    --------
    >>> rate(Fraction(513, 10), Fraction(50))
    (Fraction(513, 500), None)
    >>> rate(Fraction(1), Fraction(0)), rate(Fraction(1), None)
    ((None, 'target_zero'), (None, 'no_target'))
    """
    if whole is None:
        return None, NO_TARGET
    if whole == 0:
        return None, TARGET_ZERO
    if figure is None:
        return None, missing
    return figure / whole, None


def pace(first: date, after: date, day: date) -> Fraction:
    """Share of the days of a plan that are gone by the end of a day: 0 before it, 1 after it.

    Examples
    --------
    >>> pace(date(2026, 4, 1), date(2026, 5, 1), date(2026, 4, 15))
    Fraction(1, 2)
    """
    gone = Fraction((day - first).days + 1, (after - first).days)
    return min(max(gone, Fraction(0)), Fraction(1))


def forecast(figure: Fraction | None, gone: Fraction) -> Fraction | None:
    """The figure at the end of the plan, if it goes on as it went; None before it begins.

    Examples
    --------
    >>> forecast(Fraction(20), Fraction(1, 2))
    Fraction(40, 1)
    """
    return None if figure is None or gone == 0 else figure / gone


class Asked(NamedTuple):
    """What a target asks: an amount, perhaps a range, by a last day; a milestone has no amount."""

    lower: Decimal | Fraction | None
    upper: Decimal | Fraction | None
    due: date
    fewer_is_better: bool = False


class Standing(NamedTuple):
    """How a target stands on a day."""

    state: State
    days_overdue: int


def standing(figure: Fraction | None, asked: Asked, day: date, gone: Fraction) -> Standing:
    """Done, within, behind or overdue at the end of a day, when a share of the days is gone.

    Done: the task is reached; a milestone is by any figure above 0. Within: the figure lies in a
    range that was asked for (2–3 条), or is no further behind than the days that are left.

    Examples
    --------
    >>> june, half = date(2026, 6, 30), Fraction(1, 2)
    >>> two_or_three = Asked(Decimal(2), Decimal(3), date(2026, 12, 31))
    >>> standing(Fraction(3), two_or_three, june, half).state
    'within'
    >>> fifty = Asked(Decimal(50), None, date(2026, 12, 31))
    >>> standing(Fraction(51), fifty, june, half).state
    'done'
    >>> standing(Fraction(20), fifty, june, half).state
    'behind'
    >>> standing(Fraction(20), fifty, date(2027, 1, 10), Fraction(1))
    Standing(state='overdue', days_overdue=10)
    """
    reached = None if figure is None else _reached(figure, asked)
    if reached is not None:
        return Standing(reached, 0)
    if day > asked.due:
        return Standing("overdue", (day - asked.due).days)
    on_pace = (
        figure is not None
        and bool(asked.lower)
        and not asked.fewer_is_better
        and figure >= Fraction(asked.lower or 0) * gone
    )
    return Standing("within" if on_pace else "behind", 0)


def _reached(figure: Fraction, asked: Asked) -> State | None:
    if asked.lower is None:
        return "done" if figure > 0 else None
    low = Fraction(asked.lower)
    high = None if asked.upper is None else Fraction(asked.upper)
    if high is not None and low <= figure <= high:
        return "within"
    if asked.fewer_is_better:
        return "done" if figure <= (low if high is None else high) else None
    return "done" if figure >= low else None
