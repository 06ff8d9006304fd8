"""Records as files: tables with their shapes as WKT, and GeoJSON."""

import json
from typing import Any, Literal

import geopandas
import pandas as pd
import shapely

from data.writing.csv import WKT, as_csv, wkt_texts
from data.writing.xlsx import as_xlsx
from gis.messages import Message
from service.errors import Problem
from service.registers.definition import Definition
from service.web.timestamps import in_words, now

__all__ = ["TableFormat", "one_kind_of_shape", "records_file"]

TableFormat = Literal["csv", "xlsx", "geojson"]

HEADS = {
    "id": "id",
    "number": "编号",
    "name": "名称",
    "state": "状态",
    "state_label": "状态名称",
    "since": "状态起始日",
    "deadline": "期限",
    "overdue": "逾期",
    "county": "县",
    "town": "乡镇",
    "village": "村",
    "zone": "责任区",
    "unit": "责任单位",
    "plan": "计划",
    "area_m2": "面积 m²",
    "length_m": "长度 m",
    "note": "备注",
}


def records_file(
    frame: geopandas.GeoDataFrame,
    definition: Definition,
    format: TableFormat,  # noqa: A002 - the contract's name
) -> bytes:
    """Records as CSV or Excel under Chinese headings, which an import knows, or as GeoJSON."""
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    columns = list(table.columns)
    rows: list[dict[str, Any]] = [
        {str(name): None if _empty(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]
    if format == "geojson":
        features = [
            {
                "type": "Feature",
                "id": row["id"],
                "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
                "properties": row,
            }
            for row, shape in zip(rows, frame.geometry, strict=True)
        ]
        collection = {"type": "FeatureCollection", "features": features}
        return json.dumps(collection, ensure_ascii=False, default=str).encode()
    heads = _heads(columns, definition)
    for row, text in zip(rows, wkt_texts(frame.geometry.to_numpy()), strict=True):
        row[WKT] = text
    if format == "csv":
        named = [{heads[name]: value for name, value in row.items()} for row in rows]
        return as_csv(list(heads.values()), named).encode()
    notes = [definition.label_zh, f"截至 as of {in_words(now())}"]
    return as_xlsx(definition.label_zh, heads, rows, notes)


def _heads(columns: list[str], definition: Definition) -> dict[str, str]:
    """Words of each column; a field that is called as another column has its own name, by which
    an import knows it as well.
    """
    labels = {field.name: field.label_zh for field in definition.fields}
    heads: dict[str, str] = {}
    for name in [*columns, WKT]:
        words = HEADS.get(name) or labels.get(name) or name
        heads[name] = name if words in heads.values() else words
    return heads


def one_kind_of_shape(frame: geopandas.GeoDataFrame) -> None:
    """Refuse records that a layer of one kind of shape cannot hold.

    Raises
    ------
    Problem
        422 ``mixed_shapes``.
    """
    kinds = {None if shape is None else shape.geom_type for shape in frame.geometry}
    if None in kinds or len(kinds) > 1:
        raise Problem(
            422,
            "mixed_shapes",
            Message(
                "有的记录无位置，或点、线、面混在一起，此格式放不下，请用 .geojson、.csv 或 .xlsx",
                "some records have no shape, or points, lines and polygons are mixed, which this "
                "format cannot hold: write .geojson, .csv or .xlsx",
            ),
        )


def _empty(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN
