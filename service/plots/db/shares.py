"""Counties of plots, and how much of each plot they have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.nearby import Near, is_wide, nearby
from gis.shared_area import MANY_VERTICES, shared_area_deg2
from service.districts.db.cells import cells_near

__all__ = ["Share", "county_shares"]

Shapes = NDArray[np.object_]

BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a plot that lies in one county, as a ratio of its area."""

    county: str
    share: float


_SHARES = text("""
WITH input AS MATERIALIZED (
    SELECT ST_GeomFromWKB(decode(:geom, 'hex'), :srid) AS geom
)
SELECT cell.code,
       sum(CASE WHEN ST_CoveredBy(input.geom, cell.geom) THEN ST_Area(input.geom)
                ELSE ST_Area(ST_Intersection(input.geom, cell.geom)) END)
           / ST_Area(input.geom) AS share
FROM input
JOIN district_cell cell ON ST_Intersects(input.geom, cell.geom)
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = 'county'
GROUP BY input.geom, cell.code
ORDER BY share DESC, cell.code
""")

_CELLS = text("""
SELECT cell.code, ST_AsBinary(ST_Union(cell.geom)) AS wkb
FROM district_cell cell
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = 'county'
WHERE cell.geom && ST_MakeEnvelope(:west, :south, :east, :north, :srid)
GROUP BY cell.code
""")

# A sum over edges leaves so much of ground that only touches.
_ROUNDING = 1e-12


def county_shares(connection: Connection, geometries: Sequence[BaseGeometry]) -> list[list[Share]]:
    """The counties of each geometry (degrees of CGCS2000), largest part first.

    The list of a geometry is empty when it lies in no county.

    Raises
    ------
    GeometryError
        ``too_many_edges``: see `gis.shared_area.shared_area_deg2`.
    """
    shares: list[list[Share]] = [[] for _ in geometries]
    drawn = np.empty(len(geometries), dtype=object)
    drawn[:] = geometries
    many = shapely.get_num_coordinates(drawn) > MANY_VERTICES
    for n in np.flatnonzero(many).tolist():
        shares[n] = _shares_of_long_outline(connection, drawn[n])
    wide = is_wide(drawn) & ~many
    for n in np.flatnonzero(wide).tolist():
        shares[n] = _shares_of_wide_shape(connection, drawn[n])
    few = np.flatnonzero(~many & ~wide)
    small, numbers = drawn[few], few.tolist()
    for near in nearby(small, BATCH):
        for row, share in _shares_near(connection, small, near):
            shares[numbers[row]].append(share)
    return shares


def _shares_near(connection: Connection, drawn: Shapes, near: Near) -> Iterator[tuple[int, Share]]:
    """Rows and their shares, the largest of a row first."""
    cells = cells_near(connection, near.boxes, ["county"])
    shapes = drawn[near.rows]
    row, cell = shapely.STRtree(cells.shapes).query(shapes, predicate="intersects")
    shapely.prepare(cells.shapes)
    areas = shapely.area(shapes)
    parts = areas[row]
    cut = np.flatnonzero(~shapely.covers(cells.shapes[cell], shapes[row]))
    parts[cut] = shapely.area(shapely.intersection(shapes[row[cut]], cells.shapes[cell[cut]]))
    codes, code = np.unique(cells.codes.astype(str), return_inverse=True)
    pair, of_pair = np.unique(row * len(codes) + code[cell], return_inverse=True)
    sums = np.bincount(of_pair, parts, minlength=len(pair))
    at, county = np.divmod(pair, max(1, len(codes)))
    ratios = sums / areas[at]
    order = np.lexsort((county, -ratios, at))
    order = order[ratios[order] > 0]
    rows, names = near.rows[at[order]].tolist(), codes[county[order]].tolist()
    wholes = {name: Share(name, 1.0) for name in names}  # most plots lie in one county
    for n, name, ratio in zip(rows, names, ratios[order].tolist(), strict=True):
        yield n, wholes[name] if ratio == 1.0 else Share(name, ratio)


def _shares_of_wide_shape(connection: Connection, geometry: BaseGeometry) -> list[Share]:
    """So many cells lie around it that PostGIS cuts them."""
    values = {"geom": shapely.to_wkb(geometry, hex=True), "srid": CGCS2000}
    rows = connection.execute(_SHARES, values)
    return [Share(row.code, row.share) for row in rows if row.share > 0]


def _shares_of_long_outline(connection: Connection, geometry: BaseGeometry) -> list[Share]:
    west, south, east, north = geometry.bounds
    box = {"west": west, "south": south, "east": east, "north": north, "srid": CGCS2000}
    whole = shapely.area(geometry)
    shares = [
        Share(row.code, shared_area_deg2(geometry, shapely.from_wkb(row.wkb)) / whole)
        for row in connection.execute(_CELLS, box).all()
    ]
    return sorted(
        (share for share in shares if share.share > _ROUNDING),
        key=lambda share: (-share.share, share.county),
    )
