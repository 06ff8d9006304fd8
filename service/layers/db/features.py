"""Features of the version of a layer that holds on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from gis.crs import CGCS2000

_HOLDS = """
FROM layer_feature f
JOIN layer_version v ON v.id = f.version_id AND v.layer = :layer
    AND v.valid_from <= :day AND (v.valid_to IS NULL OR v.valid_to > :day)
WHERE (CAST(:west AS float8) IS NULL
       OR f.geom && ST_MakeEnvelope(:west, :south, :east, :north, :srid))
"""
_ROWS = text(f"""
SELECT f.id, f.code, f.name, f.class, f.area_m2, ST_AsGeoJSON(f.geom, 9, 0) AS geometry
{_HOLDS} AND f.id > :after ORDER BY f.id LIMIT :row_limit
""")
_COUNT = text(f"SELECT count(*) {_HOLDS}")

Box = tuple[float, float, float, float]


def list_features(
    connection: Connection, layer: str, day: date, box: Box | None, *, after: int, limit: int
) -> Sequence[Mapping[str, Any]]:
    """Features whose box meets ``box`` (degrees; None: all), by number, with GeoJSON text."""
    values = _values(layer, day, box) | {"after": after, "row_limit": limit}
    return [dict(row) for row in connection.execute(_ROWS, values).mappings()]


def count_features(connection: Connection, layer: str, day: date, box: Box | None) -> int:
    """How many features `list_features` has in all."""
    return int(connection.scalar(_COUNT, _values(layer, day, box)) or 0)


def _values(layer: str, day: date, box: Box | None) -> dict[str, object]:
    west, south, east, north = box or (None, None, None, None)
    bounds = {"west": west, "south": south, "east": east, "north": north}
    return {"layer": layer, "day": day, "srid": CGCS2000, **bounds}
