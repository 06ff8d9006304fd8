"""Writing GeoJSON: RFC 7946, longitude and latitude with nine decimals, one feature at a time.

GDAL's own RFC7946 option writes seven decimals, which moves the area of a small plot by 3e-4.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.writing.atomic import in_place
from data.writing.attributes import plain
from data.writing.cells import json_text
from data.writing.export_report import ExportReport
from data.writing.projecting import projected

__all__ = ["write_geojson"]

DECIMALS: Final = 9
AT_ONCE: Final = 1_000


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> ExportReport:
    """Write a FeatureCollection with the properties as the interface names them.

    Parameters
    ----------
    frame
        In CGCS2000 longitude and latitude. A column `id` becomes the feature's id as well.

    Returns
    -------
    ExportReport

    Raises
    ------
    data.writing.export_report.ExportRefused
        ``no_geometry`` with the row, or ``cannot_write``.

    Notes
    -----
    Outer rings run counter-clockwise (RFC 7946, 3.1.6). The file says WGS 84, as every GeoJSON
    does; CGCS2000 agrees with it within centimetres.
    """
    ground = projected(frame)
    with (
        in_place(path) as (_folder, target),
        target.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.write('{"type": "FeatureCollection", "features": [')
        for first in range(0, len(frame), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            features = _features(frame.iloc[rows], ground.geometries[rows])
            file.write(",\n" if first else "\n")
            file.write(",\n".join(features))
        file.write("\n]}\n")
    return ExportReport(path, "geojson", len(frame), "CRS84 (CGCS2000)", encoding="UTF-8")


def _features(frame: gpd.GeoDataFrame, geometries: NDArray[np.object_]) -> Iterator[str]:
    columns = [name for name in frame.columns if name != frame.geometry.name]
    cells = zip(*(frame[name].tolist() for name in columns), strict=True)
    rows = cells if columns else iter([()] * len(frame))
    for drawn, row in zip(_drawn(geometries), rows, strict=True):
        properties = {name: plain(value) for name, value in zip(columns, row, strict=True)}
        number = properties.get("id")
        named = "" if number is None else f'"id": {json_text(number)}, '
        members = json_text(properties)
        yield f'{{"type": "Feature", {named}"geometry": {drawn}, "properties": {members}}}'


def _drawn(geometries: NDArray[np.object_]) -> list[str]:
    # Stored shapes lie on the 1e-9° grid already; others are rounded, never to seven decimals.
    rounded = shapely.transform(geometries, lambda at: np.round(at, DECIMALS))
    ordered = shapely.orient_polygons(rounded)
    return [str(text) for text in np.atleast_1d(shapely.to_geojson(ordered))]
