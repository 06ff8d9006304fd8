"""Computes many marked cells outside the database, after a bulk change.

Marks, cells and figures are those of `drain_coverage`, which takes one cell after another. Works as
the owner of the database: it reads all plots.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from gis.cells import CellFigures, cell_figures, cell_pieces
from gis.crs import CGCS2000
from gis.refusal import Refusal
from service.coverage.db.pieces import Numbers, copy_lines, store_pieces
from service.coverage.db.refusal import refusal_in_cells

# Only boundaries of which at least one cell in so many is marked: all their cells are read. Sparse
# ones are left to `drain_coverage` (20x slower per cell).
ONE_IN = 100
# Marked cells of one transaction: a few seconds, and a third of a gigabyte.
CELLS_AT_ONCE = 1_000

# Marks are deleted first, and only of boundaries that nobody else holds. What is read after that
# was committed with its marks, or its marks remain.
_TAKE = """
WITH marked AS (
    SELECT boundary_id, count(DISTINCT cell_id) AS cells FROM coverage_dirty GROUP BY boundary_id
), dense AS MATERIALIZED (
    SELECT b.id, b.code, marked.cells
    FROM marked JOIN district_boundary b ON b.id = marked.boundary_id AND b.valid_to IS NULL
    CROSS JOIN LATERAL (
        SELECT count(*) AS cells FROM district_cell c WHERE c.boundary_id = b.id
    ) total
    WHERE marked.cells * :one_in >= total.cells
), chosen AS MATERIALIZED (
    SELECT id FROM (
        SELECT id, sum(cells) OVER (ORDER BY code {order}) - cells AS before FROM dense
    ) one
    WHERE before < :most
)
SELECT b.id FROM district_boundary b JOIN chosen ON chosen.id = b.id WHERE b.valid_to IS NULL
FOR NO KEY UPDATE OF b SKIP LOCKED
"""
_FROM_FIRST, _FROM_LAST = (text(_TAKE.format(order=order)) for order in ("ASC", "DESC"))
_UNMARK = text("DELETE FROM coverage_dirty WHERE boundary_id = ANY(:boundaries) RETURNING cell_id")
# Read in binary, as the rows are many: shapes are half as long. ctid finds a row sooner than its
# key, and does not change within a statement.
_CELLS = """
SELECT c.id, c.boundary_id, d.level, ST_AsBinary(c.geom)
FROM district_cell c JOIN district d ON d.code = c.code
WHERE c.boundary_id = ANY(%(boundaries)s)
"""
# Cells beside them that plots reach into: shares are measured with all parts of a plot. A box is as
# large as the plots that are near a marked cell.
_CELLS_BESIDE = """
SELECT DISTINCT c.id, c.boundary_id, d.level, ST_AsBinary(c.geom)
FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
    AS box(west, south, east, north)
JOIN district_cell c
    ON c.geom && ST_MakeEnvelope(box.west, box.south, box.east, box.north, %(srid)s)
JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
JOIN district d ON d.code = c.code
WHERE c.boundary_id <> ALL(%(boundaries)s) AND d.level = ANY(%(levels)s)
"""
_PLOTS = """
WITH near AS MATERIALIZED (
    SELECT DISTINCT p.place
    FROM district_cell c CROSS JOIN LATERAL (
        SELECT v.ctid AS place FROM plot_version v
        WHERE v.slot = 'approved' AND v.stage IN ('planted', 'accepted', 'existing')
          AND v.geom && c.geom OFFSET 0
    ) p
    WHERE c.id = ANY(%(marked)s)
)
SELECT v.plot_id, ST_AsBinary(v.geom), v.area_m2, v.stage, k.green_class, v.kind
FROM near JOIN plot_version v ON v.ctid = near.place
JOIN kind k ON k.code = v.kind
"""
_ALONE = struct.pack("<BII", 1, 6, 1)  # a MultiPolygon of one
_FORGET_CELLS = text("DELETE FROM coverage_cell WHERE cell_id = ANY(:marked)")
_ROLL_UP = text("SELECT roll_up_coverage(:boundaries)")
_COPY_CELLS = (
    "COPY coverage_cell"
    " (cell_id, boundary_id, grouping, grp, green_m2, sum_m2, refused_m2, outside_m2, plot_count)"
    " FROM STDIN"
)


@dataclass(frozen=True)
class _Ground:
    """Cells of whole boundaries and those beside them, and the green plots near marked ones."""

    cell_id: NDArray[np.int64]
    marked: NDArray[np.bool_]
    boundary_id: NDArray[np.int64]
    level: NDArray[np.int64]
    """Numbers of their levels."""
    cells: NDArray[np.object_]
    plot_id: NDArray[np.int64]
    plots: NDArray[np.object_]
    plot_m2: NDArray[np.float64]
    groups: dict[str, list[str]]
    """Of each plot, by grouping."""
    refusal: Refusal
    """Ground that does not count as green for them today."""


def rebuild(
    owner: Engine,
    *,
    max_cells: int = CELLS_AT_ONCE,
    one_in: int = ONE_IN,
    from_last: bool = False,
    fast: bool | None = None,
) -> int:
    """Compute the marked cells of boundaries that have many; answers how many boundaries, or 0.

    About ``max_cells`` cells in one transaction. Any number of processes may do it at
    once, beside others that drain: two rarely wait for each other when one begins with the last
    district. ``fast`` as in `gis.coverage.coverage`.
    """
    with owner.begin() as connection:
        params = {"one_in": one_in, "most": max_cells}
        take = _FROM_LAST if from_last else _FROM_FIRST
        boundaries = list(connection.execute(take, params).scalars())
        if not boundaries:
            return 0
        marked = sorted(set(connection.execute(_UNMARK, {"boundaries": boundaries}).scalars()))
        ground = _ground(connection, boundaries, marked)
        pieces = cell_pieces(
            ground.cells,
            ground.boundary_id,
            ground.plots,
            ground.plot_m2,
            level_of=ground.level,
            wanted=ground.marked,
            refusal=ground.refusal,
            fast=fast,
        )
        numbers = Numbers(ground.cell_id, ground.boundary_id, ground.plot_id)
        store_pieces(connection, numbers, marked, pieces)
        connection.execute(_FORGET_CELLS, {"marked": marked})
        for grouping, words in ground.groups.items():
            names, group_of = np.unique(np.array(words, dtype=object), return_inverse=True)
            figures = cell_figures(pieces, group_of, max(len(names), 1))
            copy_lines(connection, _COPY_CELLS, _figure_lines(ground, grouping, names, figures))
        connection.execute(_ROLL_UP, {"boundaries": boundaries})
        return len(boundaries)


def _ground(connection: Connection, boundaries: Sequence[int], marked: Sequence[int]) -> _Ground:
    cells = _read(connection, _CELLS, {"boundaries": list(boundaries)})
    plots = _read(connection, _PLOTS, {"marked": list(marked)})
    plots.sort(key=itemgetter(0))
    shapes = _shapes(row[1] for row in plots)
    here = set(marked)
    boxes = _reach(_shapes(row[3] for row in cells if row[0] in here), shapes)
    params = {
        "boundaries": list(boundaries),
        "levels": sorted({row[2] for row in cells}),
        "srid": CGCS2000,
    }
    names = ("west", "south", "east", "north")
    cells += _read(
        connection, _CELLS_BESIDE, params | dict(zip(names, boxes.T.tolist(), strict=True))
    )
    cells.sort(key=itemgetter(0))
    cell_id = np.array([row[0] for row in cells], dtype=np.int64)
    return _Ground(
        cell_id,
        np.isin(cell_id, marked),
        np.array([row[1] for row in cells], dtype=np.int64),
        np.unique([row[2] for row in cells], return_inverse=True)[1],
        _shapes(row[3] for row in cells),
        np.array([row[0] for row in plots], dtype=np.int64),
        shapes,
        np.array([row[2] for row in plots], dtype=np.float64),
        {
            "all": [""] * len(plots),
            "stage": [row[3] for row in plots],
            "green_class": [row[4] for row in plots],
        },
        refusal_in_cells(connection, marked, [row[3] for row in plots], [row[5] for row in plots]),
    )


def _reach(cells: NDArray[np.object_], plots: NDArray[np.object_]) -> NDArray[np.float64]:
    """Of each cell with a plot near it the box of these plots: west, south, east and north."""
    cell, plot = shapely.STRtree(plots).query(cells)
    near, row = np.unique(cell, return_inverse=True)
    low, high = np.full((len(near), 2), np.inf), np.full((len(near), 2), -np.inf)
    bounds = shapely.bounds(plots[plot])
    np.minimum.at(low, row, bounds[:, :2])
    np.maximum.at(high, row, bounds[:, 2:])
    return np.concatenate([low, high], axis=1)


def _read(connection: Connection, statement: str, params: dict[str, Any]) -> list[Any]:
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        rows: list[Any] = cursor.execute(statement, params).fetchall()
    return rows


def _shapes(wkb: Iterable[bytes]) -> NDArray[np.object_]:
    # A multipolygon of one part is read as that polygon: nearly all are, and extracting parts one
    # by one costs more than reading them.
    read = shapely.from_wkb(
        np.fromiter((value.removeprefix(_ALONE) for value in wkb), dtype=object)
    )
    return np.asarray(read, dtype=object)


def _figure_lines(
    ground: _Ground, grouping: str, names: NDArray[np.object_], figures: CellFigures
) -> Iterator[str]:
    columns = zip(
        ground.cell_id[figures.cell].tolist(),
        ground.boundary_id[figures.cell].tolist(),
        figures.group.tolist(),
        figures.green_m2.tolist(),
        figures.sum_m2.tolist(),
        figures.refused_m2.tolist(),
        figures.outside_m2.tolist(),
        figures.plot_count.tolist(),
        strict=True,
    )
    for cell, boundary, group, green, total, refused, outside, count in columns:
        yield (
            f"{cell}\t{boundary}\t{grouping}\t{names[group]}"
            f"\t{green!r}\t{total!r}\t{refused!r}\t{outside!r}\t{count}"
        )
