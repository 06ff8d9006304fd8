"""Tile grids, and what a tile shows at its scale.

``WebMercatorQuad`` is the web's grid (0/0/0 is the world). ``CGCS2000Quad`` is the grid of degrees
that 天地图 serves as ``_c``: its tile matrix 0 is two tiles side by side, west and east. 天地图
numbers that matrix 1, so ``z`` here is 天地图's level less one.
"""

import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import atan, degrees, sinh
from pathlib import Path
from typing import Final, Literal, get_args

import morecantile
from pyproj import CRS
from sqlalchemy import Connection

from gis.crs import CGCS2000, SEMI_MAJOR_M
from gis.messages import Message
from service.accounts.db.accounts import Account, CredentialKind
from service.coverage.db.figures import Choice
from service.coverage.rollup import CoverageQuestion, coverage
from service.errors import Problem
from service.plots.db.plots import PlotFilter
from service.tiles.db import area_tiles, async_plot_tiles, district_tiles, layer_tiles, tile_extent
from service.tiles.db import plot_tiles as db
from service.tiles.db.async_pool import LoopPool
from service.tiles.db.tile_extent import Ground
from service.web.timestamps import today

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
    longitude is as wide: what a tile shows depends on this, in both grids alike.
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
    def ground(self) -> Ground:
        """Where it lies, as the database asks for it."""
        mercator = self.grid == "WebMercatorQuad"
        return Ground(self.west, self.south, self.east, self.north, mercator)


@lru_cache(maxsize=4096)
def tile(grid: GridName, z: int, row: int, col: int) -> Tile:
    """The tile at an address, rows counted from the north and columns from the west.

    Raises
    ------
    Problem
        404 ``no_such_tile``: the grid has no such z, row or column.
    """
    if not 0 <= z <= Z_MAX:
        raise _no_such_tile(
            Message(f"{grid} 有 z 0–{Z_MAX}，没有 {z}", f"{grid} has z 0 to {Z_MAX}, not {z}")
        )
    grids = GRIDS[grid]
    matrix = grids.matrix(z)
    if not (0 <= row < matrix.matrixHeight and 0 <= col < matrix.matrixWidth):
        raise _no_such_tile(
            Message(
                f"{grid} z={z} 有 {matrix.matrixHeight} 行、{matrix.matrixWidth} 列（先行后列），"
                f"没有第 {row} 行第 {col} 列（从 0 起）",
                f"{grid} at z={z} has rows 0 to {matrix.matrixHeight - 1} and columns 0 to "
                f"{matrix.matrixWidth - 1}, row before column: not row {row}, column {col}",
            )
        )
    # In the grid's own units: `bounds` asks PROJ, which takes as long as finding the plots.
    left, bottom, right, top = grids.xy_bounds(morecantile.Tile(col, row, z))
    if grid == "WebMercatorQuad":
        left, right = (degrees(x / SEMI_MAJOR_M) for x in (left, right))
        bottom, top = (degrees(atan(sinh(y / SEMI_MAJOR_M))) for y in (bottom, top))
    return Tile(grid, z, row, col, left, bottom, right, top, z + _FINER[grid])


def _no_such_tile(message: Message) -> Problem:
    return Problem(404, "no_such_tile", message)


# Below this scale plots are counted in squares; up to the next only when they are many, so that a
# tile stays below half a megabyte.
PLOTS_FROM: Final = 11
SURELY_PLOTS_FROM: Final = 13
MANY: Final = 3_000
MOST: Final = 20_000

# A tag also depends on the drawing rules of this version.
_RULES: Final = hashlib.blake2b(
    b"".join(
        Path(module.__file__ or "").read_bytes()
        for module in (db, async_plot_tiles, tile_extent, sys.modules[__name__])
    ),
    digest_size=6,
).hexdigest()
# What changed and who may see it, and what was asked.
_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,18}-[0-9a-f]{12})-([0-9a-f]{16})"')


@dataclass(frozen=True)
class Answer:
    """A tile and its tag; ``data`` is None when the client has it already, b"" for an empty
    tile."""

    tag: str
    data: bytes | None


def plots(
    connection: Connection, account: Account, filters: PlotFilter, tile: Tile, known: str | None
) -> Answer:
    """Plots of a tile, or squares of them; ``known`` are the tags that the client has."""
    if account.role == "viewer":
        filters = replace(filters, version="approved")
    if account.units:
        # Changes are counted by county, and plots of its units lie in any.
        return by_content(_plots(connection, account, filters, tile), known)
    question = _question(filters, tile)
    changes = db.count_changes(connection, account, filters, tile.ground)
    tag = f"{changes}-{async_plot_tiles.rights(account)}"
    if tag in _known_tags(known, question):
        return Answer(f'W/"{tag}-{question}"', None)
    return Answer(f'W/"{tag}-{question}"', _plots(connection, account, filters, tile))


