"""Zips that are packed on all processors are read by everybody."""

import random
import zipfile
from pathlib import Path

import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame
from shapely import box

from data.writing.zipping import zip_files

MIB = 2**20


def content(size: int) -> bytes:
    """Bytes of which some pack well."""
    return (random.Random(size).randbytes(700) + b" " * 300) * (size // 1000) + b"x" * (size % 1000)  # noqa: S311


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB + 7])
def test_what_is_packed_comes_out_whole(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.dbf").write_bytes(content(size))
    (tmp_path / "b").write_bytes(b"short")
    target = tmp_path / "a.zip"
    zip_files(target, [(tmp_path / "a.dbf", "图斑.dbf"), (tmp_path / "b", "folder/b")])
    with zipfile.ZipFile(target) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["图斑.dbf", "folder/b"]
        assert packed.read("图斑.dbf") == content(size)
        assert packed.read("folder/b") == b"short"
        assert {entry.compress_type for entry in packed.infolist()} == {zipfile.ZIP_DEFLATED}


def test_gdal_reads_the_shapefile_in_it(tmp_path: Path) -> None:
    shapes = [box(126, 43, 126.1, 43.1)] * 40_000
    pyogrio.write_dataframe(
        GeoDataFrame({"n": range(40_000)}, geometry=shapes, crs=4490), tmp_path / "a.shp"
    )
    zip_files(tmp_path / "a.zip", [(file, file.name) for file in sorted(tmp_path.glob("a.*"))])
    back = pyogrio.read_dataframe(f"/vsizip/{tmp_path / 'a.zip'}/a.shp")
    assert back["n"].tolist() == list(range(40_000))
    assert shapely.equals(back.geometry.to_numpy(), shapes).all()
