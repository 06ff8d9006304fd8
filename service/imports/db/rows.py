"""Staged rows of imports: written in batches, read page by page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import shapely
from sqlalchemy import ARRAY, Connection, Select, Text, delete, func, literal, select, text

from gis.crs import CGCS2000
from service.database.import_tables import import_row
from service.database.sent_shapes import as_hex
from service.plots.db.live_plots import Number

__all__ = [
    "RowFilter",
    "StagedRow",
    "count_rows",
    "list_rows",
    "numbers_of",
    "replace_rows",
    "staged_rows",
]

BATCH = 2_000
r = import_row


class StagedRow(NamedTuple):
    """A row with all that is said of it."""

    row: int
    """From 1."""
    geometry: shapely.Geometry | None
    properties: Mapping[str, Any]
    district: str | None
    severity: str | None
    problems: Sequence[Mapping[str, Any]]
    match: str
    plot_id: int | None
    version: int | None
    fields: Sequence[str]
    outline: shapely.Geometry | None = None
    """What was drawn, where it gave no geometry."""


class RowFilter(NamedTuple):
    """Which rows are asked for; None leaves a condition out."""

    severity: str | None = None
    """The worst of a row; ``none`` for rows that nothing is said of."""
    code: str | None = None
    match: str | None = None
    """Of rows that are not blocked."""


_INSERT = text("""
INSERT INTO import_row (import_id, row, geom, properties, district, severity, codes, problems,
                        match, plot_id, version, fields, outline)
SELECT :import_id, given.row, ST_GeomFromWKB(decode(given.geom, 'hex'), :srid), given.properties,
       given.district, given.severity, given.codes, given.problems, given.match, given.plot_id,
       given.version, given.fields, ST_GeomFromWKB(decode(given.outline, 'hex'), :srid)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(
    row integer, geom text, properties jsonb, district text, severity text, codes text[],
    problems jsonb, match text, plot_id bigint, version integer, fields text[],
    outline text)
""")


def replace_rows(connection: Connection, number: int, rows: Iterator[StagedRow]) -> None:
    """Put rows in the place of those that an import has."""
    connection.execute(delete(r).where(r.c.import_id == number))
    batch: list[StagedRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            _insert(connection, number, batch)
            batch = []
    if batch:
        _insert(connection, number, batch)


def _insert(connection: Connection, number: int, rows: Sequence[StagedRow]) -> None:
    shapes = as_hex([row.geometry for row in rows])
    outlines = as_hex([row.outline for row in rows])
    sent = [
        {
            **row._asdict(),
            "geometry": None,
            "geom": shape,
            "outline": drawn,
            "codes": sorted({problem["code"] for problem in row.problems}),
        }
        for row, shape, drawn in zip(rows, shapes, outlines, strict=True)
    ]
    values = {"import_id": number, "srid": CGCS2000, "rows": json.dumps(sent)}
    connection.execute(_INSERT, values)


def _filtered(statement: Select[Any], number: int, rows: RowFilter) -> Select[Any]:
    statement = statement.where(r.c.import_id == number)
    if rows.severity is not None:
        worst = None if rows.severity == "none" else rows.severity
        statement = statement.where(r.c.severity.is_not_distinct_from(worst))
    if rows.code is not None:
        statement = statement.where(r.c.codes.op("@>")(literal([rows.code], ARRAY(Text))))
    if rows.match is not None:
        statement = statement.where(r.c.match == rows.match, r.c.severity.is_distinct_from("block"))
    return statement


def list_rows(
    connection: Connection, number: int, rows: RowFilter, *, after: int, limit: int
) -> list[Mapping[str, Any]]:
    """Rows of an import from the one after ``after`` on, geometry and outline as GeoJSON text."""
    columns = [column for column in r.c if column.name not in ("geom", "outline")]
    statement = select(
        *columns,
        func.ST_AsGeoJSON(r.c.geom, 9, 0).label("geometry"),
        func.ST_AsGeoJSON(r.c.outline, 9, 0).label("outline"),
    )
    statement = _filtered(statement, number, rows).where(r.c.row > after)
    found = connection.execute(statement.order_by(r.c.row).limit(limit)).mappings()
    return [dict(row) for row in found]


def count_rows(connection: Connection, number: int, rows: RowFilter) -> int:
    """How many rows of an import the filter selects."""
    return connection.scalar(_filtered(select(func.count()).select_from(r), number, rows)) or 0


def staged_rows(connection: Connection, number: int) -> Iterator[StagedRow]:
    """All rows of an import in the order of the file."""
    statement = select(r, func.ST_AsBinary(r.c.geom).label("wkb")).where(r.c.import_id == number)
    in_batches = {"yield_per": BATCH}
    rows = connection.execute(statement.order_by(r.c.row), execution_options=in_batches)
    for row in rows.mappings():
        yield StagedRow(
            row["row"],
            None if row["wkb"] is None else shapely.from_wkb(bytes(row["wkb"])),
            row["properties"],
            row["district"],
            row["severity"],
            row["problems"],
            row["match"],
            row["plot_id"],
            row["version"],
            row["fields"],
        )


def numbers_of(connection: Connection, number: int) -> tuple[set[Number], set[int]]:
    """The 图斑号 of the rows of an import with county and year, and the plots that have them."""
    year, plot_no = r.c.properties["year"].as_integer(), r.c.properties["plot_no"].as_string()
    statement = select(r.c.district, year, plot_no, r.c.plot_id).where(
        r.c.import_id == number, r.c.district.is_not(None), plot_no.is_not(None), year.is_not(None)
    )
    rows = connection.execute(statement).all()
    return {Number(*row[:3]) for row in rows}, {row[3] for row in rows if row[3] is not None}
