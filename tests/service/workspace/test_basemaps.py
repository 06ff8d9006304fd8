"""Base maps below the plots: each asked for in its own grid, and drawn where its ground is."""

import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from math import floor
from pathlib import Path
from struct import pack

import pytest
from playwright.sync_api import expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

from gis.shift import to_gcj02
from service.settings import Settings
from tests.service.conftest import WEST, Database, Server
from tests.service.workspace.conftest import (
    TILE_PX,
    WORLD_M,
    Desk,
    Office,
    Position,
    mercator,
    one_time_link,
)
from tests.service.workspace.pixels import colour

PLACE = (125.052, 43.051)
Z = 15
# North-west, north-east, south-west and south-east of a place.
QUARTERS = [(213, 94, 0), (0, 114, 178), (240, 228, 66), (0, 158, 115)]
SET = [
    {
        "label": "高德",
        "kind": "xyz",
        "url": "/api/basemaps/gcj.mbtiles/{z}/{y}/{x}",
        "datum": "gcj02",
        "min_zoom": Z,
        "max_zoom": Z,
    },
    {"label": "img", "kind": "tianditu", "layer": "img_c", "key": "k"},
    {"label": "vec", "kind": "tianditu", "layer": "vec_w", "key": "k"},
    {"label": "wmts", "kind": "wmts", "url": "/wmts", "layer": "ortho"},
    {
        "label": "degrees",
        "kind": "wmts",
        "url": "/geoserver",
        "layer": "ortho",
        "grid": "degrees",
        "matrix_set": "EPSG:4490",
        "matrix_ids": "EPSG:4490:{z}",
        "first_matrix": 0,
    },
    {"label": "wms", "kind": "wms", "url": "/wms", "layer": "ortho"},
    {"label": "xyz", "kind": "xyz", "url": "/xyz/{z}/{x}/{y}.png"},
]


def png(columns: int, rows: int) -> bytes:
    """A tile whose four colours meet at a column and a row."""
    line = [bytes([0, *[0 if x < columns else 1 for x in range(TILE_PX)]])] * rows
    line += [bytes([0, *[2 if x < columns else 3 for x in range(TILE_PX)]])] * (TILE_PX - rows)
    head = pack(">IIBBBBB", TILE_PX, TILE_PX, 8, 3, 0, 0, 0)
    palette = bytes(part for colour in QUARTERS for part in colour)
    parts = [(b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(b"".join(line)))]
    chunks = [
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
        for kind, data in [*parts, (b"IEND", b"")]
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiles(place: Position) -> dict[tuple[int, int], bytes]:
    """Pictures by column and row around a place, at which their four colours meet."""
    x, y = mercator(*place)
    across = (x + WORLD_M / 2) / WORLD_M * 2**Z * TILE_PX
    down = (WORLD_M / 2 - y) / WORLD_M * 2**Z * TILE_PX
    made = {}
    for column in range(floor(across / TILE_PX) - 2, floor(across / TILE_PX) + 3):
        for row in range(floor(down / TILE_PX) - 2, floor(down / TILE_PX) + 3):
            edges = (round(across - column * TILE_PX), round(down - row * TILE_PX))
            made[column, row] = png(*(max(0, min(TILE_PX, edge)) for edge in edges))
    return made


def mbtiles(file: Path, place: Position) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute(
            "CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)"
        )
        rows = [(Z, col, 2**Z - 1 - row, data) for (col, row), data in tiles(place).items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)


def pmtiles(file: Path, place: Position) -> None:
    whole = {"min_lon_e7": -1_800_000_000, "max_lon_e7": 1_800_000_000, "center_zoom": Z}
    whole |= {"min_lat_e7": -850_000_000, "max_lat_e7": 850_000_000}
    whole |= {"center_lon_e7": 0, "center_lat_e7": 0, "min_zoom": Z, "max_zoom": Z}
    with write(str(file)) as writer:
        for number, data in sorted(
            (zxy_to_tileid(Z, col, row), data) for (col, row), data in tiles(place).items()
        ):
            writer.write_tile(number, data)
        kinds = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE}
        writer.finalize(whole | kinds, {})


