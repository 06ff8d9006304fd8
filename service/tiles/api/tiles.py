"""``/tiles``: vector tiles of plots, districts and coverage, each for whoever asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import AccountDep, current_account
from service.districts.api.districts import Level
from service.errors import not_found
from service.layers.api.layer_schemas import CODE
from service.layers.db.layers import read_layer
from service.patrol.zones.schemas import Level as ZoneLevel
from service.plots.api.filter_params import PlotQueryDep
from service.tiles import tiles
from service.tiles.api import async_route
from service.tiles.api.async_route import MVT, response
from service.tiles.tiles import GridName, Tile
from service.web.deps import ConnectionDep, begun
from service.web.etags import IfNoneMatch
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/tiles", tags=["tiles"], route_class=ThreadRoute)


async def tile_address(
    grid: Annotated[GridName, Path(description="CGCS2000Quad: 天地图 _c, z = its level - 1.")],
    z: Annotated[int, Path(ge=0, le=tiles.Z_MAX)],
    row: Annotated[int, Path(ge=0, lt=2**31, description="From the north; before the column.")],
    col: Annotated[int, Path(ge=0, lt=2**31, description="From the west.")],
) -> Tile:
    """The tile that the address names; 404 when the grid has none there."""
    return tiles.tile(grid, z, row, col)


TileDep = Annotated[Tile, Depends(tile_address)]
AcceptEncoding = Annotated[str | None, Header(max_length=500)]
Levels = Annotated[
    list[Level] | None, Query(max_length=6, description="Levels; those of the scale when empty.")
]

ZoneLevels = Annotated[
    list[ZoneLevel] | None,
    Query(max_length=7, description="List `zone_level`; those of the scale when empty."),
]


DRAWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}},
    204: {"description": "Nothing there."},
    304: {"description": "You have it."},
}


def plot_tile(
    request: Request,
    tile: TileDep,
    words: PlotQueryDep,
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Any:
    """Plots (layer `plots`), far out counted in squares (layer `plot_squares`)."""
    async_route.remember(request, words)
    # One thread, one transaction: each dependency that FastAPI runs in a thread of its own costs as
    # much as finding the plots.
    with begun(request) as connection:
        account = current_account(request, connection)
        filters = words.resolve(connection, account)
        made = tiles.plots(connection, account, filters, tile, if_none_match)
    return response(made, accept_encoding)


router.add_api_route(
    "/plots/{grid}/{z}/{row}/{col}",
    plot_tile,
    operation_id="plotTile",
    response_class=Response,
    responses=DRAWN,
    route_class_override=async_route.QuickRoute,
)


@router.get(
    "/districts/{grid}/{z}/{row}/{col}",
    operation_id="districtTile",
    response_class=Response,
    responses=DRAWN,
)
def district_tile(
    tile: TileDep,
    account: AccountDep,
    connection: ConnectionDep,
    level: Levels = None,
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Any:
    """Districts of the scope and those above them, thinned as the eye wants it."""
    made = tiles.by_content(tiles.districts(connection, account, level, tile), if_none_match)
    return response(made, accept_encoding)


@router.get(
    "/coverage/{grid}/{z}/{row}/{col}",
    operation_id="coverageTile",
    response_class=Response,
    responses=DRAWN,
)
def coverage_tile(
    tile: TileDep,
    account: AccountDep,
    connection: ConnectionDep,
    level: Level = "county",
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Task year; all.")
    ] = None,
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Any:
    """Districts of a level with coverage and green area, those of `GET /api/coverage`."""
    made = tiles.by_content(
        tiles.coverage_of(connection, account, level, year, tile), if_none_match
    )
    return response(made, accept_encoding)


@router.get(
    "/zones/{grid}/{z}/{row}/{col}",
    operation_id="zoneTile",
    response_class=Response,
    responses=DRAWN,
)
def zone_tile(
    tile: TileDep,
    account: AccountDep,
    connection: ConnectionDep,
    level: ZoneLevels = None,
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Any:
    """Zones of forest chiefs and rangers that hold today, without names of people."""
    made = tiles.by_content(tiles.zones(connection, account, level, tile), if_none_match)
    return response(made, accept_encoding)


@router.get(
    "/areas/{grid}/{z}/{row}/{col}",
    operation_id="areaTile",
    response_class=Response,
    responses=DRAWN,
)
def area_tile(
    tile: TileDep,
    _account: AccountDep,
    connection: ConnectionDep,
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Any:
    """Reporting areas that have figures today (layer `areas`)."""
    made = tiles.by_content(tiles.areas(connection, tile), if_none_match)
    return response(made, accept_encoding)


@router.get(
    "/layers/{code}/{grid}/{z}/{row}/{col}",
    operation_id="layerTile",
    response_class=Response,
    responses=DRAWN,
)
def layer_tile(
    code: Annotated[str, Path(pattern=CODE, description="JBNT, STHX …")],
    tile: TileDep,
    _account: AccountDep,
    connection: ConnectionDep,
    if_none_match: IfNoneMatch = None,
    accept_encoding: AcceptEncoding = None,
) -> Any:
    """Ground of a layer that holds today (layer `layer`); far out without what no eye sees."""
    if read_layer(connection, code) is None:
        raise not_found("此图层")
    made = tiles.by_content(tiles.layer(connection, code, tile), if_none_match)
    return response(made, accept_encoding)
