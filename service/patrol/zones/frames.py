"""Zones and plots of a day as frames: what checks and lists of zones are counted from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import geopandas
import pandas as pd
import shapely
from sqlalchemy import Connection

from gis.crs import CGCS2000
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.patrol.zones.db.on_day import ZoneOfDay, plot_ground, zones_on
from service.patrol.zones.db.zones import ZoneFilter
from service.plots.db.plots import PlotFilter
from service.web.timestamps import end_of, today

NAMES = tuple(field.name for field in fields(ZoneOfDay) if field.name != "geometry")


@dataclass(frozen=True)
class MaxRows:
    """How many zones and plots one answer is counted from."""

    zones: int
    plots: int


def zones_of_day(
    connection: Connection,
    account: Account,
    day: date,
    counties: Sequence[str] | None,
    max_rows: MaxRows,
) -> list[ZoneOfDay]:
    """Zones of a day with the people who are responsible, whoever asks: hand out no names unasked.

    Raises
    ------
    Problem
        422 ``too_many_zones``.
    """
    zones = zones_on(
        connection, account, ZoneFilter(day, counties=counties), limit=max_rows.zones + 1
    )
    if len(zones) > max_rows.zones:
        raise Problem(
            422,
            "too_many_zones",
            Message(
                f"责任区多于 {max_rows.zones} 个，请用 district 缩小范围",
                f"more than {max_rows.zones} zones: narrow it by district",
            ),
        )
    return zones


def zones_table(zones: Sequence[ZoneOfDay]) -> geopandas.GeoDataFrame:
    """Zones with the names of `ZoneOfDay` as columns."""
    table = pd.DataFrame(
        {name: pd.Series([getattr(zone, name) for zone in zones], dtype=object) for name in NAMES}
    )
    shapes = [zone.geometry for zone in zones]
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=CGCS2000)


def plots_of_day(
    connection: Connection,
    account: Account,
    day: date,
    counties: Sequence[str] | None,
    stages: Sequence[str],
    max_rows: MaxRows,
) -> geopandas.GeoDataFrame:
    """Approved plots of the scope as they stood at the end of a day, by stage and kind.

    Raises
    ------
    Problem
        422 ``too_many_plots``.
    """
    then = None if day >= today() else end_of(day)
    filters = PlotFilter(version="approved", counties=counties, stages=stages, as_of=then)
    plots = plot_ground(connection, account, filters, limit=max_rows.plots + 1)
    if len(plots) > max_rows.plots:
        raise Problem(
            422,
            "too_many_plots",
            Message(
                f"图斑多于 {max_rows.plots} 个，请用 district 缩小范围",
                f"more than {max_rows.plots} plots: narrow it by district",
            ),
        )
    return plots


def rows_frame(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    wkb: str = "wkb",
    into: str = "geometry",
) -> geopandas.GeoDataFrame:
    """Rows as a frame in CGCS2000: ``names`` as columns, ``into`` made of the WKB in ``wkb``."""
    table = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in names}
    )
    table[into] = shapely.from_wkb(pd.Series([row[wkb] for row in rows], dtype=object).to_numpy())
    return geopandas.GeoDataFrame(table, geometry=into, crs=CGCS2000)
