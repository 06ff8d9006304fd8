"""Small tilesets of one picture, for tests."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

# A white pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8ffffff7f0009fb03fd0543454a"
    "0000000049454e44ae426082"
)
Z, ROW, COL = 3, 2, 6


def mbtiles(file: Path, media: str = "png") -> Path:
    """An MBTiles file with one tile; its rows are counted from the south."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("INSERT INTO metadata VALUES ('format', ?)", (media,))
        database.execute(
            "CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)"
        )
        south = 2**Z - 1 - ROW
        database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (Z, COL, south, PICTURE))
    return file


def pmtiles(file: Path) -> Path:
    """A PMTiles file with one tile."""
    with write(str(file)) as writer:
        writer.write_tile(zxy_to_tileid(Z, COL, ROW), PICTURE)
        header = {
            "tile_type": TileType.PNG,
            "tile_compression": Compression.NONE,
            "min_zoom": Z,
            "max_zoom": Z,
            "min_lon_e7": -1_800_000_000,
            "min_lat_e7": -850_000_000,
            "max_lon_e7": 1_800_000_000,
            "max_lat_e7": 850_000_000,
            "center_zoom": Z,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(header, {})
    return file
