"""Rows of the database as the frames that files and maps are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import geopandas
import pandas as pd
import shapely

from gis.crs import CGCS2000
from service.coverage.rollup import CoverageAnswer, DistrictCoverage
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
)


def plots_frame(rows: Sequence[Mapping[str, Any]]) -> geopandas.GeoDataFrame:
    """Stored plots with the API's names as columns, CGCS2000 longitude and latitude."""
    names = ("plot_id", *ATTRIBUTES, *READ_ONLY)
    table = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in names}
    )
    table = table.rename(columns={"plot_id": "id"})
    for name in ("area_m2", "declared_m2", "density_per_ha"):
        table[name] = table[name].astype("float64")
    for name in ("id", "year", "version"):
        table[name] = table[name].astype("int64")
    geometry = shapely.from_wkb(pd.Series([row["wkb"] for row in rows], dtype=object).to_numpy())
    return geopandas.GeoDataFrame(table, geometry=geometry, crs=CGCS2000)


def coverage_frame(
    answer: CoverageAnswer, districts: geopandas.GeoDataFrame
) -> geopandas.GeoDataFrame:
    """Figures with the exact shapes of their districts; a district without a shape stays."""
    names = [one.name for one in fields(DistrictCoverage) if answer.by or one.name != "group"]
    table = pd.DataFrame(answer.table(), columns=names)  # before any district is known, too
    shapes = districts.set_index("code").geometry
    geometry = shapes.reindex(table["code"]) if len(table) else shapes.iloc[:0]
    return geopandas.GeoDataFrame(table, geometry=geometry.to_numpy(), crs=CGCS2000)
