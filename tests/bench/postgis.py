"""PostGIS as a peer: a cluster of its own with the landscape in it, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from gis.crs import CGCS2000
from service.embedded import Cluster
from tests.bench.landscape import Landscape

Connection = psycopg.Connection[tuple[float, ...]]

TABLES: LiteralString = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE district (id integer, geom geometry(Polygon, {srid}));
CREATE TABLE plot (id integer, geom geometry(Geometry, {srid}));
"""
INDEXES: LiteralString = """
CREATE INDEX ON district USING gist (geom);
CREATE INDEX ON plot USING gist (geom);
ANALYZE;
"""


@contextmanager
def peer(landscape: Landscape) -> Iterator[Connection]:
    """A connection to PostGIS with tables `district` and `plot`, indexed and analysed."""
    with tempfile.TemporaryDirectory(prefix="luotu-bench-") as folder:
        cluster = Cluster(Path(folder) / "home")
        try:
            with cluster.running() as endpoint:
                address = endpoint.url("admin").replace("+psycopg", "")
                with psycopg.connect(address, autocommit=True) as connection:
                    _fill(connection, landscape)
                    yield connection
        finally:
            cluster.erase()


def _fill(connection: Connection, landscape: Landscape) -> None:
    connection.execute(TABLES.replace("{srid}", str(CGCS2000)))
    for table, shapes in (("district", landscape.districts), ("plot", landscape.plots)):
        _copy(connection, table, shapes)
    connection.execute(INDEXES)


def _copy(connection: Connection, table: str, shapes: NDArray[np.object_]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(psycopg.sql.SQL("COPY {} FROM STDIN").format(psycopg.sql.Identifier(table)))
        as rows,
    ):  # fmt: skip
        for first in range(0, len(shapes), 50_000):
            some = shapely.set_srid(shapes[first : first + 50_000], CGCS2000)
            for row, wkb in enumerate(shapely.to_wkb(some, hex=True, include_srid=True), first):
                rows.write_row((row, wkb))


def column(connection: Connection, query: LiteralString) -> NDArray[np.float64]:
    """The last column of a query's rows, in their order."""
    return np.array([row[-1] for row in connection.execute(query).fetchall()], dtype=np.float64)
