"""Towns and villages of plots, by where they lie."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from data.slices import slices
from gis.nearby import nearby
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.districts.db.cells import cells_near

__all__ = ["Place", "fill_places", "places_of"]

BATCH: Final = 1_000
_COUNTY: Final = 6  # digits of the code of a county
_TOWN: Final = 9


class Place(NamedTuple):
    """Codes of the town and the village of a plot; None where no such district is known there."""

    town: str | None
    village: str | None


def places_of(
    connection: Connection, shapes: Sequence[shapely.Geometry], counties: Sequence[str]
) -> list[Place]:
    """The place of each shape (polygons in degrees of CGCS2000) of a county, in their order.

    It is what ``place_of`` of the database says of one: where a point on the largest part lies.
    """
    drawn = np.empty(len(shapes), dtype=object)
    drawn[:] = shapes
    points = _points(drawn)
    places = [Place(None, None)] * len(shapes)
    for near in nearby(points, BATCH):
        cells = cells_near(connection, near.boxes, ["town", "village"])
        row, cell = shapely.STRtree(cells.shapes).query(points[near.rows], predicate="intersects")
        towns: dict[int, list[str]] = {}
        villages: dict[int, list[str]] = {}
        for n, here in zip(near.rows[row].tolist(), cell.tolist(), strict=True):
            code = cells.codes[here]
            if code[:_COUNTY] == counties[n]:
                of_level = towns if cells.levels[here] == "town" else villages
                of_level.setdefault(n, []).append(code)
        for n in towns.keys() | villages.keys():
            places[n] = _place(towns.get(n, []), villages.get(n, []))
    return places


def _points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """A point on the largest part of each, on the first of equal ones."""
    points = np.empty(len(shapes), dtype=object)
    for part in slices(len(shapes)):  # parts are copies
        points[part] = _points_of(shapes[part])
    return points


def _points_of(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    parts, row = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((np.arange(len(row)), -shapely.area(parts), row))
    _rows, first = np.unique(row[order], return_index=True)
    return np.asarray(shapely.point_on_surface(parts[order[first]]), dtype=object)


def _place(towns: Sequence[str], villages: Sequence[str]) -> Place:
    """The lowest town, and the lowest village of it; a village alone tells its town."""
    if not villages:
        return Place(min(towns), None)
    town = min(towns) if towns else min(villages)[:_TOWN]
    return Place(town, min((code for code in villages if code[:_TOWN] == town), default=None))


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
