"""Coverage as the frames that files and maps are made of."""

from dataclasses import fields

import geopandas
import pandas as pd

from gis.crs import CGCS2000
from service.coverage.rollup import CoverageAnswer, DistrictCoverage


def coverage_frame(
    answer: CoverageAnswer, districts: geopandas.GeoDataFrame
) -> geopandas.GeoDataFrame:
    """Figures with the exact shapes of their districts; a district without a shape stays."""
    names = [
        column.name
        for column in fields(DistrictCoverage)
        if column.name != "area_kind" and (answer.by or column.name != "group")
    ]
    table = pd.DataFrame(answer.table(), columns=names)  # before any district is known, too
    shapes = districts.set_index("code").geometry
    geometry = shapes.reindex(table["code"]) if len(table) else shapes.iloc[:0]
    return geopandas.GeoDataFrame(table, geometry=geometry.to_numpy(), crs=CGCS2000)
