"""Which plots lie in reporting areas."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.database.layer_tables import layer_cell
from service.database.unit_tables import area
from service.plots.db.plots import versions_at


def plots_in_areas(codes: Sequence[str], as_of: datetime | None) -> Select[Any]:
    """Ids of the plots that meet one of the areas, now or at a moment."""
    v = versions_at(as_of)
    meets = v.c.geom.op("&&")(area.c.geom) & func.ST_Intersects(area.c.geom, v.c.geom)
    return select(v.c.plot_id).join(area, meets).where(area.c.code.in_(codes))


def refused_parts(
    connection: Connection, plot_ids: Sequence[int], as_of: datetime | None, day: date
) -> dict[int, bytes]:
    """WKB of what layers that block on a day refuse of plots, by the number of the plot.

    Approved versions, of now or of a moment; plots of which nothing is refused are left out.
    """
    v = versions_at(as_of)
    blocking = connection.scalar(select(func.blocking_versions(day)))
    if blocking is None or not plot_ids:
        return {}
    near = select(layer_cell.c.id).where(
        layer_cell.c.version_id.in_(blocking), layer_cell.c.geom.op("&&")(v.c.geom)
    )
    ground = func.refused_ground(v.c.geom, v.c.stage, v.c.kind, cast(blocking, ARRAY(BigInteger)))
    parts = (
        select(v.c.plot_id, func.ST_AsBinary(ground).label("wkb"))
        .where(v.c.slot == "approved", v.c.plot_id.in_(plot_ids), near.exists())
        .subquery()
    )
    rows = connection.execute(select(parts).where(parts.c.wkb.is_not(None)))
    return {row.plot_id: bytes(row.wkb) for row in rows}
