"""Which plots and records make the mapped figure of a target."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.indicators import RegisterMeasure
from service.progress.book import PlanBook, Reader
from service.progress.db.records import records_behind

__all__ = ["plots_behind", "records_of_target"]


def plots_behind(
    reader: Reader,
    plan: Mapping[str, Any],
    target: Mapping[str, Any],
    moment: datetime | None = None,
) -> Sequence[int]:
    """Ids of the plots that a target counts on the map, sorted; none for other indicators."""
    indicator = reader.words.indicators.get(target["indicator"])
    if indicator is None:
        return []
    book = PlanBook(reader, plan, moment)
    shares = book.measured.shares_of(indicator.measure, book.holder(target))
    return [int(plot) for plot in shares.plots[shares.amounts > 0]]


def records_of_target(
    reader: Reader,
    plan: Mapping[str, Any],
    target: Mapping[str, Any],
    moment: datetime | None = None,
) -> list[dict[str, Any]]:
    """The records that a target counts; none for indicators that count no records."""
    indicator = reader.words.indicators.get(target["indicator"])
    if indicator is None or not isinstance(indicator.measure, RegisterMeasure):
        return []
    book = PlanBook(reader, plan, moment)
    ground = book.measured.records_of(book.holder(target))
    return [dict(row) for row in records_behind(reader.connection, indicator.measure, ground)]
