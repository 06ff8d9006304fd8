"""A plain FastAPI service over the same tables: synchronous routes, a pool, FastAPI's own threads.

Each route takes its connection within its one thread: taken by a dependency, a crowd stops it.

The peer of the crowds: no sign-in, no scope, no gate. ``uvicorn tests.bench.plain:app``.
"""

from __future__ import annotations

import os

from fastapi import FastAPI, Response
from sqlalchemy import create_engine, text

from service.database.engine import sqlalchemy_url

app = FastAPI()
engine = create_engine(
    sqlalchemy_url(os.environ["BENCH_DATABASE_URL"]), pool_size=10, max_overflow=0, pool_timeout=120
)
TILE = text("""
SELECT ST_AsMVT(shown, 'plots') FROM (
    SELECT plot_id, stage, kind, year, district, plot_no,
           ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(:z, :col, :row)) AS geom
    FROM plot_version
    WHERE slot = 'approved' AND geom && ST_Transform(ST_TileEnvelope(:z, :col, :row), 4490)
) shown
""")
LIST = text("""
SELECT plot_id, stage, kind, year, district, plot_no, area_m2, ST_AsGeoJSON(geom, 9) AS geometry
FROM plot_version
WHERE slot = 'approved' AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
ORDER BY plot_id LIMIT 100
""")


@app.get("/healthz")
def read_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@app.get("/tiles/{z}/{row}/{col}")
def tile(z: int, row: int, col: int) -> Response:
    """Approved plots."""
    with engine.begin() as connection:
        data = connection.scalar(TILE, {"z": z, "row": row, "col": col})
    return Response(bytes(data or b""), media_type="application/vnd.mapbox-vector-tile")


@app.get("/plots")
def plots(bbox: str) -> list[dict[str, object]]:
    """The first hundred in a box."""
    west, south, east, north = map(float, bbox.split(","))
    box = {"west": west, "south": south, "east": east, "north": north}
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(LIST, box).mappings()]
