"""Stored plots as the frames that files and maps are made of."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas
import pandas as pd
import shapely
from sqlalchemy import Connection

from gis.crs import CGCS2000
from service.plots.db.plan_numbers import names_of
from service.plots.db.plots import ATTRIBUTES

READ_ONLY = (
    "district",
    "area_m2",
    "review",
    "return_reason",
    "version",
    "changed_by",
    "changed_at",
    "kind_label",
    "green_class",
    "demo",
    "fulfilled_share",
)


def with_plan_numbers(
    connection: Connection, frame: geopandas.GeoDataFrame
) -> geopandas.GeoDataFrame:
    """The frame with ``plans`` in the place of ``plan_ids``: 图斑号, which hold in any instance.

    A plan is named ``2025/00012``, by task year and number; those in no registry are left out.
    """
    ids = frame["plan_ids"].map(lambda listed: listed or [])
    names = names_of(connection, {plan_id for listed in ids for plan_id in listed})
    plans = [[names[plan_id] for plan_id in listed if plan_id in names] for listed in ids]
    named = frame.assign(plan_ids=pd.Series(plans, dtype=object, index=frame.index))
    return named.rename(columns={"plan_ids": "plans"})


def plots_frame(rows: Sequence[Mapping[str, Any]]) -> geopandas.GeoDataFrame:
    """Stored plots with the API's names as columns, CGCS2000 longitude and latitude.

    A column that was not read is missing.
    """
    names = ("plot_id", *ATTRIBUTES, *READ_ONLY)
    if rows:
        names = tuple(name for name in names if name in rows[0])
    table = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in names}
    )
    table = table.rename(columns={"plot_id": "id"})
    for name in ("area_m2", "declared_m2", "density_per_ha", "fulfilled_share"):
        if name in table:
            table[name] = table[name].astype("float64")
    for name in ("id", "year", "version"):
        if name in table:
            table[name] = table[name].astype("int64")
    geometry = shapely.from_wkb(pd.Series([row["wkb"] for row in rows], dtype=object).to_numpy())
    return geopandas.GeoDataFrame(table, geometry=geometry, crs=CGCS2000)
