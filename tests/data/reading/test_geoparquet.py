"""GeoParquet of others: what is read, and what is refused in words."""

import json
from pathlib import Path

import geopandas
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

from data.errors import FileRefused
from data.reading.features import read_features
from data.reading.limits import Limits
from tests.data.sending import squares, table


def written(folder: Path, frame: geopandas.GeoDataFrame, **options: object) -> Path:
    """A file of geopandas."""
    frame.to_parquet(folder / "a.parquet", **options)
    return folder / "a.parquet"


def test_a_file_of_geopandas_is_read_in_its_own_system_without_the_boxes(tmp_path: Path) -> None:
    frame = table({"编号": [2201120010010012345, 7], "名称": ["甲", None]}).to_crs(4530)
    features = read_features(written(tmp_path, frame, write_covering_bbox=True))
    assert features.crs_name == "CGCS2000 / 3-degree Gauss-Kruger zone 42"
    assert [str(name) for name in features.frame.columns] == ["编号", "名称", "geometry"]
    assert features.frame["编号"].tolist() == [2201120010010012345, 7]
    assert features.frame.geometry[0].hausdorff_distance(squares(1)[0]) < 1e-9


def test_a_system_without_a_number_is_read_by_its_definition(tmp_path: Path) -> None:
    path = written(tmp_path, table({"a": [1]}).to_crs(4530))
    content = parquet.read_table(path)
    about = json.loads(content.schema.metadata[b"geo"])
    del about["columns"]["geometry"]["crs"]["id"]
    again = content.replace_schema_metadata({b"geo": json.dumps(about).encode()})
    parquet.write_table(again, path)
    features = read_features(path)
    assert features.frame.geometry[0].hausdorff_distance(squares(1)[0]) < 1e-9


@pytest.mark.parametrize("about", [None, b"{}", b"[]", b'{"columns": {"geometry": 1}}'])
def test_a_table_without_shapes_is_refused_in_words(tmp_path: Path, about: bytes | None) -> None:
    content = pa.table({"geometry": [b"x"]})
    metadata = {} if about is None else {b"geo": about}
    parquet.write_table(content.replace_schema_metadata(metadata), tmp_path / "a.parquet")
    with pytest.raises(FileRefused) as refused:
        read_features(tmp_path / "a.parquet")
    assert refused.value.code == "not_gis"


@pytest.mark.parametrize("cut", [4, 30, -8, -1])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, table({"a": [1]}))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FileRefused) as refused:
        read_features(path)
    assert refused.value.code == "file_damaged"


def test_rows_are_counted_before_they_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, table({"a": [1, 2]}))
    with pytest.raises(FileRefused) as refused:
        read_features(path, limits=Limits(features=1))
    assert refused.value.code == "too_many_features"


def test_a_text_that_stands_once_and_is_meant_a_thousand_times_takes_no_memory(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, table({"a": [1]}))
    about = parquet.read_table(path).schema.metadata
    shapes = pa.array([shapely.to_wkb(squares(1)[0])] * 4_000)
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 4_000, pa.int32()), ["x" * 1_000_000])
    bomb = pa.table({"a": text, "geometry": shapes}).replace_schema_metadata(about)
    parquet.write_table(bomb, path, write_statistics=False)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(FileRefused) as refused:
        read_features(path)
    assert refused.value.code == "too_big"