@pytest.fixture(scope="module")
def mapped(shared: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with base maps by setting and by files."""
    home = tmp_path_factory.mktemp("mapped")
    folder = home / "basemaps"
    folder.mkdir()
    mbtiles(folder / "航拍.mbtiles", PLACE)
    pmtiles(folder / "ortho.pmtiles", PLACE)
    lon, lat = to_gcj02([PLACE])[0]
    mbtiles(folder / "gcj.mbtiles", (lon, lat))
    with Server(Settings(home=home, basemaps=json.dumps(SET)), shared) as running:
        yield running


@pytest.fixture
def desk(office: Office, mapped: Server, database: Database) -> Iterator[Desk]:
    """A viewer's desk there."""
    page = office.take().new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    link = one_time_link(database, "viewer", WEST)
    lon, lat = PLACE
    page.goto(f"{mapped.url}/#link={link}&map=16.5/{lat}/{lon}&panel=layers")
    expect(page.get_by_role("radio", name="航拍")).to_be_visible()
    yield Desk(page, page.context, mapped.url)
    office.tidy(mapped.url)
    mapped.rest()


def quarters(desk: Desk) -> list[tuple[int, ...]]:
    """Colours 8 pixels, some 10 m, from the place; plots and borders are not there."""
    x, y = desk.pixel(*PLACE)
    return [colour(desk.page, x + east, y + south) for south in (-8, 8) for east in (-8, 8)]


@pytest.mark.parametrize("label", ["航拍", "ortho", "高德"])
def test_a_picture_lies_where_its_ground_is(desk: Desk, label: str) -> None:
    with desk.page.expect_response(re.compile("/api/basemaps/.+/15/")):
        desk.page.get_by_role("radio", name=label).check()
    expect(desk.page.locator("[data-tiles=whole]")).to_be_visible()
    for _ in range(300):
        if quarters(desk) == QUARTERS:
            break
        desk.page.wait_for_timeout(100)
    assert quarters(desk) == QUARTERS


LEVEL = r"TileMatrix=1[678]&"
# A tile of matrix n is 180° / 2^n wide; around the place, in each matrix that the map may ask.
DEGREE_TILES = "|".join(
    f"TileMatrix=EPSG%3A4490%3A{n}&TileCol={int((PLACE[0] + 180) / 180 * 2**n) + east}"
    f"&TileRow={int((90 - PLACE[1]) / 180 * 2**n) + south}$"
    for n in range(14, 19)
    for east in range(-2, 3)
    for south in range(-2, 3)
)
ASKED = {
    "img": rf"^https://t[0-7]\.tianditu\.gov\.cn/img_c/wmts\?tk=k&.*tilematrixset=c&.*{LEVEL}",
    "vec": rf"^https://t[0-7]\.tianditu\.gov\.cn/vec_w/wmts\?tk=k&.*tilematrixset=w&.*{LEVEL}",
    "wmts": rf"/wmts\?layer=ortho&.*tilematrixset=GoogleMapsCompatible&.*{LEVEL}",
    "degrees": rf"/geoserver\?layer=ortho&.*tilematrixset=EPSG%3A4490&.*({DEGREE_TILES})",
    "wms": r"/wms\?.*REQUEST=GetMap&.*LAYERS=ortho&.*CRS=EPSG%3A3857",
    "xyz": r"/xyz/1[678]/\d+/\d+\.png$",
}


def test_each_kind_of_service_is_asked_in_its_own_way(desk: Desk) -> None:
    for label, form in ASKED.items():
        with desk.page.expect_request(re.compile(form)):
            desk.page.get_by_role("radio", name=label).check()


def test_pictures_of_large_scale_are_not_asked_for_from_afar(desk: Desk) -> None:
    urls: list[str] = []
    desk.page.on("request", lambda request: urls.append(request.url))
    desk.go(*PLACE, 6)
    desk.page.get_by_role("radio", name="航拍").check()
    expect(desk.page.get_by_text("放大到 15 级后显示").first).to_be_visible()
    desk.go(*PLACE, 6.5)
    expect(desk.page.locator("[data-tiles=whole]")).to_be_visible()
    assert not [url for url in urls if "/api/basemaps/" in url]
