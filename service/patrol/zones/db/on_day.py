"""Zones of a day with whoever is responsible, and the ground of plots that they are measured by.

The queries always return people's names: callers leave them out for accounts that may not see them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas
import pandas as pd
import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, func, select

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.database.metadata import kind
from service.database.patrol_tables import zone, zone_version
from service.patrol.zones.db.zones import ZoneFilter, conditions
from service.plots.db.plots import PlotFilter, versions_at
from service.plots.db.plots import conditions as plot_conditions

z, v = zone, zone_version


@dataclass(frozen=True)
class ZoneOfDay:
    """A zone as it stands on a day, with its people."""

    id: int
    code: str
    name: str
    level: str
    parent: str | None
    district: str
    counties: tuple[str, ...]
    area_m2: float
    chief: str | None
    chief_title: str | None
    ranger: str | None
    office: str | None
    board: str | None
    geometry: MultiPolygon


def zones_on(
    connection: Connection, account: Account, filters: ZoneFilter, *, limit: int
) -> list[ZoneOfDay]:
    """Zones of the scope that hold on a day, by code."""
    statement = (
        select(
            z.c.id,
            z.c.code,
            v.c.name,
            z.c.level,
            z.c.parent,
            z.c.district,
            z.c.counties,
            v.c.area_m2,
            v.c.chief,
            v.c.chief_title,
            v.c.ranger,
            v.c.office,
            v.c.board,
            func.ST_AsBinary(v.c.geom).label("wkb"),
        )
        .select_from(z.join(v, v.c.zone_id == z.c.id))
        .where(*conditions(account, filters))
        .order_by(z.c.code)
        .limit(limit)
    )
    return [_zone(row) for row in connection.execute(statement).mappings()]


def _zone(row: Mapping[Any, Any]) -> ZoneOfDay:
    values = dict(row)
    shape = shapely.from_wkb(values.pop("wkb"))
    assert isinstance(shape, MultiPolygon)
    return ZoneOfDay(**{**values, "counties": tuple(values["counties"])}, geometry=shape)


GROUND = ("stage", "kind", "green_class", "year", "district")


def plot_ground(
    connection: Connection, account: Account, filters: PlotFilter, *, limit: int
) -> geopandas.GeoDataFrame:
    """Shapes of plots with `GROUND` beside them, in no order; CGCS2000 longitude and latitude."""
    t = versions_at(filters.as_of)
    statement = (
        select(
            *(kind.c.green_class if name == "green_class" else t.c[name] for name in GROUND),
            func.ST_AsBinary(t.c.geom).label("wkb"),
        )
        .select_from(t.outerjoin(kind, kind.c.code == t.c.kind))
        .where(*plot_conditions(account, filters, t))
        .limit(limit)
    )
    return _frame(connection.execute(statement).all())


def _frame(rows: Sequence[Any]) -> geopandas.GeoDataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * (len(GROUND) + 1)
    table = pd.DataFrame(
        {name: pd.Series(columns[n], dtype=object) for n, name in enumerate(GROUND)}
    )
    shapes = shapely.from_wkb(pd.Series(columns[-1], dtype=object).to_numpy())
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=CGCS2000)
