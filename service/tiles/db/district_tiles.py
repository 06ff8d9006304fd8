"""Vector tiles of districts, with figures or without, and of zones.

At small scales districts are drawn from shapes simplified beforehand; zones are small and are
simplified on demand.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.tiles.db.tile_extent import AROUND, EXTENT, NOTE, Ground, drawn, places

# The thinned shapes of district_shape serve up to these z of WebMercatorQuad; beyond, the borders
# are drawn as they are.
THINNED_TO: Final = (4, 7, 10)

# The scope, all below it, and the parents on the way up; without a scope, the whole tree.
_VISIBLE = """
WITH RECURSIVE below AS (
    SELECT d.code FROM district d WHERE d.code = ANY(CAST(:scope AS text[]))
    UNION
    SELECT d.code FROM district d JOIN below ON d.parent = below.code
), above AS (
    SELECT d.parent AS code FROM district d
    WHERE d.code = ANY(CAST(:scope AS text[])) AND d.parent IS NOT NULL
    UNION
    SELECT d.parent FROM district d JOIN above ON d.code = above.code WHERE d.parent IS NOT NULL
), visible AS (
    SELECT code FROM below UNION SELECT code FROM above
), {one}
"""
_SHAPES = f"""
    FROM district d
    JOIN district_boundary b ON b.code = d.code AND b.valid_to IS NULL
    {{thinned}}
    WHERE b.geom && {AROUND} AND d.level = ANY(CAST(:levels AS text[]))
"""
_THINNED = "JOIN district_shape s ON s.boundary_id = b.id AND s.scale = :thinned"


def _shapes(ground: Ground, scale: int, columns: str) -> tuple[str, dict[str, Any]]:
    """The features of districts, with some columns, as they are drawn at a scale."""
    thinned = next((to_scale for to_scale in THINNED_TO if scale <= to_scale), None)
    shape = drawn("b.geom" if thinned is None else "s.geom", mercator=ground.mercator)
    tables = _SHAPES.format(thinned="" if thinned is None else _THINNED)
    rows = f"SELECT b.id AS fid, {columns}, {shape} AS geom {tables}"
    return rows, {**places(ground), "thinned": thinned}


def districts_tile(
    connection: Connection, account: Account, levels: Sequence[str], ground: Ground, scale: int
) -> bytes:
    """Districts that the account may see; empty when none is there."""
    rows, given = _shapes(ground, scale, "d.code, d.name, d.level, d.parent")
    if account.counties is None:
        with_rows = f"WITH one AS MATERIALIZED ({rows})"
    else:
        with_rows = _VISIBLE.format(
            one=f"one AS MATERIALIZED ({rows} AND d.code IN (TABLE visible))"
        )
        given["scope"] = list(account.scope)
    data = connection.scalar(
        text(f"{with_rows} {_AS_MVT.format(layer='districts')}"), {**given, "levels": list(levels)}
    )
    return bytes(data or b"")


_AS_MVT = (
    f"SELECT ST_AsMVT(one, '{{layer}}', {EXTENT}, 'geom', 'fid') FROM one WHERE geom IS NOT NULL"  # noqa: S608
)


def coverage_tile(
    connection: Connection,
    figures: Sequence[Mapping[str, Any]],
    said: Mapping[str, int],
    ground: Ground,
    scale: int,
) -> bytes:
    """Districts with the figures of their rows; ``said`` of the tile goes into its layer ``tile``.

    ``figures`` have ``code``, ``level`` and what a client is to see; they are all that is shown.
    """
    columns = (
        "d.code, d.name, d.level, f.coverage, f.green_m2, f.district_m2, f.plot_count, f.complete"
    )
    rows, given = _shapes(ground, scale, columns)
    rows = rows.replace("FROM district d\n", "FROM figure f JOIN district d ON d.code = f.code\n")
    note = NOTE.format(said=", ".join(f"CAST(:{name} AS bigint) AS {name}" for name in said))
    statement = f"""
    WITH figure AS (
        SELECT * FROM jsonb_to_recordset(CAST(:figures AS jsonb)) AS f(
            code text, coverage double precision, green_m2 double precision,
            district_m2 double precision, plot_count bigint, complete boolean)
    ), one AS MATERIALIZED ({rows})
    SELECT CASE WHEN EXISTS (SELECT FROM one WHERE geom IS NOT NULL) THEN
        ({_AS_MVT.format(layer="coverage")}) || (SELECT {note}) END
    """  # noqa: S608 - constants of ours; values are bound
    levels = sorted({str(row["level"]) for row in figures})
    text_of = json.dumps([dict(row) for row in figures])
    data = connection.scalar(
        text(statement), {**given, **said, "levels": levels, "figures": text_of}
    )
    return bytes(data or b"")


_ZONES = f"""
WITH one AS MATERIALIZED (
    SELECT v.id AS fid, z.id, z.code, v.name, z.level, z.parent, {{shape}} AS geom
    FROM zone z JOIN zone_version v ON v.zone_id = z.id
    WHERE v.geom && {AROUND} AND z.level = ANY(CAST(:levels AS text[]))
      AND v.valid_from <= :day AND (v.valid_to IS NULL OR v.valid_to > :day){{where}}
)
{{data}}
"""  # noqa: S608 - constants of ours


def zones_tile(
    connection: Connection,
    account: Account,
    levels: Sequence[str],
    day: date,
    ground: Ground,
    scale: int,
) -> bytes:
    """Zones of some levels that hold on a day, all of whose counties the account covers."""
    given: dict[str, Any] = {**places(ground), "levels": list(levels), "day": day}
    thinned = f"ST_SimplifyPreserveTopology(v.geom, {180 / 256 / 2**scale!r})"
    where = ""
    if account.counties is not None:
        where, given["scope"] = " AND z.counties <@ CAST(:scope AS text[])", list(account.counties)
    statement = _ZONES.format(
        shape=drawn("v.geom" if scale > THINNED_TO[-1] else thinned, mercator=ground.mercator),
        where=where,
        data=_AS_MVT.format(layer="zones"),
    )
    return bytes(connection.scalar(text(statement), given) or b"")
