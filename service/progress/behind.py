"""Which plots and records make the mapped figure of a target."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from data.indicators import RegisterMeasure
from gis.messages import Message
from service.errors import Problem
from service.progress.book import PlanBook, Reader
from service.progress.db.records import records_behind
from service.progress.measured import TOO_MANY, Holder
from service.web.deps import bad_query

__all__ = ["Behind", "plots_behind", "records_of_target"]


class Behind(NamedTuple):
    """What makes a mapped figure, in the unit of its target."""

    measured_in: str
    counted: Mapping[int, float]
    """What each plot brings into it, by id: of a plot across a border the part on this side."""
    mapped: float | None
    """The figure; less than their sum where plots share ground, which counts once."""

    def of(self, plots: Sequence[int]) -> dict[str, Any]:
        """The figure, and the parts of some plots, as members of an answer."""
        return {
            "measured_in": self.measured_in,
            "mapped": self.mapped,
            "counted_sum": sum(self.counted.values()),
            "counted": [{"plot_id": plot, "amount": self.counted.get(plot, 0)} for plot in plots],
        }


def plots_behind(
    reader: Reader,
    plan: Mapping[str, Any],
    target: Mapping[str, Any],
    moment: datetime | None = None,
    district: str | None = None,
) -> Behind:
    """The plots that a target counts on the map; none for other indicators.

    ``district``: only those that count there, of a target of a district.

    Raises
    ------
    Problem
        422 ``too_many_plots``: its figure is drawn from shapes, of more than one answer may read.
    """
    unit = reader.words.units[target["measured_in"]]
    indicator = reader.words.indicators.get(target["indicator"])
    if indicator is None:
        return Behind(unit.label, {}, None)
    book = PlanBook(reader, plan, moment)
    holder = book.holder(target) if district is None else _part(book, target, district)
    figure = book.measured.figure(indicator.measure, holder)
    if figure.reason == TOO_MANY:
        message = Message(
            "这项任务的图斑太多，请看下级单位的任务",
            "this task has too many plots for one answer: look at the tasks below it",
        )
        raise Problem(422, "too_many_plots", message)
    shares = book.measured.shares_of(indicator.measure, holder)
    there, factor = shares.amounts > 0, float(unit.factor)
    amounts = (shares.amounts - shares.refused)[there] / factor
    counted = dict(zip(shares.plots[there].tolist(), amounts.tolist(), strict=True))
    return Behind(unit.label, counted, None if figure.mapped is None else figure.mapped / factor)


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


def _part(book: PlanBook, target: Mapping[str, Any], district: str) -> Holder:
    """The part of a target that a district has. Raises `Problem` 422 where it has none."""
    part = book.of_district(district)
    whole = book.holder(target).counties
    counties = tuple(county for county in part.counties if county in whole)
    if not counties:
        message = Message(
            f"行政区 {district} 不在这项任务的范围内",
            f"the district {district} is no part of what this task is of",
        )
        raise bad_query("district", message, "unknown_district")
    return Holder(counties)
