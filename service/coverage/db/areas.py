"""Which plots lie in reporting areas."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from service.database.unit_tables import area
from service.plots.db.plots import versions_at


def plots_in_areas(codes: Sequence[str], as_of: datetime | None) -> Select[Any]:
    """Ids of the plots that meet one of the areas, now or at a moment."""
    v = versions_at(as_of)
    meets = v.c.geom.op("&&")(area.c.geom) & func.ST_Intersects(area.c.geom, v.c.geom)
    return select(v.c.plot_id).join(area, meets).where(area.c.code.in_(codes))
