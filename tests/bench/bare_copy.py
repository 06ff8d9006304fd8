"""What PostgreSQL itself takes for rows of plots: COPY into a table with all that plots have.

The table has the columns, indexes, checks and foreign keys of ``plot_version``, and no triggers:
nothing is checked against anything, nobody's number is looked for, no history is written.
"""

from __future__ import annotations

import time
from itertools import repeat
from typing import Any, Final

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from gis.crs import CGCS2000
from gis.measure import areas_m2
from service.database.location import DatabaseLocation

COUNTY: Final = "SELECT min(code) FROM district WHERE level = 'county'"
LIKE: Final = "CREATE TABLE bare_version (LIKE plot_version INCLUDING ALL)"
KEYS: Final = """
    SELECT format('ALTER TABLE bare_version ADD CONSTRAINT %I %s', conname,
                  pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = 'plot_version'::regclass AND contype = 'f'
"""
NEXT_ID: Final = "SELECT coalesce(max(id), 0) FROM plot"
PLOT: Final = "COPY plot (id, last_version) FROM STDIN"
NUMBER: Final = "COPY plot_number (district, year, plot_no, plot_id) FROM STDIN"
VERSION: Final = (
    "COPY bare_version (plot_id, slot, version, geom, area_m2, district, stage, kind, year,"
    " plot_no, review) FROM STDIN"
)


def copied_per_s(place: DatabaseLocation, shapes: NDArray[np.object_], year: int) -> float:
    """Rows a second of a COPY of such plots, keys checked at its end; all is taken back."""
    address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute(LIKE)
        for (statement,) in connection.execute(KEYS).fetchall():
            connection.execute(statement)
        (county,) = connection.execute(COUNTY).fetchone() or (None,)
        (last,) = connection.execute(NEXT_ID).fetchone() or (0,)
        ids = [last + n for n in range(1, len(shapes) + 1)]
        numbers = [f"COPY{n}" for n in ids]
        marked = shapely.set_srid(shapes, CGCS2000)
        texts = shapely.to_wkb(marked, hex=True, include_srid=True)
        same = (county, "planted", "RGZL", year)
        columns = [ids, repeat("working"), repeat(1), texts, areas_m2(shapes), *map(repeat, same)]
        plots = _lines(ids, repeat(1))
        of_numbers = _lines(repeat(county), repeat(year), numbers, ids)
        versions = _lines(*columns, numbers, repeat("draft"))
        begin = time.perf_counter()
        for statement, lines in ((PLOT, plots), (NUMBER, of_numbers), (VERSION, versions)):
            with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                copy.write(lines)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - begin
        connection.rollback()
    return len(shapes) / seconds


def _lines(*columns: Any) -> str:
    # No value has a tab, a newline or a backslash in it: they are codes, numbers and hex.
    return "\n".join("\t".join(map(str, row)) for row in zip(*columns, strict=False))
