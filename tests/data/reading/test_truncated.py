"""Shapefiles of which a part was cut off on its way."""

from pathlib import Path

import geopandas
import pytest
from shapely import box

from data.errors import FileRefused
from data.reading.features import read_features
from gis.crs import CGCS2000


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A shapefile of one square, with nothing wrong."""
    path = tmp_path / "a.shp"
    shapes = [box(125.0, 43.0, 125.1, 43.1)]
    geopandas.GeoDataFrame({"name": ["x"]}, geometry=shapes, crs=CGCS2000).to_file(path)
    return path


def test_a_shp_that_is_shorter_than_it_says_is_refused(whole: Path) -> None:
    whole.write_bytes(whole.read_bytes()[:-8])
    with pytest.raises(FileRefused) as refused:
        read_features(whole)
    assert refused.value.code == "shp_truncated"


def test_a_dbf_without_a_whole_head_is_refused(whole: Path) -> None:
    table = whole.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:20])
    with pytest.raises(FileRefused) as refused:
        read_features(whole)
    assert refused.value.code == "dbf_truncated"
