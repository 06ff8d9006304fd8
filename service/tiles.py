"""Tile grids, and what a tile shows at its scale.

``WebMercatorQuad`` is the web's grid (0/0/0 is the world). ``CGCS2000Quad`` is the grid of degrees
that 天地图 serves as ``_c``: its tile matrix 0 is two tiles side by side, west and east. 天地图
numbers that matrix 1, so ``z`` here is 天地图's level less one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

import morecantile
from pyproj import CRS
from sqlalchemy import Connection

from gis.crs import CGCS2000
from service.db import tiles as db
from service.db.accounts import Account
from service.db.districts import tree, visible
from service.db.plots import PlotFilter
from service.errors import Problem

GridName = Literal["WebMercatorQuad", "CGCS2000Quad"]
Z_MAX: Final = 22

GRIDS: Final[dict[GridName, morecantile.TileMatrixSet]] = {
    "WebMercatorQuad": morecantile.tms.get("WebMercatorQuad"),
    "CGCS2000Quad": morecantile.TileMatrixSet.custom(
        [-180, -90, 180, 90],
        CRS.from_epsg(CGCS2000),
        id="CGCS2000Quad",
        title="CGCS2000 degrees, 天地图 _c",
        matrix_scale=[2, 1],
        maxzoom=Z_MAX,
    ),
}
assert set(GRIDS) == set(get_args(GridName))

# A degree spans as many pixels in CGCS2000Quad as in WebMercatorQuad one z further.
_FINER: Final[dict[GridName, int]] = {"WebMercatorQuad": 0, "CGCS2000Quad": 1}


@dataclass(frozen=True)
class Tile:
    """A tile and its ground.

    ``west … north``: degrees of CGCS2000. ``scale``: the z of WebMercatorQuad at which a degree of
    longitude is as wide: what a tile shows hangs on this, in both grids alike.
    """

    grid: GridName
    z: int
    row: int
    col: int
    west: float
    south: float
    east: float
    north: float
    scale: int

    @property
    def ground(self) -> db.Ground:
        """Where it lies, as the database asks for it."""
        mercator = self.grid == "WebMercatorQuad"
        return db.Ground(self.west, self.south, self.east, self.north, mercator)


@lru_cache(maxsize=4096)
def tile(grid: GridName, z: int, row: int, col: int) -> Tile:
    """The tile at an address, rows counted from the north and columns from the west.

    Raises
    ------
    Problem
        404 ``no_such_tile``: the grid has no such z, row or column.
    """
    if not 0 <= z <= Z_MAX:
        raise _no_such_tile(f"{grid} 有 z 0–{Z_MAX}；{grid} has z 0 to {Z_MAX}, not {z}")
    grids = GRIDS[grid]
    matrix = grids.matrix(z)
    if not (0 <= row < matrix.matrixHeight and 0 <= col < matrix.matrixWidth):
        raise _no_such_tile(
            f"{grid} z={z} 有 {matrix.matrixHeight} 行、{matrix.matrixWidth} 列（先行后列）；"
            f"{grid} at z={z} has rows 0 to {matrix.matrixHeight - 1} and columns 0 to "
            f"{matrix.matrixWidth - 1}, row before column: not row {row}, column {col}"
        )
    ground = grids.bounds(morecantile.Tile(col, row, z))
    return Tile(
        grid, z, row, col, ground.left, ground.bottom, ground.right, ground.top, z + _FINER[grid]
    )


def _no_such_tile(words: str) -> Problem:
    return Problem(404, "no_such_tile", words)


def plots(connection: Connection, who: Account, asked: PlotFilter, tile: Tile) -> bytes:
    """Plots of a tile, in squares where they would be dust; empty when there are none."""
    ground = tile.ground
    if tile.scale < db.PLOTS_FROM:
        return db.layer_of(
            connection, "plot_squares", db.squares_layer(who, asked, ground, tile.scale)
        ).data
    made = db.layer_of(connection, "plots", db.plots_layer(who, asked, ground))
    matched = db.count_here(connection, who, asked, ground)
    if matched == 0:
        return b""
    return made.data + db.note(connection, matched=matched, left_out=matched - made.drawn)


# From which scale on the districts of a level are borders worth a line.
_LEVELS_FROM: Final = {"province": 0, "city": 4, "county": 6, "town": 10, "village": 13}


def districts(
    connection: Connection, who: Account, levels: Sequence[str] | None, tile: Tile
) -> bytes:
    """Districts that the account may see; of the levels asked for, else those of the scale."""
    if not levels:
        levels = [level for level, first in _LEVELS_FROM.items() if tile.scale >= first]
    codes = visible(tree(connection), who)
    # Half a pixel of a tile of 256; none where the borders are drawn as they are.
    tolerance = 0.0 if tile.scale >= 13 else 180 / 256 / 2**tile.scale
    layer = db.districts_layer(codes, levels, tile.ground, tolerance)
    return db.layer_of(connection, "districts", layer).data
