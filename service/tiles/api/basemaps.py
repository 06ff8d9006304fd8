"""``/api/basemaps``: what lies below the plots."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from data.tilesets import SUFFIXES, tile
from service.accounts.api.deps import AccountDep
from service.basemap_setting import Basemap
from service.errors import not_found
from service.tiles import basemaps
from service.web.deps import SettingsDep
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/basemaps", tags=["maps"], route_class=ThreadRoute)


class BasemapList(BaseModel):
    """Base maps to choose from; none is shown until somebody chooses one."""

    basemaps: list[Basemap]


@router.get("", operation_id="listBasemaps")
def list_basemaps(_account: AccountDep, settings: SettingsDep) -> BasemapList:
    """The base maps of the setting, and the local tilesets."""
    return BasemapList(basemaps=[*settings.configured_basemaps, *basemaps.local(settings)])


@router.get(
    "/{name}/{z}/{row}/{col}",
    operation_id="basemapTile",
    response_class=Response,
    responses={200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}},
)
def basemap_tile(
    name: Annotated[str, Path(max_length=200)],
    z: Annotated[int, Path(ge=0, le=24)],
    row: Annotated[int, Path(ge=0, lt=2**24)],
    col: Annotated[int, Path(ge=0, lt=2**24)],
    _account: AccountDep,
    settings: SettingsDep,
) -> Response:
    """A picture of a local tileset, in the Web Mercator grid; 204 where it has none."""
    tileset = basemaps.local_tileset(settings, name) if name.endswith(SUFFIXES) else None
    if tileset is None:
        raise not_found("此底图")
    picture = tile(tileset, z, row, col)
    headers = {"Cache-Control": "private, max-age=86400"}
    if picture is None:
        return Response(None, 204, headers)
    return Response(picture, 200, headers, tileset.media)
