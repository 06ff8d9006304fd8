"""Writing GeoPackages: one layer, properties as the interface names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyogrio import raw

from data.writing.atomic import in_place
from data.writing.attributes import property_values
from data.writing.cells import json_text, json_value
from data.writing.export_report import ExportReport
from data.writing.projecting import Kind, kind_of, projected

__all__ = ["write_gpkg"]

_ABSENT: Final[dict[type, Any]] = {bool: False, int: 0, float: np.nan}


def write_gpkg(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    layer: str,
    crs: object = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> ExportReport:
    """Write a GeoPackage.

    Parameters
    ----------
    frame
        In CGCS2000 longitude and latitude. Lists and objects become JSON text.
    layer
        Name of the layer.
    crs
        Of the coordinates: CGCS2000 degrees when None.
    tables
        Further layers without shapes, by their names.

    Returns
    -------
    ExportReport

    Raises
    ------
    data.writing.export_report.ExportRefused
        ``no_geometry`` with the row, ``wrong_crs`` or ``cannot_write``.
    """
    ground = projected(frame, crs)
    kind = kind_of(ground.geometries)
    names = [name for name in frame.columns if name != frame.geometry.name]
    columns = [_array(property_values(frame, name)) for name in names]
    with in_place(path) as (folder, target):
        file = folder / "layer.gpkg"  # GDAL wants the suffix
        raw.write(
            file,
            shapely.to_wkb(_alike(ground.geometries)),
            [values for values, _absent in columns],
            names,
            field_mask=[absent for _values, absent in columns],
            layer=layer,
            driver="GPKG",
            geometry_type=_TYPES[kind],
            crs=ground.wkt,
            dataset_options={"VERSION": "1.2"},  # the newest that GDAL of Debian 12 reads quietly
        )
        for name, table in (tables or {}).items():
            _append_table(file, name, table)
        file.replace(target)
    return ExportReport(path, "gpkg", len(frame), ground.name, notes=ground.notes)


def _append_table(file: Path, layer: str, table: pd.DataFrame) -> None:
    columns = [_array(property_values(table, name)) for name in table.columns]
    raw.write(
        file,
        None,
        [values for values, _absent in columns],
        list(table.columns),
        field_mask=[absent for _values, absent in columns],
        layer=layer,
        driver="GPKG",
        append=True,
        geometry_type=None,
        crs=None,
    )


_TYPES: Final[dict[Kind, str]] = {
    "Polygon": "MultiPolygon",
    "LineString": "MultiLineString",
    "Point": "Point",
}


def _alike(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """All geometries as the one type of the layer: multi-parts, or points."""
    kinds = shapely.get_type_id(geometries)
    out = geometries.copy()
    for row in np.flatnonzero(kinds == shapely.GeometryType.POLYGON):
        out[row] = shapely.MultiPolygon([out[row]])
    for row in np.flatnonzero(kinds == shapely.GeometryType.LINESTRING):
        out[row] = shapely.MultiLineString([out[row]])
    return out


def _array(values: Sequence[object]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {Decimal}:
        values, kinds = [None if value is None else json_value(value) for value in values], {float}
    if int in kinds and not all(_fits(value) for value in values):
        return np.array([_text(value) for value in values], dtype=object), None
    for kind in (bool, int, float):
        if kinds == {kind} or (kind is float and kinds == {int, float}):
            absent = np.array([value is None for value in values])
            filled = [_ABSENT[kind] if value is None else value for value in values]
            return np.array(filled, dtype=kind), absent
    if kinds == {date}:
        return np.array(values, dtype="datetime64[D]"), None
    return np.array([_text(value) for value in values], dtype=object), None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    return json_text(value)


def _fits(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63
