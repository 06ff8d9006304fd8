"""The columns of a lake's files, by the interface's names, and what GeoParquet says of them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from gis.crs import CGCS2000, known_crs

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "integer", "real", "boolean", "date", "moment"]
Table = Literal["districts", "cells", "plots", "refused"]

# Neither accounts nor people: a lake is handed on.
PLOTS: Final[dict[str, Kind]] = {
    "id": "integer",
    "version": "integer",
    "district": "text",
    "plot_no": "text",
    "year": "integer",
    "name": "text",
    "stage": "text",
    "kind": "text",
    "green_class": "text",
    "area_m2": "real",
    "declared_m2": "real",
    "category": "text",
    "programme": "text",
    "theme": "text",
    "work_type": "text",
    "unit": "text",
    "method": "text",
    "species": "text",
    "density_per_ha": "real",
    "planted_on": "date",
    "compartment_no": "text",
    "subcompartment_no": "text",
    "town": "text",
    "village": "text",
    "land_ownership": "text",
    "tree_ownership": "text",
    "note": "text",
    "extra": "text",
    "changed_at": "moment",
    "in_no_county": "boolean",
}
COLUMNS: Final[dict[Table, dict[str, Kind]]] = {
    "districts": {
        "code": "text",
        "name": "text",
        "level": "text",
        "parent": "text",
        "area_m2": "real",
        "source": "text",
        "complete": "boolean",
        "boundary_id": "integer",
        "valid_from": "text",
    },
    "cells": {"id": "integer", "boundary_id": "integer", "code": "text"},
    "plots": PLOTS,
    "refused": {"id": "integer", "layer": "text", "rule": "integer"},
}
ROWS_OF_GROUP: Final = 2_000
"""Plots of a row group: read whole or not at all, by its box."""
SIDES: Final = ("xmin", "ymin", "xmax", "ymax")


@lru_cache(maxsize=4)
def schema_of(table: Table) -> Any:
    """The Arrow schema of a table: its columns, ``bbox`` and ``geometry`` as WKB.

    >>> schema_of("cells").names
    ['id', 'boundary_id', 'code', 'bbox', 'geometry']
    """
    import pyarrow as pa  # noqa: PLC0415 - it takes half a second

    types: dict[Kind, pa.DataType] = {
        "text": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "moment": pa.timestamp("us", tz="UTC"),
    }
    fields = [pa.field(name, types[kind]) for name, kind in COLUMNS[table].items()]
    box = pa.struct([pa.field(side, pa.float64(), nullable=False) for side in SIDES])
    fields += [pa.field("bbox", box), pa.field("geometry", pa.binary())]
    return pa.schema(fields, metadata={"geo": _about()})


def _about() -> str:
    column = {
        "encoding": "WKB",
        "geometry_types": ["Polygon", "MultiPolygon"],
        "crs": known_crs(CGCS2000).to_json_dict(),
        "edges": "planar",
        "covering": {"bbox": {side: ["bbox", side] for side in SIDES}},
    }
    return json.dumps(
        {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    )
