"""The command line on a home of each file's own."""

from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest
from shapely import box

from gis.crs import CGCS2000
from service.embedded import Cluster
from tests.service.cli.command_line import CommandLine
from tests.service.conftest import copied_home


@pytest.fixture(scope="module")
def home(migrated_home: Path) -> Iterator[Path]:
    """A cluster that is kept up, for the tests of one file; nothing is in it at first."""
    with copied_home(migrated_home) as home:
        Cluster(home).up()
        yield home


@pytest.fixture
def luotu(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The command line on that home."""
    monkeypatch.setenv("LUOTU_HOME", str(home))
    return CommandLine(capsys, monkeypatch)


@pytest.fixture
def districts(luotu: CommandLine, tmp_path: Path) -> None:
    """Two counties side by side are imported."""
    import_districts(luotu, tmp_path)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """What was imported into the home of a file for all of its tests."""
    return set()


@pytest.fixture
def known_districts(luotu: CommandLine, tmp_path: Path, imported: set[str]) -> None:
    """The two counties are there; for tests that do not change them."""
    if "districts" not in imported:
        import_districts(luotu, tmp_path)
        imported.add("districts")


def import_districts(luotu: CommandLine, folder: Path) -> None:
    """Import two counties side by side."""
    path = folder / "districts.geojson"
    table = {"代码": ["220102", "220103"], "名称": ["西县", "东县"]}
    shapes = [box(125.0, 43.0, 125.1, 43.1), box(125.1, 43.0, 125.2, 43.1)]
    geopandas.GeoDataFrame(table, geometry=shapes, crs=CGCS2000).to_file(path)
    said = luotu("import", "districts", path)
    assert said.status == 0, said.err
