"""Pictures out of MBTiles and PMTiles."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.tilesets import tile, tileset, tilesets
from tests.data.tiles_made_here import COL, PICTURE, ROW, Z, mbtiles, pmtiles

EITHER = pytest.mark.parametrize(
    ("name", "make"), [("a.mbtiles", mbtiles), ("a.pmtiles", pmtiles)], ids=["mbtiles", "pmtiles"]
)
Make = Callable[[Path], Path]


@EITHER
def test_a_picture_is_found_by_its_row_from_the_north(
    tmp_path: Path, name: str, make: Make
) -> None:
    opened = tileset(make(tmp_path / name))
    assert opened is not None
    assert tile(opened, Z, ROW, COL) == PICTURE


@EITHER
def test_there_is_no_picture_beside_it(tmp_path: Path, name: str, make: Make) -> None:
    opened = tileset(make(tmp_path / name))
    assert opened is not None
    assert tile(opened, Z, ROW, COL + 1) is None


@EITHER
def test_a_tileset_says_its_zooms_and_its_media_type(tmp_path: Path, name: str, make: Make) -> None:
    opened = tileset(make(tmp_path / name))
    assert opened is not None
    assert (opened.media, opened.min_zoom, opened.max_zoom) == ("image/png", Z, Z)


@pytest.mark.parametrize("name", ["a.mbtiles", "a.pmtiles"])
def test_a_damaged_file_is_no_tileset(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nothing of the sort" * 20)
    assert tileset(tmp_path / name) is None


def test_vector_tiles_are_no_base_map(tmp_path: Path) -> None:
    assert tileset(mbtiles(tmp_path / "a.mbtiles", "pbf")) is None


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert list(tilesets(tmp_path / "nowhere")) == []
