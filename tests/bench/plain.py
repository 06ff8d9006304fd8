"""A plain FastAPI service over the same tables: synchronous routes, a pool, FastAPI's own threads.

Each route takes its connection within its one thread: taken by a dependency, a crowd stops it.

The peer of the crowds: it signs in, keeps to the scope and packs its answers as we do, and has
neither gate, tags nor limits. ``uvicorn tests.bench.plain:app``.
"""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response
from fastapi.middleware.gzip import GZipMiddleware
from sqlalchemy import Connection, create_engine, text

from service.database.engine import sqlalchemy_url

app = FastAPI()
app.add_middleware(GZipMiddleware, minimum_size=256, compresslevel=1)
engine = create_engine(
    sqlalchemy_url(os.environ.get("BENCH_DATABASE_URL", "postgresql://")),
    pool_size=10,
    max_overflow=0,
    pool_timeout=120,
)
SIGN_IN = text("SELECT counties FROM set_session_scope(:secret, ARRAY['token'])")
TILE = text("""
SELECT ST_AsMVT(shown, 'plots') FROM (
    SELECT plot_id, stage, kind, year, district, plot_no,
           ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(:z, :col, :row)) AS geom
    FROM plot_version
    WHERE slot = 'approved' AND district = ANY (:counties)
      AND geom && ST_Transform(ST_TileEnvelope(:z, :col, :row), 4490)
) shown
""")
LIST = text("""
SELECT plot_id, stage, kind, year, district, plot_no, area_m2, ST_AsGeoJSON(geom, 9) AS geometry
FROM plot_version
WHERE slot = 'approved' AND district = ANY (:counties)
  AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
ORDER BY plot_id LIMIT 100
""")


Token = Annotated[str, Header(alias="Authorization")]


def counties_of(connection: Connection, token: str) -> list[str]:
    """The counties of whoever has the token; 401 for nobody."""
    row = connection.execute(SIGN_IN, {"secret": token.removeprefix("Bearer ")}).one_or_none()
    if row is None:
        raise HTTPException(401)
    return list(row.counties)


@app.get("/healthz")
def read_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@app.get("/tiles/{z}/{row}/{col}")
def tile(z: int, row: int, col: int, token: Token) -> Response:
    """Approved plots."""
    with engine.begin() as connection:
        ground = {"z": z, "row": row, "col": col, "counties": counties_of(connection, token)}
        data = connection.scalar(TILE, ground)
    return Response(bytes(data or b""), media_type="application/vnd.mapbox-vector-tile")


@app.get("/plots")
def plots(bbox: str, token: Token) -> list[dict[str, object]]:
    """The first hundred in a box."""
    west, south, east, north = map(float, bbox.split(","))
    box: dict[str, object] = {"west": west, "south": south, "east": east, "north": north}
    with engine.begin() as connection:
        box["counties"] = counties_of(connection, token)
        return [dict(row) for row in connection.execute(LIST, box).mappings()]
