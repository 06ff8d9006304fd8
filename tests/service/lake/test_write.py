"""A lake holds what the database holds, readable by others, and is renewed county by county."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pyarrow.dataset
import pytest
import shapely
from pyarrow import parquet
from sqlalchemy import text

from data.lake.manifest import open_lake
from gis.crs import CGCS2000
from service.embedded import Endpoint
from service.lake.write import write_lake
from tests.service.conftest import CITY, EAST, SOUTH, WEST, Database, new_database
from tests.service.coverage.db.test_coverage_machine import BESIDE, ROUND
from tests.service.coverage.db.test_queue import plant
from tests.service.lake.conftest import location, planted

STORED = "SELECT plot_id, ST_AsBinary(geom), area_m2, district FROM plot_version ORDER BY plot_id"


def test_plots_are_those_of_the_database_in_degrees_of_cgcs2000(full: Database, lake: Path) -> None:
    frame = geopandas.read_parquet(lake / "current" / "plots").sort_values("id")
    assert frame.crs.to_epsg() == CGCS2000
    with full.owner.connect() as connection:
        rows = connection.execute(text(STORED)).all()
    assert frame["id"].tolist() == [row.plot_id for row in rows]
    assert frame["area_m2"].tolist() == [row.area_m2 for row in rows]
    assert frame["county"].astype(str).tolist() == [row.district for row in rows]
    shapes = shapely.from_wkb([bytes(row[1]) for row in rows])
    assert shapely.equals(shapely.normalize(frame.geometry.to_numpy()), shapes).all()


def test_a_box_reads_only_the_plots_that_it_meets(lake: Path) -> None:
    box = (125.06, 43.0, 125.07, 43.2)
    some = geopandas.read_parquet(lake / "current" / "plots", bbox=box)
    every = geopandas.read_parquet(lake / "current" / "plots")
    assert 0 < len(some) < len(every)
    assert set(some["id"]) == set(every[every.intersects(shapely.box(*box))]["id"])


def test_the_metadata_are_those_of_geoparquet_1_1(lake: Path) -> None:
    for path in (lake / "current").rglob("*.parquet"):
        about = json.loads(parquet.read_schema(path).metadata[b"geo"])
        assert about["version"] == "1.1.0"
        column = about["columns"][about["primary_column"]]
        assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
        assert column["crs"]["id"]["code"] == CGCS2000


def test_the_columns_of_each_county_are_the_same(lake: Path) -> None:
    plots = pyarrow.dataset.dataset(lake / "current" / "plots", partitioning="hive")
    counts = plots.to_table(columns=["county"]).column("county").value_counts().to_pylist()
    assert {str(row["values"]): row["counts"] for row in counts}.keys() == {WEST, ROUND}
    files = [parquet.read_schema(path).remove_metadata() for path in plots.files]
    assert len(files) == 2
    assert all(schema == files[0] for schema in files)


def test_neighbours_on_the_ground_are_neighbours_in_the_file(lake: Path) -> None:
    frame = geopandas.read_parquet(lake / "current" / "plots" / f"county={ROUND}")
    centre = frame.geometry.set_crs(None, allow_override=True).centroid
    far = centre.distance(centre.sample(frac=1, random_state=1, ignore_index=True), align=False)
    assert centre.distance(centre.shift(), align=False).mean() < 0.6 * far.mean()


def test_districts_of_every_level_have_their_borders(full: Database, lake: Path) -> None:
    frame = geopandas.read_parquet(lake / "current" / "districts")
    assert {CITY, WEST, EAST, SOUTH, ROUND, BESIDE} <= set(frame["code"])
    assert full.scalar("SELECT count(*) FROM district") == len(frame)
    west = frame.set_index("code").geometry[WEST]
    assert west.equals(shapely.box(125.0, 43.0, 125.1, 43.1))


@pytest.fixture
def changing(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """The same database, for a test that changes it."""
    with new_database(endpoint, with_districts) as database:
        planted(database)
        yield database


def test_only_counties_that_changed_are_written_anew(changing: Database, tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    first = write_lake(location(changing), folder)
    assert first.changed == 2
    inode = {county: _inode(folder, county) for county in (WEST, ROUND)}
    again = write_lake(location(changing), folder)
    assert (again.changed, again.manifest.number) == (0, 1)
    assert again.manifest.moment > first.manifest.moment
    with changing.owner.begin() as connection:
        plant(connection, 125.02, 43.02)
    second = write_lake(location(changing), folder)
    assert (second.changed, second.manifest.number) == (1, 2)
    assert _inode(folder, ROUND) == inode[ROUND]
    assert _inode(folder, WEST) != inode[WEST]
    assert second.manifest.plots == first.manifest.plots + 1


def _inode(folder: Path, county: str) -> int:
    return (folder / "current" / "plots" / f"county={county}" / "plots.parquet").stat().st_ino


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("UPDATE plot_version SET name = '苗圃' WHERE plot_id = 2", 1),
        ("DELETE FROM plot WHERE id = 2", 1),
        ("UPDATE kind SET green_class = 'sand' WHERE code = 'RGZL'", 2),
        ('UPDATE layer SET rule = \'{"kinds": ["G11"]}\'', 0),
        ("UPDATE district SET name = '中县' WHERE code = '220102'", 0),
    ],
)
def test_whatever_changes_is_in_the_next_version(
    changing: Database, tmp_path: Path, change: str, changed: int
) -> None:
    folder = tmp_path / "lake"
    before = write_lake(location(changing), folder).manifest
    with changing.owner.begin() as connection:
        connection.execute(text(change))
    after = write_lake(location(changing), folder)
    assert (after.changed, after.manifest.number) == (changed, 2)
    assert after.manifest != before
    assert write_lake(location(changing), folder).manifest.number == 2


def test_the_lake_of_another_database_is_written_whole(
    changing: Database, full: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "lake"
    write_lake(location(changing), folder)
    assert write_lake(location(full), folder).changed == 2
    assert open_lake(folder).manifest.number == 2


def test_a_damaged_file_is_written_anew(changing: Database, tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    lake = write_lake(location(changing), folder).manifest
    part = lake.counties[WEST].plots
    assert part is not None
    (folder / lake.folder / part.path).write_bytes(b"PAR1")
    assert write_lake(location(changing), folder).changed == 1
    assert open_lake(folder).manifest.number == 2
