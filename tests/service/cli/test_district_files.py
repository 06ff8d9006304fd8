"""Files of districts, each on a home of its own: names kept, borders asked about, real counties."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest
from shapely import box

from gis.crs import CGCS2000
from service.embedded import Cluster
from tests.service.cli.command_line import SEEN, CommandLine, names_of, partner_file, shapefile
from tests.service.conftest import copied_home


@pytest.fixture
def home(migrated_home: Path) -> Iterator[Path]:
    """A cluster that holds nothing yet."""
    with copied_home(migrated_home) as home:
        Cluster(home).up()
        yield home


def test_a_district_that_comes_without_a_name_keeps_the_one_it_has(
    luotu: CommandLine, tmp_path: Path
) -> None:
    west = box(125.0, 43.0, 125.1, 43.1)
    luotu("import", "districts", partner_file(tmp_path, west, name="西县"))
    said = luotu("import", "districts", partner_file(tmp_path, west))
    assert (said.status, "保留已有名称“西县”" in said.out) == (0, True)
    assert names_of(luotu, "county") == {"220102": "西县"}


@pytest.mark.usefixtures("districts")
def test_a_border_that_leaves_plots_without_a_county_is_asked_about(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = shapefile(tmp_path, box(125.05, 43.08, 125.052, 43.082))
    luotu("import", "plots", path, *SEEN, "--review", "approved", "--why", "x")
    smaller = partner_file(tmp_path, box(125.0, 43.0, 125.1, 43.05), name="西县")
    for more in ((), ("--dry-run",)):
        said = luotu("import", "districts", smaller, "--json", *more)
        assert said.status == 1
        (problem,) = json.loads(said.out)["problems"]
        assert problem["code"] == "plots_outside"
        assert "1 个图斑" in problem["message"]
        assert (problem["lon"], problem["lat"]) == pytest.approx((125.051, 43.081))
        assert "--acknowledge plots_outside" in said.err
    answer = luotu("coverage", "--format", "json").out
    before = {row["code"]: row["district_m2"] for row in json.loads(answer)["rows"]}
    said = luotu("import", "districts", smaller, "--acknowledge", "plots_outside")
    assert (said.status, "1 个图斑" in said.out) == (0, True)
    answer = luotu("coverage", "--format", "json").out
    after = {row["code"]: row["district_m2"] for row in json.loads(answer)["rows"]}
    assert after["220102"] == pytest.approx(before["220102"] / 2, rel=1e-3)


class TestRealFiles:
    """The three files of the issue that nobody here wrote."""

    def test_the_districts_are_73_counties_with_their_parents(
        self, luotu: CommandLine, real: Path
    ) -> None:
        said = luotu("import", "districts", real / "districts" / "places_tianditu_cgcs2000.geojson")
        assert said.status == 0, said.err
        counties = json.loads(luotu("coverage", "--format", "json").out)["rows"]
        assert len(counties) == 73
        assert {row["parent"] for row in counties} == {"220100", "360700", "441600", "500000"}

    @pytest.mark.parametrize("name", ["gbk", "gbk_nocpg", "utf8"])
    def test_an_encoding_gives_chinese_names(
        self, luotu: CommandLine, real: Path, name: str, tmp_path: Path
    ) -> None:
        said = luotu("import", "districts", real / "encoding" / f"changchun_{name}.shp")
        assert said.status == 0, said.err
        luotu("export", "districts", tmp_path / "d.geojson", "--district", "220100")
        assert "南关区" in (tmp_path / "d.geojson").read_text("utf-8")

    @pytest.mark.usefixtures("districts")
    def test_stands_of_finland_are_refused_and_told_where_they_lie(
        self, luotu: CommandLine, real: Path
    ) -> None:
        said = luotu("import", "plots", real / "forest-stands" / "forest_stands_2012.shp")
        assert said.status == 1
        assert "All 74 plots lie outside every district" in said.err
        assert "25.0843" in said.err
        assert "61.1903" in said.err


@pytest.mark.parametrize("form", ["geojson", "gpkg", "zip"])
def test_own_files_come_back_without_a_complaint_of_columns(
    luotu: CommandLine, districts: None, tmp_path: Path, form: str
) -> None:
    area = tmp_path / "area.geojson"
    table = {"code": ["KFQ"], "name": ["开发区"], "kind": ["KFQ"]}
    geopandas.GeoDataFrame(table, geometry=[box(125, 43, 125.1, 43.1)], crs=CGCS2000).to_file(area)
    assert luotu("import", "areas", area).status == 0
    for what in ("districts", "areas"):
        out = tmp_path / f"{what}.{form}"
        assert luotu("export", what, out).status == 0
        said = luotu("import", what, out, "--dry-run")
        assert said.status == 0, said.err
        assert "columns that are not known" not in said.out
