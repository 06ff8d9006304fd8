"""Where a record lies: counties by the share of it, and town and village of its largest part."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.shapes import Shape
from service.plots.db.shares import county_shares

# Of a point each cell that touches it has a share of one; the border belongs to the lower code.
_SHARES = text("""
WITH input AS MATERIALIZED (SELECT ST_GeomFromWKB(:wkb, :srid) AS geom),
met AS (
    SELECT d.level, c.code, ST_Intersection(input.geom, c.geom) AS part
    FROM input
    JOIN district_cell c ON c.geom && input.geom AND ST_Intersects(c.geom, input.geom)
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = c.code AND d.level = ANY(:levels)
)
SELECT level, code,
       CASE ST_Dimension(input.geom) WHEN 0 THEN 1
            WHEN 1 THEN sum(ST_Length(part)) / nullif(ST_Length(input.geom), 0)
            ELSE sum(ST_Area(part)) / nullif(ST_Area(input.geom), 0) END AS share
FROM met, input
GROUP BY level, code, input.geom
ORDER BY share DESC, code
""")


class Placement(NamedTuple):
    """The districts of a shape."""

    counties: Mapping[str, float]
    """Share of it by county, the largest first."""
    town: str | None = None
    village: str | None = None


def placement(connection: Connection, shape: Shape) -> Placement:
    """The districts in which a shape lies; no county when it lies in none.

    Raises
    ------
    GeometryError
        ``too_many_edges``: see `gis.shared_area.shared_area_deg2`.
    """
    polygon = isinstance(shape, shapely.MultiPolygon)
    counties = {}
    if polygon:
        counties = {row.county: row.share for row in county_shares(connection, [shape])[0]}
    # The towns of a polygon are those of a point in it: what a county has of it is exact already.
    spot = shapely.point_on_surface(shape) if polygon else shape
    levels = ["town", "village"] if polygon else ["county", "town", "village"]
    rows = connection.execute(
        _SHARES, {"wkb": shapely.to_wkb(spot), "srid": CGCS2000, "levels": levels}
    ).all()
    if not polygon:
        found = [row for row in rows if row.level == "county" and row.share]
        if isinstance(shape, shapely.Point):
            found = found[:1]
        counties = {row.code: row.share for row in found}
    below = next(iter(counties), "")
    return Placement(counties, _first(rows, "town", below), _first(rows, "village", below))


def _first(rows: Sequence[object], level: str, county: str) -> str | None:
    for row in rows:
        if row.level == level and row.code.startswith(county):  # type: ignore[attr-defined]
            return str(row.code)  # type: ignore[attr-defined]
    return None
