"""Towns and villages of plots, by where they lie."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author

__all__ = ["Place", "fill_places", "places_of"]

BATCH = 1_000


class Place(NamedTuple):
    """Codes of the town and the village of a plot; None where no such district is known there."""

    town: str | None
    village: str | None


_PLACES = text("""
SELECT place.town, place.village
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(n integer, geom text, county text)
CROSS JOIN LATERAL
    place_of(ST_GeomFromWKB(decode(given.geom, 'hex'), :srid), given.county) place
ORDER BY given.n
""")


def places_of(
    connection: Connection, shapes: Sequence[shapely.Geometry], counties: Sequence[str]
) -> list[Place]:
    """The place of each shape (polygons in degrees of CGCS2000) of a county, in their order."""
    drawn = np.empty(len(shapes), dtype=object)
    drawn[:] = shapes
    rows = [
        {"n": n, "geom": wkb, "county": county}
        for n, (wkb, county) in enumerate(
            zip(shapely.to_wkb(drawn, hex=True), counties, strict=True)
        )
    ]
    places: list[Place] = []
    for start in range(0, len(rows), BATCH):
        values = {"rows": json.dumps(rows[start : start + BATCH]), "srid": CGCS2000}
        places += [Place(*row) for row in connection.execute(_PLACES, values)]
    return places


# Each slot has an index of its own. A place that the plot had of the boundary that ended follows
# the new one; what is anything else a person wrote.
_CHANGED = text("""
WITH near AS MATERIALIZED (
    SELECT DISTINCT v.plot_id, v.slot
    FROM district_boundary b JOIN district_cell c ON c.boundary_id = b.id
    CROSS JOIN LATERAL (
        SELECT p.plot_id, p.slot FROM plot_version p
        WHERE p.slot = 'approved' AND p.geom && c.geom AND ST_Intersects(p.geom, c.geom)
        UNION ALL
        SELECT p.plot_id, p.slot FROM plot_version p
        WHERE p.slot = 'working' AND p.geom && c.geom AND ST_Intersects(p.geom, c.geom)
        OFFSET 0
    ) v
    WHERE (b.valid_to IS NULL OR b.valid_to = :begins) AND b.code = ANY(CAST(:codes AS text[]))
), lies AS (
    SELECT v.plot_id, v.slot, v.town AS old_town, v.village AS old_village, place.*
    FROM near JOIN plot_version v ON v.plot_id = near.plot_id AND v.slot = near.slot
    CROSS JOIN LATERAL place_of(v.geom, v.district) place
    WHERE CAST(:ids AS bigint[]) IS NULL OR v.plot_id = ANY(CAST(:ids AS bigint[]))
), in_town AS (
    SELECT lies.*,
           CASE WHEN town IS NULL THEN old_town
                WHEN old_town IS NULL AND (old_village IS NULL OR left(old_village, 9) = town)
                  OR EXISTS (SELECT FROM district_boundary b
                             WHERE b.code = old_town AND b.valid_to = :begins
                               AND ST_Intersects(b.geom, middle))
                THEN town ELSE old_town END AS new_town
    FROM lies
), written AS (
    SELECT in_town.*,
           CASE WHEN village IS NULL OR left(village, 9) <> new_town THEN old_village
                WHEN old_village IS NULL
                  OR EXISTS (SELECT FROM district_boundary b
                             WHERE b.code = old_village AND b.valid_to = :begins
                               AND ST_Intersects(b.geom, middle))
                THEN village ELSE old_village END AS new_village
    FROM in_town
)
SELECT plot_id, slot, new_town AS town, new_village AS village FROM written
WHERE new_town IS DISTINCT FROM old_town OR new_village IS DISTINCT FROM old_village
ORDER BY plot_id, slot
""")

_LOCK = text("""
SELECT id FROM plot WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE
""")

_WRITE = text("""
UPDATE plot_version v
SET town = filled.town, village = filled.village, changed_by = :changed_by, changed_at = now()
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS filled(plot_id bigint, slot text, town text, village text)
WHERE v.plot_id = filled.plot_id AND v.slot = filled.slot
""")


def fill_places(
    connection: Connection,
    account: Account,
    codes: Sequence[str],
    begins: date,
    reason: str,
    plot_ids: Sequence[int] | None = None,
) -> int:
    """Write towns and villages into plots since boundaries of some are new; answers how many plots.

    A plot without one gets that where it lies. One that bears the town in whose boundary it lay
    until it moved gets the new one. What a person wrote stays.

    Parameters
    ----------
    codes
        Towns and villages whose present boundaries are new.
    begins
        Their first day.
    reason
        Kept in the history.
    plot_ids
        Look at these plots only; None: at all.
    """
    values: dict[str, Any] = {
        "codes": list(codes),
        "begins": begins,
        "ids": None if plot_ids is None else list(plot_ids),
    }
    ids = sorted({row.plot_id for row in connection.execute(_CHANGED, values)})
    if not ids:
        return 0
    connection.execute(_LOCK, {"ids": ids})
    # Read again with the plots locked: somebody may have changed them meanwhile.
    rows = [dict(row) for row in connection.execute(_CHANGED, values | {"ids": ids}).mappings()]
    set_change_author(connection, account, reason)
    connection.execute(_WRITE, {"rows": json.dumps(rows), "changed_by": account.id})
    return len({row["plot_id"] for row in rows})
