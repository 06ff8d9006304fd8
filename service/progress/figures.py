"""The figures of a holder: what stands on the map, and what was reported; rows and moves alike."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from data.indicators import Indicator, PatrolMeasure, PlotMeasure, RatioMeasure, RegisterMeasure
from service.progress.book import PlanBook
from service.progress.measured import NOTHING, Holder, MapFigure

__all__ = ["Reported", "figures_of"]

Reported = tuple[Fraction | None, str | None, str | None]
"""A value in base units, its day and its qualifier."""
_ON_THE_MAP: Final = (PlotMeasure, RegisterMeasure, PatrolMeasure)


def figures_of(
    book: PlanBook,
    indicator: Indicator,
    holder: Holder,
    targets: Sequence[Mapping[str, Any]],
    *,
    adds_up: bool = True,
) -> tuple[MapFigure, Reported]:
    """What is mapped and what is reported of a holder with some targets.

    ``adds_up`` False: reports of several targets make no figure. A ratio that nobody reported is
    made of its parts: on the map when both are.
    """
    reported = reported_on(book, targets) if adds_up else (None, None, None)
    drawn = _on_the_map(book, indicator, holder)
    if isinstance(indicator.measure, RatioMeasure) and reported[0] is None:
        value, from_map = _ratio(book, indicator.measure, holder, targets)
        if from_map and value is not None:
            drawn = MapFigure(float(value))
        else:
            reported = (value, *reported[1:])
    return drawn, reported


def reported_on(
    book: PlanBook, targets: Sequence[Mapping[str, Any]]
) -> tuple[Fraction | None, str | None, str | None]:
    """What was reported: on the target itself, else on those below it, added up."""
    figures = [book.reported[row["id"]] for row in targets if row["id"] in book.reported]
    if not figures:
        parts = book.parts_of(targets)
        return reported_on(book, parts) if parts else (None, None, None)
    if len(figures) < len(targets):
        # Where some have not reported, a sum of the others would be no figure of the whole.
        return None, None, None
    value = sum((figure.value for figure in figures), Fraction(0))
    qualifiers = {figure.qualifier for figure in figures}
    qualifier = qualifiers.pop() if len(qualifiers) == 1 else "about"
    return value, max(figure.on_day for figure in figures), qualifier


def _on_the_map(book: PlanBook, indicator: Indicator, holder: Holder) -> MapFigure:
    if not isinstance(indicator.measure, _ON_THE_MAP):
        return NOTHING
    return book.measured.figure(indicator.measure, holder)


def _ratio(
    book: PlanBook,
    measure: RatioMeasure,
    holder: Holder,
    targets: Sequence[Mapping[str, Any]],
) -> tuple[Fraction | None, bool]:
    """One indicator over another, and whether both stand on the map."""
    values: list[Fraction] = []
    from_map = True
    for code in measure.over:
        part = book.reader.words.indicators.get(code)
        if part is None:
            return None, False
        drawn = _on_the_map(book, part, holder)
        if drawn.mapped is not None:
            values.append(Fraction(drawn.mapped))
            continue
        from_map = False
        beside = {row["id"]: row for one in targets for row in book.of_holder(code, one)}
        reported, _, _ = reported_on(book, list(beside.values()))
        if reported is None:
            return None, False
        values.append(reported)
    over, under = values
    return (None, False) if under == 0 else (over / under, from_map)
