"""New plots, one or a hundred thousand, by the same statements.

A batch is sent as one JSON text, so that a statement serves any number of plots. The database
finds out county, number and area by itself; they are not taken from the caller.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Dialect, text
from sqlalchemy.dialects import postgresql

from gis.crs import CGCS2000
from gis.shared_area import MANY_VERTICES, shared_area_deg2
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import plot_version
from service.plots.db.plots import ATTRIBUTES
from service.plots.number_taken import NumberTaken

BATCH = 1_000

PLOT_NO_DIGITS = 5


@dataclass(frozen=True)
class Share:
    """The part of a plot that lies in one county, as a ratio of its area."""

    county: str
    share: float


_SHARES = text("""
WITH input AS MATERIALIZED (
    SELECT given.n, ST_GeomFromWKB(decode(given.geom, 'hex'), :srid) AS geom
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(n integer, geom text)
)
SELECT input.n, cell.code,
       sum(CASE WHEN ST_CoveredBy(input.geom, cell.geom) THEN ST_Area(input.geom)
                ELSE ST_Area(ST_Intersection(input.geom, cell.geom)) END)
           / ST_Area(input.geom) AS share
FROM input
JOIN district_cell cell ON ST_Intersects(input.geom, cell.geom)
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = 'county'
GROUP BY input.n, input.geom, cell.code
ORDER BY input.n, share DESC, cell.code
""")

_CELLS = text("""
SELECT cell.code, ST_AsBinary(ST_Union(cell.geom)) AS wkb
FROM district_cell cell
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = 'county'
WHERE cell.geom && ST_MakeEnvelope(:west, :south, :east, :north, :srid)
GROUP BY cell.code
""")

# A sum over edges leaves so much of ground that only touches.
_ROUNDING = 1e-12


def county_shares(connection: Connection, geometries: Sequence[BaseGeometry]) -> list[list[Share]]:
    """The counties of each geometry (degrees of CGCS2000), largest part first.

    The list of a geometry is empty when it lies in no county.

    Raises
    ------
    GeometryError
        ``too_many_edges``: see `gis.shared_area.shared_area_deg2`.
    """
    shares: list[list[Share]] = [[] for _ in geometries]
    many = shapely.get_num_coordinates(np.array(geometries, dtype=object)) > MANY_VERTICES
    for n in np.flatnonzero(many).tolist():
        shares[n] = _shares_of_long_outline(connection, geometries[n])
    few = np.flatnonzero(~many).tolist()
    for start in range(0, len(few), BATCH):
        batch = few[start : start + BATCH]
        rows = [
            {"n": n, "geom": wkb}
            for n, wkb in zip(batch, _hex([geometries[n] for n in batch]), strict=True)
        ]
        for row in connection.execute(_SHARES, {"rows": json.dumps(rows), "srid": CGCS2000}):
            if row.share > 0:
                shares[row.n].append(Share(row.code, row.share))
    return shares


def _shares_of_long_outline(connection: Connection, geometry: BaseGeometry) -> list[Share]:
    west, south, east, north = geometry.bounds
    box = {"west": west, "south": south, "east": east, "north": north, "srid": CGCS2000}
    whole = shapely.area(geometry)
    shares = [
        Share(row.code, shared_area_deg2(geometry, shapely.from_wkb(row.wkb)) / whole)
        for row in connection.execute(_CELLS, box).all()
    ]
    return sorted(
        (share for share in shares if share.share > _ROUNDING),
        key=lambda share: (-share.share, share.county),
    )


@dataclass(frozen=True)
class NewPlot:
    """A validated version that is to be stored: attributes by their API names, and its county."""

    geometry: shapely.MultiPolygon
    district: str
    attributes: Mapping[str, Any]
    review: str = "draft"
    return_reason: str | None = None


_IDS = text("""
SELECT nextval(pg_get_serial_sequence('plot', 'id')) AS id FROM generate_series(1, :count)
""")

_PLOT = text("""
INSERT INTO plot (id, last_version, demo, created_by)
SELECT id, 1, :demo, :created_by FROM unnest(CAST(:ids AS bigint[])) AS id
""")

_COUNT_UP = text("""
INSERT INTO plot_counter AS counter (district, year, last_no) VALUES (:district, :year, :count)
ON CONFLICT (district, year) DO UPDATE SET last_no = counter.last_no + :count
RETURNING last_no
""")

_TAKEN = text("""
SELECT plot_no FROM plot_number
WHERE district = :district AND year = :year AND plot_no = ANY(CAST(:numbers AS text[]))
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
_VERSION = text(
    "INSERT INTO plot_version (plot_id, slot, version, geom, changed_by, "  # noqa: S608
    + ", ".join(_WRITTEN)
    + ") SELECT plot_id, slot, 1, ST_GeomFromWKB(decode(geom, 'hex'), :srid), :changed_by, "
    + ", ".join(_WRITTEN)
    + " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) "
    + "AS given(plot_id bigint, slot text, geom text, "
    + ", ".join(f"{name} {_TYPES[name]}" for name in _WRITTEN)
    + ")"
)


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
        rows = [
            {
                **_column_values(plot.attributes),
                "plot_id": plot_id,
                "district": plot.district,
                "review": plot.review,
                "return_reason": plot.return_reason,
                "slot": "approved" if plot.review == "approved" else "working",
                "geom": wkb,
            }
            for plot_id, plot, wkb in zip(
                plot_ids, batch, _hex([plot.geometry for plot in batch]), strict=True
            )
        ]
        _register_numbers(connection, rows)
        connection.execute(
            _VERSION, {"rows": json.dumps(rows), "srid": CGCS2000, "changed_by": account.id}
        )
        ids.extend(plot_ids)
    return ids


def _hex(geometries: Sequence[BaseGeometry]) -> list[str]:
    """WKB as hexadecimal digits: one call for many shapes takes a third of the time."""
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    texts: list[str] = shapely.to_wkb(shapes, hex=True).tolist()
    return texts


def _column_values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: attributes.get(name) for name in ATTRIBUTES}
    values |= {name: empty for name, empty in EMPTY.items() if values[name] is None}
    when = values["planted_on"]
    if isinstance(when, datetime | date):
        values["planted_on"] = when.isoformat()[:10]
    return values


def _register_numbers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    without_number: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        if not row["plot_no"]:
            without_number.setdefault((row["district"], row["year"]), []).append(row)
    # Sorted, so that two writers lock the counters in the same order and cannot deadlock.
    for (district, year), group in sorted(without_number.items()):
        fresh = next_numbers(connection, district, year, len(group))
        for row in group:
            row["plot_no"] = next(fresh)
    numbers = [
        {name: row[name] for name in ("district", "year", "plot_no", "plot_id")} for row in rows
    ]
    written = {row.plot_id for row in connection.execute(_NUMBER, {"rows": json.dumps(numbers)})}
    for row in numbers:
        if row["plot_id"] not in written:
            raise NumberTaken(row["district"], row["year"], row["plot_no"])


def next_numbers(connection: Connection, district: str, year: int, count: int) -> Iterator[str]:
    """The next ``count`` free 图斑号 of a county and year; those that plots brought are skipped."""
    key = {"district": district, "year": year}
    given = 0
    while given < count:
        last = connection.scalar(_COUNT_UP, {**key, "count": count - given})
        assert last is not None
        numbers = [f"{n:0{PLOT_NO_DIGITS}d}" for n in range(last - (count - given) + 1, last + 1)]
        taken = set(connection.scalars(_TAKEN, {**key, "numbers": numbers}))
        for number in numbers:
            if number not in taken:
                given += 1
                yield number
