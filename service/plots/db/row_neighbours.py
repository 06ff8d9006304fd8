"""Plots around the rows of a file: many shapes at once."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.shared_area import MANY_VERTICES
from service.accounts.db.accounts import Account
from service.database.sent_shapes import sent_shapes
from service.plots.db.neighbours import (
    MAX_FOREIGN,
    Neighbour,
    TooManyNeighbours,
    neighbours,
)

__all__ = ["RowNeighbours", "neighbours_of_rows"]

RowNeighbours = list[Neighbour] | TooManyNeighbours | GeometryError
"""Versions that share a point with a row, or why they cannot be compared with it."""

BATCH: Final = 500
# A plot among others meets three to five of them, each in one or two versions.
PAIRS_PER_ROW: Final = 40

# One branch for each slot, so that the partial index of the slot serves.
_BRANCH = """
    SELECT given.n, v.plot_id, v.slot, v.stage, v.district, v.plot_no, v.year, v.geom
    FROM given JOIN plot_version v
        ON v.slot = '{slot}' AND v.geom && given.geom AND v.stage <> 'cancelled'
        AND (CAST(:counties AS text[]) IS NULL OR v.district = ANY(CAST(:counties AS text[]))
             OR v.unit = ANY(CAST(:units AS text[])))
        AND ST_Intersects(v.geom, given.geom)
"""
_AROUND = text(f"""
WITH given AS MATERIALIZED (
    SELECT n, ST_GeomFromWKB(decode(wkb, 'hex'), :srid) AS geom
    FROM unnest(string_to_array(:shapes, ',')) WITH ORDINALITY AS sent(wkb, n)
), around AS (
    ({_BRANCH.format(slot="approved")}) UNION ALL ({_BRANCH.format(slot="working")})
    LIMIT :row_limit
)
SELECT n, plot_id, slot, stage, district, plot_no, year, ST_AsBinary(geom) AS wkb
FROM around ORDER BY n, plot_id, slot
""")  # noqa: S608 - both branches are literals

_FOREIGN = text("""
SELECT slot, stage, district, ST_AsBinary(geom) AS wkb
FROM ground_around(ST_MakeEnvelope(:west, :south, :east, :north, :srid), 0, :max_foreign)
WHERE plot_id IS NULL
""")


def neighbours_of_rows(
    connection: Connection, account: Account, shapes: Sequence[Any], *, max_own: int
) -> Iterator[RowNeighbours]:
    """For each shape what `service.plots.db.neighbours.neighbours` answers, or raises.

    Parameters
    ----------
    shapes
        Valid polygons in degrees of CGCS2000.
    max_own
        Versions of plots of the scope that one shape is compared with.
    """
    whole = np.empty(len(shapes), dtype=object)
    whole[:] = shapes
    for start in range(0, len(whole), BATCH):
        yield from _of_batch(connection, account, whole[start : start + BATCH], max_own)


def _of_batch(
    connection: Connection, account: Account, shapes: NDArray[np.object_], max_own: int
) -> Iterator[RowNeighbours]:
    if (shapely.get_num_coordinates(shapes) > MANY_VERTICES).any():
        yield from (_of_shape(connection, shape, max_own) for shape in shapes)
        return
    row_limit = max_own + PAIRS_PER_ROW * len(shapes)
    rows = connection.execute(
        _AROUND,
        {
            "shapes": sent_shapes(shapes.tolist()),
            "srid": CGCS2000,
            "counties": None if account.counties is None else list(account.counties),
            "units": list(account.units),
            "row_limit": row_limit + 1,
        },
    ).all()
    foreign = _foreign(connection, account, shapes)
    if len(rows) > row_limit or foreign is None:
        # Rows that cover whole counties are looked at one by one, each within its own bound.
        yield from (_of_shape(connection, shape, max_own) for shape in shapes)
        return
    around: list[list[Neighbour]] = [[] for _ in shapes]
    geometries = shapely.from_wkb([bytes(row.wkb) for row in rows])
    for row, geometry in zip(rows, geometries, strict=True):
        around[row.n - 1].append(
            Neighbour(
                row.plot_id, row.slot, row.stage, row.district, geometry, row.plot_no, row.year
            )
        )
    for position, neighbour in foreign:
        around[position].append(neighbour)
    yield from (TooManyNeighbours() if len(near) > max_own else near for near in around)


def _of_shape(connection: Connection, shape: Any, max_own: int) -> RowNeighbours:
    try:
        return neighbours(connection, shape, max_own=max_own)
    except (TooManyNeighbours, GeometryError) as refused:
        return refused


def _foreign(
    connection: Connection, account: Account, shapes: NDArray[np.object_]
) -> list[tuple[int, Neighbour]] | None:
    """Ground beyond the scope that shapes meet, each with a shape's position; None: too much."""
    if account.counties is None:
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    box = {"west": west, "south": south, "east": east, "north": north, "srid": CGCS2000}
    rows = connection.execute(_FOREIGN, {**box, "max_foreign": MAX_FOREIGN}).all()
    if len(rows) > MAX_FOREIGN:
        return None
    ground = shapely.from_wkb([bytes(row.wkb) for row in rows])
    at, met = shapely.STRtree(ground).query(shapes, predicate="intersects")
    return [
        (
            int(position),
            Neighbour(None, rows[n].slot, rows[n].stage, rows[n].district, ground[n], None, None),
        )
        for position, n in zip(at, met, strict=True)
    ]
