"""Records as the frame that files are made of."""

from typing import Any

import geopandas
import shapely
from sqlalchemy import Connection

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.registers.db import records
from service.registers.db.records import RecordFilter
from service.registers.definition import Definition
from service.web.row_limits import RECORDS, RowLimit

COLUMNS = (
    "id",
    "number",
    "name",
    "state",
    "since",
    "deadline",
    "overdue",
    "county",
    "town",
    "village",
    "zone",
    "unit",
    "plan",
    "area_m2",
    "length_m",
    "note",
)


def records_frame(
    connection: Connection,
    account: Account,
    definition: Definition,
    filters: RecordFilter,
    bound: RowLimit,
    *,
    personal: bool,
) -> geopandas.GeoDataFrame:
    """Records of the scope, a column a field; personal ones only where they may be seen."""
    rows = records.list_records(connection, account, filters, limit=bound.limit + 1, wkb=True)
    rows = bound.within(rows, RECORDS)
    fields = [
        field.name
        for field in definition.fields
        if personal or field.name not in definition.personal
    ]
    table: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in COLUMNS}
    table["state_label"] = [definition.state[row["state"]].label_zh for row in rows]
    table |= {name: [row["field_values"].get(name) for row in rows] for name in fields}
    shapes = [None if row["geometry"] is None else row["geometry"] for row in rows]
    geometry = geopandas.GeoSeries(shapely.from_wkb(shapes), crs=CGCS2000)
    return geopandas.GeoDataFrame(table, geometry=geometry, crs=CGCS2000)
