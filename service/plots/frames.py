"""Stored plots as the frames that files and maps are made of."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas
import pandas as pd
import shapely

from gis.crs import CGCS2000
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


def plots_frame(rows: Sequence[Mapping[str, Any]]) -> geopandas.GeoDataFrame:
    """Stored plots with the API's names as columns, CGCS2000 longitude and latitude."""
    names = ("plot_id", *ATTRIBUTES, *READ_ONLY)
    table = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in names}
    )
    table = table.rename(columns={"plot_id": "id"})
    for name in ("area_m2", "declared_m2", "density_per_ha", "fulfilled_share"):
        table[name] = table[name].astype("float64")
    for name in ("id", "year", "version"):
        table[name] = table[name].astype("int64")
    geometry = shapely.from_wkb(pd.Series([row["wkb"] for row in rows], dtype=object).to_numpy())
    return geopandas.GeoDataFrame(table, geometry=geometry, crs=CGCS2000)
