"""New plots, one or a hundred thousand, by the same statements.

A batch is sent as one JSON text, so that a statement serves any number of plots. An area that the
caller measured is taken unless the database finds that it cannot be that of the shape.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import Connection, Dialect, text
from sqlalchemy.dialects import postgresql

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import plot_version
from service.database.sent_shapes import as_hex
from service.plots.db.numbers import reserved_numbers
from service.plots.db.plots import ATTRIBUTES
from service.plots.number_taken import NumberTaken

BATCH = 2_000


@dataclass(frozen=True)
class NewPlot:
    """A validated version that is to be stored: attributes by their API names, and its county."""

    geometry: shapely.MultiPolygon
    district: str
    attributes: Mapping[str, Any]
    review: str = "draft"
    return_reason: str | None = None
    area_m2: float | None = None
    """On the ellipsoid, as PostGIS measures it; None: it does."""


_IDS = text("""
SELECT nextval(pg_get_serial_sequence('plot', 'id')) AS id FROM generate_series(1, :count)
""")

_PLOT = text("""
INSERT INTO plot (id, last_version, demo, created_by)
SELECT id, 1, :demo, :created_by FROM unnest(CAST(:ids AS bigint[])) AS id
""")

_NUMBER = text("""
INSERT INTO plot_number (district, year, plot_no, plot_id)
SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS given(district text, year integer, plot_no text, plot_id bigint)
ON CONFLICT (district, year, plot_no) DO NOTHING
RETURNING plot_id
""")

# The value of a column that may not be NULL, for an attribute that is missing.
EMPTY: Mapping[str, Any] = {"species": [], "evidence": [], "extra": {}, "plan_ids": []}
_WRITTEN = (*ATTRIBUTES, "district", "review", "return_reason")
_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
# The column names in the SQL text come from ATTRIBUTES, never from a caller.
_TYPES = {name: plot_version.c[name].type.compile(_DIALECT) for name in _WRITTEN}
# A row holds only what it says.
_NOTHING = {"species": "[]", "evidence": "[]", "extra": "{}", "plan_ids": "{}"}
_COLUMNS = [
    f"coalesce({name}, '{_NOTHING[name]}')" if name in _NOTHING else name for name in _WRITTEN
]
_VERSION = text(
    "INSERT INTO plot_version (plot_id, slot, version, geom, area_m2, changed_by, "  # noqa: S608
    + ", ".join(_WRITTEN)
    + ") SELECT plot_id, slot, 1, ST_GeomFromWKB(decode(geom, 'hex'), :srid), area_m2, "
    + ":changed_by, "
    + ", ".join(_COLUMNS)
    + " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) "
    + "AS given(plot_id bigint, slot text, geom text, area_m2 double precision, "
    + ", ".join(f"{name} {_TYPES[name]}" for name in _WRITTEN)
    + ")"
)
_SAID = frozenset(ATTRIBUTES)

# Whether the areas of the rows that come next are those of `gis.measure`.
_MEASURED = text("SELECT set_config('luotu.areas', :whose, true)")


def insert_plots(
    connection: Connection, account: Account, plots: Sequence[NewPlot], *, demo: bool = False
) -> list[int]:
    """Store new plots; returns their ids in the same order.

    Raises
    ------
    NumberTaken
        A plot brings a ``plot_no`` that another plot has. The caller must let the transaction fail,
        so that nothing is stored.
    """
    ids: list[int] = []
    set_change_author(connection, account)
    for start in range(0, len(plots), BATCH):
        batch = plots[start : start + BATCH]
        plot_ids = [row.id for row in connection.execute(_IDS, {"count": len(batch)})]
        connection.execute(_PLOT, {"ids": plot_ids, "demo": demo, "created_by": account.id})
        shapes = as_hex([plot.geometry for plot in batch])
        rows = [
            _row(plot_id, plot, shape)
            for plot_id, plot, shape in zip(plot_ids, batch, shapes, strict=True)
        ]
        _register_numbers(connection, rows)
        measured = any(plot.area_m2 is not None for plot in batch)
        if measured:
            connection.execute(_MEASURED, {"whose": "measured"})
        connection.execute(
            _VERSION, {"rows": json.dumps(rows), "srid": CGCS2000, "changed_by": account.id}
        )
        if measured:
            connection.execute(_MEASURED, {"whose": ""})
        ids.extend(plot_ids)
    return ids


def _row(plot_id: int, plot: NewPlot, shape: str | None) -> dict[str, Any]:
    row = {
        name: value
        for name, value in plot.attributes.items()
        if value is not None and name in _SAID
    }
    when = row.get("planted_on")
    if isinstance(when, datetime | date):
        row["planted_on"] = when.isoformat()[:10]
    row["plot_id"] = plot_id
    row["district"] = plot.district
    row["review"] = plot.review
    row["return_reason"] = plot.return_reason
    row["slot"] = "approved" if plot.review == "approved" else "working"
    row["geom"] = shape
    if plot.area_m2 is not None:
        row["area_m2"] = plot.area_m2
    return row


def _register_numbers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    without_number: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        if not row.get("plot_no"):
            without_number.setdefault((row["district"], row["year"]), []).append(row)
    wanted = {key: len(group) for key, group in without_number.items()}
    for key, numbers in reserved_numbers(connection, wanted).items():
        for row, number in zip(without_number[key], numbers, strict=True):
            row["plot_no"] = number
    given = [
        {name: row[name] for name in ("district", "year", "plot_no", "plot_id")} for row in rows
    ]
    written = {row.plot_id for row in connection.execute(_NUMBER, {"rows": json.dumps(given)})}
    for row in given:
        if row["plot_id"] not in written:
            raise NumberTaken(row["district"], row["year"], row["plot_no"])
