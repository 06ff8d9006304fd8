"""Cells of present boundaries around boxes: which district lies where, for many shapes at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from gis.crs import CGCS2000

__all__ = ["Cells", "cells_near"]

# The cells of a box are looked up by their index, whatever the planner knows of the tables.
_NEAR = text("""
WITH near AS MATERIALIZED (
    SELECT DISTINCT found.id
    FROM unnest(CAST(:west AS double precision[]), CAST(:south AS double precision[]),
                CAST(:east AS double precision[]), CAST(:north AS double precision[]))
        AS box(west, south, east, north)
    CROSS JOIN LATERAL (
        SELECT c.id FROM district_cell c
        WHERE c.geom && ST_MakeEnvelope(box.west, box.south, box.east, box.north, :srid) OFFSET 0
    ) found
)
SELECT cell.code, district.level, ST_AsBinary(cell.geom) AS wkb
FROM near
JOIN district_cell cell ON cell.id = near.id
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = ANY(CAST(:levels AS text[]))
ORDER BY cell.code, cell.id
""")


class Cells(NamedTuple):
    """Cells, sorted by the code of their district; those of one level never share ground."""

    codes: NDArray[np.object_]
    levels: NDArray[np.object_]
    shapes: NDArray[np.object_]
    """Valid polygons in degrees of CGCS2000, of at most 64 vertices."""

    def of_level(self, *levels: str) -> "Cells":
        """Those of some levels only."""
        chosen = np.isin(self.levels, levels)
        return Cells(self.codes[chosen], self.levels[chosen], self.shapes[chosen])


def cells_near(connection: Connection, boxes: NDArray[np.float64], levels: Sequence[str]) -> Cells:
    """The cells of present boundaries whose boxes meet boxes.

    Parameters
    ----------
    boxes
        ``(n, 4)`` west, south, east, north in degrees of CGCS2000.
    levels
        Of the districts: ``county``, ``town`` …
    """
    west, south, east, north = boxes.reshape(-1, 4).T.tolist()
    box: dict[str, Any] = {"west": west, "south": south, "east": east, "north": north}
    rows = connection.execute(_NEAR, {**box, "srid": CGCS2000, "levels": list(levels)}).all()
    wkb = np.array([row.wkb for row in rows], dtype=object)
    return Cells(
        np.array([row.code for row in rows], dtype=object),
        np.array([row.level for row in rows], dtype=object),
        np.asarray(shapely.from_wkb(wkb), dtype=object),
    )
