"""Vector tiles of reporting areas."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, text

from service.tiles.db.tile_extent import AROUND, EXTENT, NOTE, Ground, drawn, places

_TILE: Final = f"""
WITH near AS MATERIALIZED (
    SELECT a.id AS fid, a.code, a.name, a.kind, a.area_m2, a.geom AS shape
    FROM area a
    WHERE a.geom && {AROUND}
      AND (a.valid_from IS NULL OR a.valid_from <= :day)
      AND (a.valid_to IS NULL OR a.valid_to >= :day)
), one AS MATERIALIZED (
    SELECT fid, code, name, kind, area_m2, {{shape}} AS geom FROM near
)
SELECT CASE WHEN EXISTS (SELECT FROM one WHERE geom IS NOT NULL) THEN
    (SELECT ST_AsMVT(one, 'areas', {EXTENT}, 'geom', 'fid') FROM one WHERE geom IS NOT NULL)
    || (SELECT {NOTE.format(said="0 AS left_out")})
END
"""  # noqa: S608 - constants of ours


def areas_tile(connection: Connection, day: date, ground: Ground, scale: int) -> bytes:
    """Areas that have figures on a day, thinned as the eye wants it; empty without any."""
    shape = drawn("ST_SimplifyPreserveTopology(near.shape, :pixel)", mercator=ground.mercator)
    given = {**places(ground), "day": day, "pixel": 180 / 256 / 2**scale}
    return bytes(connection.scalar(text(_TILE.format(shape=shape)), given) or b"")
