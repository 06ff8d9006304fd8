"""A draw of approved plots that comes out the same for the same seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Text, cast, func, or_, select

from service.accounts.db.accounts import Account
from service.plots.db.plots import PlotFilter, conditions, versions_at

__all__ = ["Draw", "draw"]


@dataclass(frozen=True)
class Draw:
    """How much is drawn: a share of the area, until it is reached, or a number of plots."""

    seed: int
    share: float | None = None
    count: int | None = None


def draw(
    connection: Connection,
    account: Account,
    filters: PlotFilter,
    wanted: Draw,
    *,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Plots in the order of the draw, each with the sums of the whole (``plots``, ``whole_m2``).

    The order is that of the SHA-256 of seed and plot number: it does not change with what is added
    to the plots or taken from them.
    """
    seed, share, count = wanted.seed, wanted.share, wanted.count
    v = versions_at(filters.as_of)
    turn = func.sha256(func.convert_to(cast(seed, Text) + ":" + cast(v.c.plot_id, Text), "UTF8"))
    order = (turn, v.c.plot_id)
    listed = (
        select(
            v.c.plot_id.label("id"),
            v.c.version,
            v.c.plot_no,
            v.c.name,
            v.c.district,
            v.c.town,
            v.c.year,
            v.c.stage,
            v.c.kind,
            v.c.area_m2,
            func.ST_X(func.ST_PointOnSurface(v.c.geom)).label("lon"),
            func.ST_Y(func.ST_PointOnSurface(v.c.geom)).label("lat"),
            turn.label("turn"),
            func.row_number().over(order_by=order).label("place"),
            func.count().over().label("plots"),
            func.sum(v.c.area_m2).over().label("whole_m2"),
            func.sum(v.c.area_m2).over(order_by=order).label("reached_m2"),
        )
        .where(*conditions(account, filters, v))
        .subquery("listed")
    )
    c = listed.c
    drawn = [c.place <= count] if count is not None else []
    if share is not None:
        # Until the share is reached: what stood before this plot was still below it.
        drawn.append(or_(c.place == 1, c.reached_m2 - c.area_m2 < share * c.whole_m2))
    statement = select(listed).where(*drawn).order_by(c.place).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]
