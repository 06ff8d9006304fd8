"""Files out onto a disk without room: told in words, nothing half-written left."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data.writing.dispatch import write
from data.writing.export_report import ExportRefused
from gis.crs import CGCS2000
from tests.small_disk import as_root, fill, small_disk


def many(rows: int = 3000) -> gpd.GeoDataFrame:
    """Plots that take a megabyte in any format."""
    shapes = [shapely.Point(125 + n * 1e-4, 43).buffer(1e-5, 32) for n in range(rows)]
    frame = gpd.GeoDataFrame(geometry=shapes, crs=CGCS2000)
    return frame.assign(stage="planted", kind="RGZL", year=2026, district="220102", id=range(rows))


@as_root
@pytest.mark.parametrize("name", ["a.zip", "a.gpkg", "a.geojson", "a.csv"])
@pytest.mark.parametrize("free_kb", [0, 12, 100, 300])
def test_an_export_onto_a_full_disk_is_refused_whole_and_the_older_file_stays(
    tmp_path: Path, name: str, free_kb: int
) -> None:
    rows = 30_000 if name == "a.csv" else 3000
    with small_disk(tmp_path / "small", 1024) as disk:
        (disk / name).write_text("older")
        fill(disk, but_bytes=free_kb * 1024)
        with pytest.raises(ExportRefused) as refusal:
            write(many(rows), disk / name)
        assert refusal.value.code == "cannot_write"
        assert name in str(refusal.value)
        assert "free space" in str(refusal.value)
        assert (disk / name).read_text() == "older"
        assert sorted(file.name for file in disk.iterdir()) == sorted([name, "fill"])
