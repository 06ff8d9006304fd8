"""Vector tiles of layers: 永久基本农田 and other ground with a rule."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, text

from service.tiles.db.tile_extent import AROUND, EXTENT, NOTE, Ground, drawn, places

# Features of one tile; of more the largest are drawn, and the tile says how many are not.
MOST: Final = 20_000
# Up to this scale features smaller than half a pixel are left out, and outlines are simplified.
THINNED_TO: Final = 12

_LEFT_OUT: Final = "(SELECT count(*) FROM near) - (SELECT count(*) FROM most) AS left_out"
_TILE: Final = f"""
WITH near AS MATERIALIZED (
    SELECT f.id AS fid, f.code, f.name, f.class, f.area_m2, l.role, f.geom AS shape
    FROM layer_feature f
    JOIN layer_version v ON v.id = f.version_id AND v.layer = :layer
        AND v.valid_from <= :day AND (v.valid_to IS NULL OR v.valid_to > :day)
    JOIN layer l ON l.code = v.layer
    WHERE f.geom && {AROUND}
      AND greatest(ST_XMax(f.geom) - ST_XMin(f.geom), ST_YMax(f.geom) - ST_YMin(f.geom)) > :pixel
), most AS MATERIALIZED (
    SELECT * FROM near ORDER BY area_m2 DESC, fid LIMIT {MOST}
), one AS MATERIALIZED (
    SELECT fid, code, name, class, area_m2, role, {{shape}} AS geom FROM most
)
SELECT CASE WHEN EXISTS (SELECT FROM one WHERE geom IS NOT NULL) THEN
    (SELECT ST_AsMVT(one, 'layer', {EXTENT}, 'geom', 'fid') FROM one WHERE geom IS NOT NULL)
    || (SELECT {NOTE.format(said=_LEFT_OUT)})
END
"""  # noqa: S608 - constants of ours


def layer_tile(connection: Connection, layer: str, day: date, ground: Ground, scale: int) -> bytes:
    """Features of the version that holds on a day; empty when none is there."""
    pixel = 180 / 256 / 2**scale if scale <= THINNED_TO else 0.0
    thinned = "ST_SimplifyPreserveTopology(most.shape, :pixel)"
    shape = drawn(thinned if pixel else "most.shape", mercator=ground.mercator)
    given = {**places(ground), "layer": layer, "day": day, "pixel": pixel}
    return bytes(connection.scalar(text(_TILE.format(shape=shape)), given) or b"")
