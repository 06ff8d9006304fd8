"""Which plots are read as shapes: filters of plots by their numbers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from data.indicators import PlotMeasure
from service.database.metadata import kind
from service.plots.db.plots import GREEN_STAGES, versions_at
from service.progress.db.pieces import Window

__all__ = ["PROPERTIES", "Ids", "green_before", "numbered", "plots_of", "unmoved_plots"]

Ids: TypeAlias = Select[Any]
"""Ids of plots as a query."""

PROPERTIES: Final = (
    ("stages", "stage"),
    ("kinds", "kind"),
    ("categories", "category"),
    ("programmes", "programme"),
    ("themes", "theme"),
    ("work_types", "work_type"),
)
"""What a measure chooses plots by, and the column of a plot."""


def numbered(ids: Collection[int]) -> Ids:
    """Ids of plots as a query, for ``among`` of `PlotFilter`."""
    return select(func.unnest(literal(list(ids), ARRAY(BigInteger))))


def plots_of(
    measure: PlotMeasure, window: Window, moment: datetime | None, within: Ids | None
) -> Ids:
    """Ids of the plots that a measure may count in a plan: those of its years or days.

    ``within`` are the ids that come into question; None: all.
    """
    v = versions_at(moment)
    ways: list[ColumnElement[bool]] = [v.c.year.between(*window.years)]
    if window.counts_by == "planted_on":
        ways.append(and_(v.c.planted_on >= window.first, v.c.planted_on < window.after))
    statement = select(v.c.plot_id).where(v.c.slot == "approved", or_(*ways))
    for name, column in PROPERTIES:
        values = getattr(measure, name)
        if values:
            statement = statement.where(v.c[column].in_(values))
    if measure.green_class is not None:
        green = select(kind.c.code).where(kind.c.green_class == measure.green_class)
        statement = statement.where(v.c.kind.in_(green))
    return statement if within is None else statement.where(v.c.plot_id.in_(within))


def unmoved_plots(
    connection: Connection, ids: Collection[int], since: datetime, until: datetime
) -> list[int]:
    """Those of some plots whose approved shape and density were the same at both moments."""
    if not ids:
        return []
    before, after = versions_at(since).alias("before"), versions_at(until).alias("after")
    as_sent = func.ST_AsBinary
    statement = (
        select(before.c.plot_id)
        .join(after, after.c.plot_id == before.c.plot_id)
        .where(
            before.c.plot_id.in_(numbered(ids)),
            before.c.slot == "approved",
            after.c.slot == "approved",
            as_sent(before.c.geom) == as_sent(after.c.geom),
            before.c.density_per_ha.is_not_distinct_from(after.c.density_per_ha),
        )
    )
    return list(connection.scalars(statement))


def green_before(
    connection: Connection, counted: Ids, moment: datetime | None, eve: datetime
) -> tuple[set[int], set[int]]:
    """Which of some plots meet ground that was green at ``eve``, and the plots of that ground."""
    v, before = versions_at(moment).alias("counted"), versions_at(eve).alias("before")
    meets = before.c.geom.op("&&")(v.c.geom) & func.ST_Intersects(before.c.geom, v.c.geom)
    pairs = connection.execute(
        select(v.c.plot_id, before.c.plot_id.label("before_id"))
        .join(before, meets)
        .where(
            v.c.plot_id.in_(counted),
            v.c.slot == "approved",
            before.c.slot == "approved",
            before.c.stage.in_(GREEN_STAGES),
        )
    ).all()
    return {now for now, _ in pairs}, {then for _, then in pairs}
