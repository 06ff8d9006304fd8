"""Refusals in Chinese hold no sentence of a library, which is English."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import FileRefused
from data.reading.features import read_features
from tests.data.sending import shapefile, squares, table

_ENGLISH = re.compile(r"[A-Za-z]{2,}[ :]+[A-Za-z]{2,}[ :]+[A-Za-z]{2,}")


def without_a_first_corner(folder: Path) -> Path:
    shp = shapefile(folder / "in", [b"a"])
    raw = bytearray(shp.read_bytes())
    raw[156:164] = struct.pack("<d", float("nan"))
    shp.write_bytes(raw)
    return shp


def written(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def cut_geopackage(folder: Path) -> Path:
    table({"name": ["a"]}, squares(1)).to_file(folder / "a.gpkg")
    raw = (folder / "a.gpkg").read_bytes()
    (folder / "a.gpkg").write_bytes(raw[: len(raw) // 3])
    return folder / "a.gpkg"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(without_a_first_corner, id="a corner that is no number"),
        pytest.param(written("a.zip", b"PK\x03\x04 and nothing else"), id="zip"),
        pytest.param(written("a.xlsx", b"PK\x03\x04 and nothing else"), id="workbook"),
        pytest.param(written("a.geojson", b'{"type": "FeatureCollection", "fea'), id="json"),
        pytest.param(written("a.csv", '图斑号,WKT\n甲,"POLYGON\n'.encode()), id="csv"),
        pytest.param(written("a.kml", b'<kml xmlns="x"><Document></kml>'), id="kml"),
        pytest.param(cut_geopackage, id="geopackage"),
    ],
)
def test_a_refusal_in_chinese_has_no_english_sentence(
    tmp_path: Path, made: Callable[[Path], Path]
) -> None:
    with pytest.raises(FileRefused) as refused:
        read_features(made(tmp_path), crs="EPSG:4490")
    assert _ENGLISH.search(refused.value.message.zh) is None, refused.value.message.zh


def test_a_file_of_points_is_told_what_to_send_instead(tmp_path: Path) -> None:
    path = written("a.pts", b"J1,4825893.129,42469462.94\nJ2,4825993.1,42469462.9\n")(tmp_path)
    with pytest.raises(FileRefused, match="图斑号、X、Y") as refused:
        read_features(path)
    assert refused.value.code == "not_gis"
