"""Which plots lie in reporting areas."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from service.areas.db.areas import areas_at
from service.plots.db.plots import versions_at


def plots_in_areas(
    codes: Sequence[str], as_of: datetime | None, *, sharing: bool = False
) -> Select[Any]:
    """Ids of the plots that meet one of the areas, now or as both stood at a moment.

    ``sharing``: those that share ground with it, and do not only touch it.
    """
    v, area = versions_at(as_of), areas_at(as_of)
    meets = v.c.geom.op("&&")(area.c.geom) & func.ST_Intersects(area.c.geom, v.c.geom)
    if sharing:
        meets &= func.ST_Relate(area.c.geom, v.c.geom, "T********")
    return select(v.c.plot_id).join(area, meets).where(area.c.code.in_(codes))