def _question(filters: PlotFilter, tile: Tile) -> str:
    return hashlib.blake2b(repr((_RULES, filters, tile)).encode(), digest_size=8).hexdigest()


def _known_tags(known: str | None, question: str) -> list[str]:
    return [tag for tag, words in _TAG.findall(known or "") if words == question]


@dataclass(frozen=True)
class SignedAnswer:
    """The account and its tile; without an ``answer`` the ordinary route must make it."""

    account: Account
    answer: Answer | None


async def plots_for_secret(
    pool: LoopPool,
    secret: str,
    kind: CredentialKind,
    filters: PlotFilter,
    tile: Tile,
    known: str | None,
) -> SignedAnswer | None:
    """A tile of plots for the account of a secret; None when the secret is unknown.

    One statement on the event loop. Tiles of squares take the ordinary route, as they take longer
    than the sign-in. Raises what `LoopPool.ask` raises.
    """
    if tile.scale < PLOTS_FROM:
        raise ValueError(f"tiles of scale {tile.scale} show squares")
    question = _question(filters, tile)
    tags = _known_tags(known, question)
    surely = tile.scale >= SURELY_PLOTS_FROM
    max_plots = MOST if surely else MANY
    made = await async_plot_tiles.tile_for_secret(
        pool, secret, [kind], filters, tile.ground, max_plots=max_plots, some=surely, tags=tags
    )
    if made is None:
        return None
    if made.account.units:
        return SignedAnswer(made.account, None)
    if made.account.role == "viewer" and filters.version != "approved":
        approved = replace(filters, version="approved")
        return await plots_for_secret(pool, secret, kind, approved, tile, known)
    if made.matched > max_plots and not surely:
        return SignedAnswer(made.account, None)
    tag = f'W/"{made.tag}-{question}"'
    return SignedAnswer(made.account, Answer(tag, None if made.known else made.data))


def _plots(connection: Connection, account: Account, filters: PlotFilter, tile: Tile) -> bytes:
    if tile.scale >= PLOTS_FROM:
        surely = tile.scale >= SURELY_PLOTS_FROM
        max_plots = MOST if surely else MANY
        made = db.plots_tile(
            connection, account, filters, tile.ground, max_plots=max_plots, some=surely
        )
        if surely or made.matched <= max_plots:
            return made.data or b""
    return db.squares_tile(connection, account, filters, tile.ground, tile.scale).data or b""


def by_content(data: bytes, known: str | None) -> Answer:
    """The tile under a tag made from its content: for tiles that are cheap to make."""
    tag = f'W/"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
    has = known is not None and tag in (listed.strip() for listed in known.split(","))
    return Answer(tag, None if has else data)


# The scale from which on borders of the districts, or zones, of a level are drawn.
_LEVELS_FROM: Final = {"province": 0, "city": 4, "county": 6, "town": 10, "village": 13}
_ZONES_FROM: Final = {
    **_LEVELS_FROM,
    "county": 5,
    "town": 8,
    "village": 10,
    "group": 11,
    "grid": 11,
}


def districts(
    connection: Connection, account: Account, levels: Sequence[str] | None, tile: Tile
) -> bytes:
    """Districts that the account may see; of the levels asked for, else those of the scale."""
    if not levels:
        levels = [level for level, first in _LEVELS_FROM.items() if tile.scale >= first]
    return district_tiles.districts_tile(connection, account, levels, tile.ground, tile.scale)


def coverage_of(
    connection: Connection, account: Account, level: str, year: int | None, tile: Tile
) -> bytes:
    """Districts of one level with their coverage at this moment."""
    answer = coverage(connection, account, CoverageQuestion(level=level, choice=Choice(year=year)))
    said = {"pending_cells": answer.pending_cells}
    return district_tiles.coverage_tile(connection, answer.table(), said, tile.ground, tile.scale)


def zones(
    connection: Connection, account: Account, levels: Sequence[str] | None, tile: Tile
) -> bytes:
    """Zones that hold today and lie in the scope; of the levels asked for, else of the scale."""
    if not levels:
        levels = [level for level, first in _ZONES_FROM.items() if tile.scale >= first]
    return district_tiles.zones_tile(connection, account, levels, today(), tile.ground, tile.scale)


def areas(connection: Connection, tile: Tile) -> bytes:
    """Reporting areas that have figures today; every account may see them."""
    return area_tiles.areas_tile(connection, today(), tile.ground, tile.scale)


def layer(connection: Connection, code: str, tile: Tile) -> bytes:
    """Ground of a layer that holds today; every account may see it."""
    return layer_tiles.layer_tile(connection, code, today(), tile.ground, tile.scale)
