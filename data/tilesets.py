"""Raster tiles from local files (MBTiles, PMTiles), for base maps without a network."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported, TileType

SUFFIXES: Final = (".mbtiles", ".pmtiles")
MEDIA: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
_NAME: Final = re.compile(r"[\w.\- ]+", re.UNICODE)
_DAMAGED: Final = (
    sqlite3.DatabaseError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    MagicNumberNotFound,
    SpecVersionUnsupported,
)
_PM_MEDIA: Final = {TileType.PNG: "png", TileType.JPEG: "jpg", TileType.WEBP: "webp"}


class Tileset(NamedTuple):
    """A file of raster tiles in the Web Mercator grid; ``media`` is the type of its pictures."""

    file: Path
    media: str
    min_zoom: int
    max_zoom: int


def tilesets(folder: Path) -> Iterator[Tileset]:
    """The raster tilesets of a folder, by name; files that hold something else are passed over.

    A folder that is not there has none.
    """
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix in SUFFIXES and _NAME.fullmatch(file.name) and file.is_file():
            tiles = tileset(file)
            if tiles is not None:
                yield tiles


def tileset(file: Path) -> Tileset | None:
    """One tileset; None where the file is damaged or holds no pictures."""
    try:
        return _mbtiles(file) if file.suffix == ".mbtiles" else _pmtiles(file)
    except _DAMAGED:
        return None


def tile(tiles: Tileset, z: int, row: int, col: int) -> bytes | None:
    """A picture; None where the tileset has none. Rows are counted from the north.

    MBTiles counts them from the south (MBTiles 1.3, "Content").
    """
    if tiles.file.suffix == ".pmtiles":
        with tiles.file.open("rb") as opened:
            picture: bytes | None = Reader(MmapSource(opened)).get(z, col, row)
            return picture
    with closing(_opened(tiles.file)) as database:
        held = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, col, 2**z - 1 - row),
        ).fetchone()
    return None if held is None else bytes(held[0])


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _mbtiles(file: Path) -> Tileset | None:
    with closing(_opened(file)) as database:
        metadata = dict(database.execute("SELECT name, value FROM metadata").fetchall())
        low, high = database.execute(
            "SELECT min(zoom_level), max(zoom_level) FROM tiles"
        ).fetchone()
    media = MEDIA.get(str(metadata.get("format", "png")).lower())
    if media is None or low is None:
        return None
    return Tileset(file, media, int(low), int(high))


def _pmtiles(file: Path) -> Tileset | None:
    with file.open("rb") as opened:
        head = Reader(MmapSource(opened)).header()
    kind = _PM_MEDIA.get(head["tile_type"])
    if kind is None:
        return None
    return Tileset(file, MEDIA[kind], int(head["min_zoom"]), int(head["max_zoom"]))
