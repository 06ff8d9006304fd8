"""Where a record lies: counties by the share of it, and town and village of its largest part."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.shapes import Shape
from service.plots.db.shares import county_shares

AT_ONCE: Final = 1_000

# Of a point each cell that touches it has a share of one; the border belongs to the lower code.
_SHARES = text("""
WITH input AS MATERIALIZED (
    SELECT n, ST_GeomFromWKB(wkb, :srid) AS geom
    FROM unnest(CAST(:wkb AS bytea[])) WITH ORDINALITY AS shape(wkb, n)
),
met AS (
    SELECT input.n, d.level, c.code, ST_Intersection(input.geom, c.geom) AS part
    FROM input
    JOIN district_cell c ON c.geom && input.geom AND ST_Intersects(c.geom, input.geom)
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = c.code AND d.level = ANY(:levels)
)
SELECT input.n - 1 AS place, level, code,
       CASE ST_Dimension(input.geom) WHEN 0 THEN 1
            WHEN 1 THEN sum(ST_Length(part)) / nullif(ST_Length(input.geom), 0)
            ELSE sum(ST_Area(part)) / nullif(ST_Area(input.geom), 0) END AS share
FROM met JOIN input USING (n)
GROUP BY input.n, level, code, input.geom
ORDER BY place, share DESC, code
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
    return placements(connection, [shape])[0]


def placements(connection: Connection, shapes: Sequence[Shape]) -> list[Placement]:
    """As `placement`, of many shapes by few statements; in their order."""
    found: list[Placement | None] = [None] * len(shapes)
    for polygons in (True, False):
        chosen = [
            (n, shape)
            for n, shape in enumerate(shapes)
            if isinstance(shape, shapely.MultiPolygon) == polygons
        ]
        for first in range(0, len(chosen), AT_ONCE):
            numbers, some = zip(*chosen[first : first + AT_ONCE], strict=True)
            of_some = _of_polygons if polygons else _of_others
            for n, place in zip(numbers, of_some(connection, some), strict=True):
                found[n] = place
    return [place for place in found if place is not None]


def _of_polygons(connection: Connection, shapes: Sequence[Shape]) -> Iterator[Placement]:
    """The towns of a polygon are those of a point in it: what a county has of it is exact."""
    spots = [shapely.point_on_surface(shape) for shape in shapes]
    rows = _met(connection, spots, ["town", "village"])
    for n, shares in enumerate(county_shares(connection, shapes)):
        yield _placed({share.county: share.share for share in shares}, rows[n])


def _of_others(connection: Connection, shapes: Sequence[Shape]) -> Iterator[Placement]:
    rows = _met(connection, shapes, ["county", "town", "village"])
    for n, shape in enumerate(shapes):
        counties = {code: share for level, code, share in rows[n] if level == "county" and share}
        if isinstance(shape, shapely.Point):
            counties = dict(list(counties.items())[:1])
        yield _placed(counties, rows[n])


def _met(
    connection: Connection, shapes: Sequence[Shape], levels: Sequence[str]
) -> dict[int, list[tuple[str, str, float]]]:
    """Level, code and share of the districts that each shape meets, the largest share first."""
    wkb = [shapely.to_wkb(shape) for shape in shapes]
    asked = {"wkb": wkb, "srid": CGCS2000, "levels": list(levels)}
    met: dict[int, list[tuple[str, str, float]]] = defaultdict(list)
    for place, level, code, share in connection.execute(_SHARES, asked):
        met[place].append((level, code, share))
    return met


def _placed(counties: Mapping[str, float], rows: Sequence[tuple[str, str, float]]) -> Placement:
    county = next(iter(counties), "")
    return Placement(counties, _first(rows, "town", county), _first(rows, "village", county))


def _first(rows: Sequence[tuple[str, str, float]], level: str, county: str) -> str | None:
    return next((code for at, code, _ in rows if at == level and code.startswith(county)), None)
