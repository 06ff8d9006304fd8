"""The shapes of a large file are read some at a time: each is there once, in its row."""

import sqlite3
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from data.errors import FileRefused
from data.packed_shapes import PackedShapes
from data.plots.plots import read_plots
from data.reading import layers
from data.reading.features import read_features
from data.reading.layers import read_with_gdal, shapes_with_gdal
from data.reading.limits import Limits
from data.reading.sandbox_answer import load_result
from data.reading.sandbox_result import Column, RawLayer
from gis.crs import CGCS2000

ROWS = 11


def written(path: Path) -> list[bytes | None]:
    """A file of a dozen squares, the third without a shape; answers the WKB of each row."""
    shapes = [
        None if n == 2 else shapely.box(126, 43, 126.01 + n / 1000, 43.01) for n in range(ROWS)
    ]
    frame = geopandas.GeoDataFrame({"n": range(ROWS)}, geometry=shapes, crs=CGCS2000)
    unindexed = {"SPATIAL_INDEX": "NO"} if path.suffix == ".fgb" else {}
    pyogrio.write_dataframe(frame, path, **unindexed)
    return [None if shape is None else shapely.to_wkb(shape) for shape in shapes]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.fgb"])
@pytest.mark.parametrize("at_once", [1, 4, 11, 50])
def test_shapes_of_every_row_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at_once: int
) -> None:
    monkeypatch.setattr(layers, "_SHAPES_AT_ONCE", at_once)
    sent = tmp_path / name
    written(sent)
    _meta, fids, (order,) = read_with_gdal(sent, Limits())
    key = "fid" if name == "a.gpkg" else ""
    _meta, _fids, whole, _values = pyogrio.raw.read(sent)
    assert list(shapes_with_gdal(sent, fids, key)) == whole.tolist()
    assert sorted(order.tolist()) == list(range(ROWS))


def test_features_whose_numbers_have_gaps_keep_their_shapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "_SHAPES_AT_ONCE", 3)
    sent = tmp_path / "a.gpkg"
    shapes = written(sent)
    meta, fids, _values = read_with_gdal(sent, Limits())
    there = np.array([n for n in range(ROWS) if n not in (0, 4, 5, 6)])
    with sqlite3.connect(sent) as database:
        # The triggers of the spatial index want functions that only GDAL has.
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("DELETE FROM a WHERE n IN (0, 4, 5, 6)")
    read = list(shapes_with_gdal(sent, fids[there], "fid"))
    assert [shape and shapely.from_wkb(shape).area for shape in read] == [
        shape and shapely.from_wkb(shape).area for shape in (shapes[n] for n in there)
    ]
    assert meta["fields"].tolist() == ["n"]


def test_a_file_with_fewer_shapes_than_rows_is_damaged(tmp_path: Path) -> None:
    sent = tmp_path / "a.gpkg"
    written(sent)
    with pytest.raises(FileRefused) as refused:
        list(shapes_with_gdal(sent, np.arange(1, ROWS + 5), "fid"))
    assert refused.value.code == "file_damaged"


def test_what_the_child_leaves_is_what_it_read(tmp_path: Path) -> None:
    values: list[object] = [None, "云", 2**60, 0.1, True] * 3_000
    raw = RawLayer("a", None, iter([b"x", None, b"yz"]), [Column("列", "any", values)], None, [])
    raw.write(tmp_path)
    back = load_result(tmp_path)
    assert (back.layer, back.columns[0].name, back.columns[0].values) == ("a", "列", values)
    assert back.shapes.wkb(slice(None)).tolist() == [b"x", None, b"yz"]


def test_plots_on_disk_may_have_more_vertices_than_shapes_in_memory(tmp_path: Path) -> None:
    written(tmp_path / "a.gpkg")
    few = Limits(vertices=9)
    with pytest.raises(FileRefused) as refused:
        read_features(tmp_path / "a.gpkg", limits=few)
    assert refused.value.code == "too_many_vertices"
    assert len(read_plots(tmp_path / "a.gpkg", limits=few)) == ROWS
    with pytest.raises(FileRefused) as refused:
        read_plots(tmp_path / "a.gpkg", limits=Limits(stored_vertices=9))
    assert refused.value.code == "too_many_vertices"


def test_texts_that_come_again_are_one(tmp_path: Path) -> None:
    raw = RawLayer("a", None, [], [Column("stage", "text", ["planted"] * 3)], None, [])
    raw.write(tmp_path)
    values = load_result(tmp_path).columns[0].values
    assert values[0] is values[2]
    assert len(PackedShapes.of_wkb([])) == 0
