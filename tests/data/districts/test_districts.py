"""The tree of districts that a file holds, and what is said about it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely import box
from shapely.geometry.base import BaseGeometry

from data.districts.districts import DistrictTree, district_tree, read_districts
from data.errors import FileRefused
from gis.errors import GeometryError
from gis.measure import area_m2
from tests.data.sending import real, squares, table

ALL = "districts/places_tianditu_cgcs2000.geojson"


def tree_of(
    codes: list[object],
    shapes: Sequence[BaseGeometry | None] | None = None,
    **columns: list[object],
) -> DistrictTree:
    return district_tree(table({"code": codes, **columns}, shapes), {}, source="test")


def parents(tree: DistrictTree) -> dict[str, str | None]:
    return dict(zip(tree.frame["code"], tree.frame["parent"], strict=True))


def kinds(tree: DistrictTree) -> list[str]:
    return [finding.kind for finding in tree.findings]


def test_the_real_file_gives_73_counties() -> None:
    frame = read_districts(real(ALL)).frame
    assert frame["level"].value_counts().to_dict() == {"county": 73, "province": 4, "city": 3}


def test_the_real_file_gives_the_parents_of_its_counties() -> None:
    frame = read_districts(real(ALL)).frame
    counties = frame[frame["level"] == "county"]
    assert set(counties["parent"]) == {"220100", "360700", "441600", "500000"}


def test_the_real_file_names_cities_and_provinces() -> None:
    frame = read_districts(real(ALL)).frame.set_index("code")
    assert frame.loc[["220100", "500000", "440000"], "name"].tolist() == [
        "长春市",
        "重庆市",
        "广东省",
    ]


def test_the_real_file_has_no_gap_and_no_overlap() -> None:
    assert read_districts(real(ALL)).findings == []


def test_a_derived_parent_is_as_large_as_its_children() -> None:
    frame = read_districts(real(ALL)).frame.set_index("code")
    children = frame[frame["parent"] == "220100"].geometry
    assert area_m2(frame.geometry["220100"]) == pytest.approx(sum(map(area_m2, children)), rel=1e-9)


@pytest.mark.parametrize("name", ["utf8", "gbk", "gbk_nocpg"])
def test_the_shapefiles_of_changchun_give_nanguan(name: str) -> None:
    frame = read_districts(real(f"encoding/changchun_{name}.shp")).frame.set_index("code")
    assert frame.loc["220102", "name"] == "南关区"


def test_a_parent_without_polygon_is_derived_and_not_complete() -> None:
    frame = tree_of(["220102"]).frame.set_index("code")
    assert frame.loc["220000", ["source", "complete"]].tolist() == ["derived", False]


def test_a_parent_with_a_polygon_of_its_own_keeps_it() -> None:
    city = box(125.0, 43.0, 126.0, 44.0)
    frame = tree_of(["220100", "220102"], [city, squares(1)[0]]).frame.set_index("code")
    assert frame.geometry["220100"].equals(city)
    assert frame.loc["220100", ["source", "complete"]].tolist() == ["test", True]


@pytest.mark.parametrize("city", [500000, 500100, 500200])
def test_counties_of_chongqing_hang_on_the_province(city: int) -> None:
    tree = tree_of(["500101", "500229"], city_adcode=[city, city], city_name=["重庆市", "县"])
    assert parents(tree) == {"500000": None, "500101": "500000", "500229": "500000"}


def test_a_county_governed_by_its_province_hangs_on_it() -> None:
    assert parents(tree_of(["429004"]))["429004"] == "420000"


def test_towns_and_villages_find_their_parents() -> None:
    assert parents(tree_of(["220102001001"])) == {
        "220000": None,
        "220100": "220000",
        "220102": "220100",
        "220102001": "220102",
        "220102001001": "220102001",
    }


def test_parents_come_before_their_children() -> None:
    codes = tree_of(["220102001", "220103"]).frame["code"].tolist()
    assert codes == ["220000", "220100", "220102", "220103", "220102001"]


@pytest.mark.parametrize("code", [220102, 220102.0, "220102", "220102000", "220102000000"])
def test_a_code_may_be_written_as_number_or_long(code: object) -> None:
    assert "220102" in parents(tree_of([code]))


@pytest.mark.parametrize("code", ["2201", "990102", "南关区", None, float("nan")])
def test_an_unknown_code_is_found_with_its_row(code: object) -> None:
    tree = tree_of(["220103", code])
    assert [(f.kind, f.rows) for f in tree.blocking] == [("unknown_code", (2,))]


def test_a_code_that_stands_twice_is_found_with_both_rows() -> None:
    tree = tree_of(["220102", "220103", "220102"])
    assert [(f.kind, f.rows) for f in tree.blocking] == [("duplicate_code", (1, 3))]


def test_a_parent_in_another_province_makes_an_orphan() -> None:
    assert "orphan" in kinds(tree_of(["220102"], parent=["360700"]))


def test_a_parent_that_is_lower_makes_an_orphan() -> None:
    assert "orphan" in kinds(tree_of(["220102"], parent=["220103001"]))


@pytest.mark.parametrize("said", [{"adcode": 220100}, '{ "adcode": 220100 }', "220100"])
def test_a_parent_may_be_an_object_as_web_maps_write_it(said: object) -> None:
    counties = table({"adcode": [220102, 220103], "name": ["甲", "乙"], "parent": [said] * 2})
    tree = district_tree(counties, {}, source="a.json")
    assert not tree.blocking
    assert tree.frame["parent"].tolist() == [None, "220000", "220100", "220100"]


def test_the_digits_of_a_code_may_be_of_full_width() -> None:
    tree = district_tree(table({"代码": ["２２０１０２"], "名称": ["甲"]}), {}, source="a.json")
    assert "220102" in tree.frame["code"].tolist()


def test_a_level_that_contradicts_the_code_is_told() -> None:
    assert "level_mismatch" in kinds(tree_of(["220102"], level=["市"]))


def test_neighbours_that_overlap_are_found_with_area_and_place() -> None:
    tree = tree_of(["220102", "220103"], [box(125, 43, 125.2, 43.1), box(125.1, 43, 125.3, 43.1)])
    overlap = next(finding for finding in tree.findings if finding.kind == "overlap")
    assert overlap.codes == ("220102", "220103")
    assert overlap.area_m2 == pytest.approx(area_m2(box(125.1, 43, 125.2, 43.1)), rel=1e-9)


def test_a_hole_between_neighbours_is_found_as_a_gap() -> None:
    whole, hole = box(125, 43, 125.3, 43.3), box(125.1, 43.1, 125.2, 43.2)
    east = box(125.15, 43, 125.3, 43.3)
    halves = [whole.difference(hole).difference(east), whole.difference(hole).intersection(east)]
    assert "gap" in kinds(tree_of(["220102", "220103"], halves))


def test_a_crossing_border_is_found_with_its_place() -> None:
    bow_tie = shapely.Polygon([(125, 43), (125.1, 43.1), (125.1, 43), (125, 43.1)])
    finding = tree_of(["220102"], [bow_tie]).blocking[0]
    assert (finding.kind, finding.rows) == ("invalid_geometry", (1,))
    assert finding.at == pytest.approx((125.05, 43.05))


def test_a_border_of_long_teeth_is_found_before_it_is_thinned_for_maps() -> None:
    teeth = [(125 + n * 1e-5, 43.5 if n % 2 else 43.0) for n in range(40_000)]
    comb = shapely.Polygon([*teeth, (125.4, 42.9), (125.0, 42.9)])
    finding = tree_of(["220102"], [comb]).blocking[0]
    assert (finding.kind, finding.rows) == ("too_winding", (1,))
    assert "40003 vertices" in finding.message.en


def test_borders_across_each_other_tooth_by_tooth_are_refused_before_they_are_united() -> None:
    upright = [(125 + n * 2e-4, 43.0 + 0.2 * (n % 2)) for n in range(1_000)]
    comb = shapely.Polygon([*upright, (125.2, 43.0), (125.2, 42.98), (125.0, 42.98)])
    lying = shapely.transform(comb, lambda at: at[:, ::-1] - [43.0 - 125.0, 125.0 - 43.0])
    with pytest.raises(GeometryError) as refused:
        tree_of(["220102", "220103"], [comb, lying])
    assert refused.value.code == "too_many_pairs"


def test_a_border_of_as_many_vertices_is_taken() -> None:
    round_one = shapely.Point(125.2, 43.2).buffer(0.2, quad_segs=50_000)
    assert tree_of(["220102"], [round_one]).blocking == []


def test_a_district_without_geometry_is_found() -> None:
    tree = tree_of(["220102", "220103"], [None, squares(1)[0]])
    assert [finding.kind for finding in tree.blocking] == ["no_geometry"]


def test_a_city_without_a_name_is_called_by_its_code_and_told() -> None:
    tree = tree_of(["220102"], name=["南关区"])
    assert tree.frame.set_index("code").loc["220100", "name"] == "220100"
    assert "no_name" in kinds(tree)


def test_columns_of_any_name_can_be_mapped() -> None:
    frame = table({"QHM": ["220102"], "MC": ["南关区"]})
    tree = district_tree(frame, {"code": "QHM", "name": "MC"}, source="test")
    assert tree.frame.set_index("code").loc["220102", "name"] == "南关区"


def test_a_file_without_codes_is_refused_with_its_columns(tmp_path: Path) -> None:
    table({"甲": ["220102"]}).to_file(tmp_path / "a.geojson")
    with pytest.raises(FileRefused, match=r"甲.*--field code=") as refused:
        read_districts(tmp_path / "a.geojson")
    assert (refused.value.code, refused.value.file) == ("no_code_column", "a.geojson")


def test_a_mapping_to_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(FileRefused, match="no column 'QHM'"):
        district_tree(table({"code": ["220102"]}), {"code": "QHM"}, source="test")


def test_a_mapping_of_an_unknown_word_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        district_tree(table({"code": ["220102"]}), {"colour": "code"}, source="test")
    assert refused.value.code == "unknown_field"


def test_a_city_without_counties_is_a_county_of_its_province() -> None:
    tree = tree_of(["441900", "441900003"], name=["东莞市", "东城街道"])
    districts = tree.frame.set_index("code")
    assert districts["level"].to_dict() == {
        "440000": "province",
        "441900": "county",
        "441900003": "town",
    }
    assert districts["parent"].to_dict() == {
        "440000": None,
        "441900": "440000",
        "441900003": "441900",
    }


def test_a_file_may_call_a_city_without_counties_a_city() -> None:
    assert "level_mismatch" not in kinds(tree_of(["441900"], name=["东莞市"], level=["地级"]))


def test_the_day_of_the_borders_is_read() -> None:
    tree = tree_of(["220102", "220103"], squares(2), 生效日期=["2026年3月1日", None])
    assert (tree.valid_from, tree.blocking) == (date(2026, 3, 1), [])


def test_borders_of_several_days_in_one_file_are_refused() -> None:
    tree = tree_of(["220102", "220103"], squares(2), valid_from=["2026-03-01", "20260401"])
    (finding,) = tree.blocking
    assert (finding.kind, finding.rows) == ("several_valid_from", (1, 2))
    assert "2026-03-01 (row 1)" in finding.message.en


def test_a_first_day_that_is_no_date_is_refused() -> None:
    tree = tree_of(["220102"], valid_from=["明年"])
    assert [(finding.kind, finding.rows) for finding in tree.blocking] == [("bad_valid_from", (1,))]


def test_a_file_without_a_feature_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.gpkg"
    table({"code": [220102], "name": ["西县"]}).iloc[:0].to_file(path)
    with pytest.raises(FileRefused, match="no feature") as refused:
        read_districts(path)
    assert refused.value.code == "no_features"
