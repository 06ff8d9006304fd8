"""New plots into the database, one or a hundred thousand, in one way.

A batch goes over as one JSON text, so that a statement serves any number of plots; what the
database finds out by itself (county, number, area) is not taken from the caller.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import sign
from service.plots.db.plots import ATTRIBUTES

BATCH = 1_000

PLOT_NO_DIGITS = 5


@dataclass(frozen=True)
class Share:
    """How a plot lies in one county: the ratio of its ground that is there."""

    county: str
    share: float


class NumberTaken(ValueError):  # noqa: N818 - a refusal, no failure of ours
    """A 图斑号 is another plot's already in this county and year."""

    def __init__(self, district: str, year: int, plot_no: str) -> None:
        super().__init__(
            f"图斑号 {plot_no} 在 {district} {year} 年已被使用；"
            f"plot_no {plot_no} is taken in {district}, {year}: leave it empty to be given one"
        )
        self.plot_no = plot_no


_SHARES = text("""
WITH input AS (
    SELECT one.n, ST_GeomFromWKB(decode(one.geom, 'hex'), :srid) AS geom
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one(n integer, geom text)
), piece AS MATERIALIZED (
    -- Each cut reads all vertices of both: a shape of many is cut into pieces of few first.
    SELECT n, ST_Area(geom) AS whole, geom FROM input WHERE ST_NPoints(geom) <= 1000
    UNION ALL
    SELECT n, ST_Area(geom), ST_Subdivide(geom, 256) FROM input WHERE ST_NPoints(geom) > 1000
)
SELECT piece.n, cell.code,
       sum(CASE WHEN ST_CoveredBy(piece.geom, cell.geom) THEN ST_Area(piece.geom)
                ELSE ST_Area(ST_Intersection(piece.geom, cell.geom)) END)
           / piece.whole AS share
FROM piece
JOIN district_cell cell ON ST_Intersects(piece.geom, cell.geom)
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = 'county'
GROUP BY piece.n, cell.code, piece.whole
ORDER BY piece.n, share DESC, cell.code
""")


def county_shares(
    connection: Connection, geometries: Sequence[shapely.Geometry]
) -> list[list[Share]]:
    """The counties of each plot, largest part first; an empty list outside all of them."""
    found: list[list[Share]] = [[] for _ in geometries]
    for start in range(0, len(geometries), BATCH):
        rows = [
            {"n": start + n, "geom": shapely.to_wkb(geometry, hex=True)}
            for n, geometry in enumerate(geometries[start : start + BATCH])
        ]
        for row in connection.execute(_SHARES, {"rows": json.dumps(rows), "srid": CGCS2000}):
            if row.share > 0:
                found[row.n].append(Share(row.code, row.share))
    return found


@dataclass(frozen=True)
class NewPlot:
    """A checked plot on its way in: attributes by their API names, its county found before."""

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
SELECT id, 1, :demo, :who FROM unnest(CAST(:ids AS bigint[])) AS id
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
    AS one(district text, year integer, plot_no text, plot_id bigint)
ON CONFLICT (district, year, plot_no) DO NOTHING
RETURNING plot_id
""")

# Names of columns come from ATTRIBUTES above, never from a caller.
_COLUMNS = {
    "year": "integer",
    "species": "jsonb",
    "evidence": "jsonb",
    "extra": "jsonb",
    "density_per_ha": "double precision",
    "declared_m2": "double precision",
    "planted_on": "date",
    "plan_ids": "bigint[]",
}
_WRITTEN = (*ATTRIBUTES, "district", "review", "return_reason")
_VERSION = text(
    "INSERT INTO plot_version (plot_id, slot, version, geom, changed_by, "  # noqa: S608
    + ", ".join(_WRITTEN)
    + ") SELECT plot_id, slot, 1, ST_GeomFromWKB(decode(geom, 'hex'), :srid), :who, "
    + ", ".join(_WRITTEN)
    + " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one(plot_id bigint, slot text, geom text, "
    + ", ".join(f"{name} {_COLUMNS.get(name, 'text')}" for name in _WRITTEN)
    + ")"
)


def insert_plots(
    connection: Connection, who: Account, plots: Sequence[NewPlot], *, demo: bool = False
) -> list[int]:
    """Write new plots; answers their numbers in the same order.

    Raises
    ------
    NumberTaken
        A plot brings a ``plot_no`` that another plot bears. Nothing is written then, provided that
        the caller's transaction ends with the error.
    """
    ids: list[int] = []
    sign(connection, who)
    for start in range(0, len(plots), BATCH):
        batch = plots[start : start + BATCH]
        numbers = [row.id for row in connection.execute(_IDS, {"count": len(batch)})]
        connection.execute(_PLOT, {"ids": numbers, "demo": demo, "who": who.id})
        rows = [
            {
                **_column_values(one.attributes),
                "plot_id": number,
                "district": one.district,
                "review": one.review,
                "return_reason": one.return_reason,
                "slot": "approved" if one.review == "approved" else "working",
                "geom": shapely.to_wkb(one.geometry, hex=True),
            }
            for number, one in zip(numbers, batch, strict=True)
        ]
        _give_numbers(connection, rows)
        connection.execute(_VERSION, {"rows": json.dumps(rows), "srid": CGCS2000, "who": who.id})
        ids.extend(numbers)
    return ids


def _column_values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: attributes.get(name) for name in ATTRIBUTES}
    for name, empty in (("species", []), ("evidence", []), ("extra", {}), ("plan_ids", [])):
        if values[name] is None:
            values[name] = empty
    when = values["planted_on"]
    if isinstance(when, datetime | date):
        values["planted_on"] = when.isoformat()[:10]
    return values


def _give_numbers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    wanting: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        if not row["plot_no"]:
            wanting.setdefault((row["district"], row["year"]), []).append(row)
    # Sorted, so that two writers take the counters in one order and never deadlock.
    for (district, year), those in sorted(wanting.items()):
        fresh = next_numbers(connection, district, year, len(those))
        for row in those:
            row["plot_no"] = next(fresh)
    numbers = [
        {name: row[name] for name in ("district", "year", "plot_no", "plot_id")} for row in rows
    ]
    written = {row.plot_id for row in connection.execute(_NUMBER, {"rows": json.dumps(numbers)})}
    for row in numbers:
        if row["plot_id"] not in written:
            raise NumberTaken(row["district"], row["year"], row["plot_no"])


def next_numbers(connection: Connection, district: str, year: int, count: int) -> Iterator[str]:
    """Numbers of the county's counter, those left out that somebody brought along before."""
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
