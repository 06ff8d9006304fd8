"""Planting plots out of files: what each column becomes, and what is said about each row."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from data.cell_values import Unreadable
from data.errors import FileRefused
from data.plots.plots import PlotTable, plot_table, read_plots
from gis.measure import M2_PER_MU
from gis.messages import Message
from tests.data.sending import collection, geojson, real, squares, table

DEFAULTS: Mapping[str, object] = {"stage": "planned", "kind": "RGZL", "year": 2026}


def plots_of(
    columns: Mapping[str, Sequence[object]],
    fields: Mapping[str, str] | None = None,
    *,
    defaults: Mapping[str, object] = DEFAULTS,
    shapes: Sequence[BaseGeometry | None] | None = None,
) -> PlotTable:
    return plot_table(table(columns, shapes), fields=fields or {}, defaults=defaults)


def value(heading: str, written: object, name: str) -> object:
    """What a property becomes when one column holds one value."""
    plots = plots_of({heading: [written]})
    assert plots.problems == []
    return plots.frame[name][0]


def faults(plots: PlotTable) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.field, problem.code) for problem in plots.problems]


@pytest.mark.parametrize(
    ("heading", "written", "name", "expected"),
    [
        pytest.param("stage", "planted", "stage", "planted", id="code"),
        pytest.param("阶段", "已造林", "stage", "planted", id="label"),
        pytest.param("造林类型", "公园绿地", "kind", "G1", id="chinese heading"),
        pytest.param("ZLLX", "G1", "kind", "G1", id="official name in capitals"),
        pytest.param("zllxmc", "封山育林", "kind", "FSYL", id="official label"),
        pytest.param("年度", "2026年", "year", 2026, id="year in words"),
        pytest.param("tbbh", 7.0, "plot_no", "7", id="number as text"),
        pytest.param("lin_ban", "0012", "compartment_no", "0012", id="zeros in front"),
        pytest.param("造林方式", "植苗造林", "method", "ZM", id="method"),
        pytest.param("工程类别", "两江新区绿道", "programme", "两江新区绿道", id="free programme"),
        pytest.param("工程类别", "国家储备林", "programme", "国家储备林", id="unknown programme"),
        pytest.param("造林密度（株/亩）", 111, "density_per_ha", 1665.0, id="stems a mu"),
        pytest.param("造林时间", "2026年4月5日", "planted_on", date(2026, 4, 5), id="date"),
        pytest.param("乡代码", 220102001, "town", "220102001", id="town"),
        pytest.param("林木权属", "个人", "tree_ownership", "21", id="ownership"),
        pytest.param("计划图斑", "12，2025/15", "plans", ["12", "2025/15"], id="plans"),
        pytest.param("面积（亩）", 15, "declared_m2", 10_000.0, id="mu"),
        pytest.param("面积_亩", 15, "declared_m2", 10_000.0, id="a unit behind a dash"),
        pytest.param("小班面积/hm2", 2.5, "declared_m2", 25_000.0, id="hectares by their sign"),
        pytest.param("造林面积\n【亩】", 15, "declared_m2", 10_000.0, id="a heading of two lines"),
        pytest.param("面积(万亩)", 0.15, "declared_m2", pytest.approx(1e6), id="ten thousand mu"),
        pytest.param("造林密度(株/亩)", "111株/亩", "density_per_ha", 1665.0, id="its unit, too"),
        pytest.param("年份", "2026-04-05", "year", 2026, id="a date as a year"),
        pytest.param(
            "栽植日期", "二〇二六年四月五日", "planted_on", date(2026, 4, 5), id="numerals"
        ),
        pytest.param("地块编号", "7", "plot_no", "7", id="number of a parcel"),
        pytest.param("NIANDU", 2026, "year", 2026, id="pinyin"),
        pytest.param("MC", "北坡", "name", "北坡", id="initials"),
        pytest.param("造林面积(公顷)", "2.5", "declared_m2", 25_000.0, id="hectares"),
        pytest.param("申报面积(平方米)", "1,200", "declared_m2", 1200.0, id="square metres"),
    ],
)
def test_a_column_becomes_its_property(
    heading: str, written: object, name: str, expected: object
) -> None:
    assert value(heading, written, name) == expected


@pytest.mark.parametrize(
    "written",
    [
        "红松60%+长白落叶松40%",
        "6红松4长白落叶松",
        "红松6成，长白落叶松4成",
        [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}],
        '[{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}]',
    ],
)
def test_a_species_mix_is_read_as_people_write_it(written: object) -> None:
    mix = [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}]
    assert value("树种组成", written, "species") == mix


def test_evidence_in_one_text_becomes_a_list() -> None:
    evidence = value("现场照片", "a.jpg；b.mp4", "evidence")
    assert evidence == [
        {"name": "a.jpg", "kind": "photo", "note": None},
        {"name": "b.mp4", "kind": "video", "note": None},
    ]


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("kind", "种树", "unknown_code"),
        ("stage", "完成", "unknown_code"),
        ("year", "去年", "not_a_year"),
        ("year", 20260, "not_a_year"),
        ("year", 1948, "not_a_year"),
        ("year", date(1930, 4, 1), "not_a_year"),
        ("declared_m2", "很大", "not_a_number"),
        ("declared_m2", -1, "not_a_number"),
        ("declared_m2", float("inf"), "not_a_number"),
        ("planted_on", "2026-02-30", "not_a_date"),
        ("town", "220102", "not_a_code"),
        ("species", "红松70%+落叶松40%", "species_shares"),
        ("species", "红松+落叶松", "species_shares"),
        ("species", "铁树王", "unknown_code"),
        ("plan_ids", "一号", "not_plan_ids"),
        ("extra", "x", "not_extra"),
    ],
)
def test_a_wrong_value_is_a_problem_of_its_row(name: str, written: object, code: str) -> None:
    plots = plots_of({name: [None, written]})
    assert faults(plots) == [(2, name, code)]
    assert plots.frame[name][1] is None or name == "extra"


def test_a_problem_says_how_the_file_calls_the_column() -> None:
    problem = plots_of({"造林类型": ["种树"]}).problems[0]
    assert problem.column == "造林类型"
    assert "种树" in str(problem.message)


def test_near_words_are_named_when_a_code_is_unknown() -> None:
    assert "人工造林" in str(plots_of({"kind": ["人工造材"]}).problems[0].message)


@pytest.mark.parametrize("name", ["stage", "kind", "year"])
def test_a_needed_value_that_is_missing_is_a_problem_of_its_row(name: str) -> None:
    rest = {key: item for key, item in DEFAULTS.items() if key != name}
    plots = plots_of({name: [DEFAULTS[name], None]}, defaults=rest)
    assert faults(plots) == [(2, name, "missing")]


def test_a_needed_column_that_is_missing_is_one_problem_of_the_file() -> None:
    plots = plots_of({"name": ["a", "b"]}, defaults={"stage": "planned", "kind": "RGZL"})
    assert faults(plots) == [(None, "year", "missing")]
    assert plots.bad_rows == {1, 2}


def test_a_default_fills_only_what_is_missing() -> None:
    frame = plots_of({"stage": ["planted", None]}).frame
    assert frame["stage"].tolist() == ["planted", "planned"]


def test_a_default_does_not_hide_a_wrong_value() -> None:
    assert faults(plots_of({"stage": ["完成"]})) == [(1, "stage", "unknown_code")]


def test_a_default_may_be_a_label() -> None:
    frame = plots_of({"name": ["a"]}, defaults={**DEFAULTS, "kind": "封山育林"}).frame
    assert frame["kind"][0] == "FSYL"


@pytest.mark.parametrize(
    ("defaults", "code"),
    [({"kind": "种树"}, "bad_default"), ({"colour": "red"}, "unknown_field")],
)
def test_a_default_that_no_plot_can_have_is_refused(
    defaults: Mapping[str, object], code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        plots_of({"name": ["a"]}, defaults=defaults)
    assert refused.value.code == code


@pytest.mark.parametrize("word", ["subcompartment_no", "xiao_ban", "XIAO_BAN"])
def test_a_column_of_any_name_can_be_mapped(word: str) -> None:
    assert plots_of({"XBH": ["3"]}, {word: "XBH"}).frame["subcompartment_no"][0] == "3"


def test_a_mapped_column_in_mu_is_converted_and_told() -> None:
    plots = plots_of({"MJ": [30]}, {"declared_mu": "MJ"})
    assert plots.frame["declared_m2"][0] == pytest.approx(30 * M2_PER_MU)
    assert any("MJ 按亩" in str(note) for note in plots.notes)


def test_an_area_without_a_unit_is_not_guessed() -> None:
    plots = plots_of({"面积": [30]})
    assert plots.frame["declared_m2"][0] is None
    assert plots.leftover["面积"].tolist() == [30]


def test_what_the_sender_says_goes_before_a_known_heading() -> None:
    frame = plots_of({"造林类型": ["x"], "LX": ["G1"]}, {"kind": "LX", "name": "造林类型"}).frame
    assert frame.loc[0, ["kind", "name"]].tolist() == ["G1", "x"]


def test_official_fields_that_are_no_property_go_into_extra() -> None:
    plots = plots_of({"YU_BI_DU": [0.7, None], "DI_LEI": ["0301", "0302"], "LIN_BAN": ["1", "2"]})
    assert plots.frame["extra"].tolist() == [
        {"lcxzgx": {"yu_bi_du": 0.7, "di_lei": "0301"}},
        {"lcxzgx": {"di_lei": "0302"}},
    ]


def test_an_official_value_that_its_field_cannot_hold_is_told_and_kept() -> None:
    plots = plots_of({"di_lei": ["12345678"]})
    assert plots.frame["extra"][0] == {"lcxzgx": {"di_lei": "12345678"}}
    assert any("di_lei" in str(note) for note in plots.notes)


def test_an_official_date_in_extra_can_be_stored_as_json() -> None:
    plots = plots_of({"di_lei": [date(2026, 4, 5)]})
    assert plots.frame["extra"][0] == {"lcxzgx": {"di_lei": "2026-04-05"}}


def test_codes_in_pieces_of_three_digits_are_joined_and_told() -> None:
    plots = plots_of({"XIAN": ["220102"], "XIANG": ["001"], "CUN": ["002"]})
    assert plots.frame.loc[0, ["town", "village"]].tolist() == ["220102001", "220102001002"]
    assert any("XIANG" in str(note) for note in plots.notes)


def test_columns_that_nothing_is_known_of_are_kept_and_told() -> None:
    plots = plots_of({"电话": ["a", "b"]})
    assert plots.leftover["电话"].tolist() == ["a", "b"]
    assert any("电话" in str(note) for note in plots.notes)


@pytest.mark.parametrize("name", ["review", "area_m2", "district", "shenhe", "tbmj"])
def test_values_that_only_the_service_gives_are_not_taken(name: str) -> None:
    plots = plots_of({name: ["approved"], "zllx": ["G1"], "rwnd": [2026], "jieduan": ["planted"]})
    assert plots.problems == []
    assert any(name in str(note) for note in plots.notes)


def test_every_row_stays_whatever_is_wrong_with_it() -> None:
    plots = plots_of({"kind": ["x", "RGZL", "y"]}, shapes=[None, squares(1)[0], None])
    assert len(plots.frame) == 3
    assert plots.bad_rows == {1, 3}


def test_invalid_geometry_is_named_with_row_reason_and_place() -> None:
    bow_tie = shapely.Polygon([(125, 43), (125.1, 43.1), (125.1, 43), (125, 43.1)])
    plots = plots_of({"name": ["a", "b"]}, shapes=[squares(1)[0], bow_tie])
    problem = plots.problems[0]
    assert (problem.row, problem.field, problem.code) == (2, "geometry", "self_intersection")
    assert problem.at == pytest.approx((125.05, 43.05))


def test_invalid_geometry_is_not_repaired() -> None:
    bow_tie = shapely.Polygon([(125, 43), (125.1, 43.1), (125.1, 43), (125, 43.1)])
    assert plots_of({"name": ["a"]}, shapes=[bow_tie]).frame.geometry[0] is None


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        pytest.param(None, "missing", id="missing"),
        pytest.param(shapely.Polygon(), "empty", id="empty"),
        pytest.param(shapely.Point(125, 43), "not_polygon", id="point"),
        pytest.param(shapely.LineString([(125, 43), (126, 43)]), "not_polygon", id="line"),
    ],
)
def test_a_geometry_without_ground_is_a_problem(shape: BaseGeometry | None, code: str) -> None:
    assert faults(plots_of({"name": ["a"]}, shapes=[shape])) == [(1, "geometry", code)]


def test_a_part_lost_on_the_grid_is_told() -> None:
    sliver = shapely.box(126, 43, 126 + 1e-10, 43.1)  # 11 km long and thinner than the grid
    both = shapely.MultiPolygon([squares(1)[0], sliver])
    assert any("网格" in str(note) for note in plots_of({"name": ["a"]}, shapes=[both]).notes)


def test_a_layer_without_features_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read_plots(geojson(tmp_path / "a.geojson", collection([])))
    assert (refused.value.code, refused.value.file) == ("no_features", "a.geojson")


def test_a_feature_of_the_interface_comes_back_as_it_went(tmp_path: Path) -> None:
    properties: dict[str, object] = {
        "stage": "planted",
        "kind": "RGZL",
        "year": 2026,
        "name": "一号",
        "species": [{"code": "PINKOR", "share": 1.0}],
        "planted_on": "2026-04-05",
        "evidence": [{"name": "a.jpg", "kind": "photo", "note": "北坡"}],
        "declared_m2": 1200.5,
        "plan_ids": [3],
        "extra": {"lcxzgx": {"yu_bi_du": 0.7}},
    }
    plots = read_plots(geojson(tmp_path / "a.geojson", collection(squares(1), [properties])))
    assert plots.problems == []
    back = {name: plots.frame[name][0] for name in properties}
    assert back == {**properties, "planted_on": date(2026, 4, 5)}


def test_lists_survive_a_format_that_has_none(tmp_path: Path) -> None:
    columns = {"species": ['[{"code": "PINKOR", "share": 1.0}]'], "plan_ids": ["[1, 2]"]}
    table(columns).to_file(tmp_path / "a.gpkg")
    plots = read_plots(tmp_path / "a.gpkg", defaults=DEFAULTS)
    assert plots.frame.loc[0, "plan_ids"] == [1, 2]


def test_the_forest_stands_are_read_whole() -> None:
    plots = read_plots(real("forest-stands/forest_stands_2012.shp"), defaults=DEFAULTS)
    assert len(plots.frame) == 74
    assert plots.problems == []


def test_the_planting_sites_are_read_whole() -> None:
    plots = read_plots(
        real("planting-sites/planting_polygons.geojson"),
        fields={"declared_ha": "calc_area_ha_recorded"},
        defaults=DEFAULTS,
    )
    assert plots.frame["declared_m2"].notna().sum() == 7


def test_a_moment_in_utc_is_stored_as_the_day_of_beijing_and_told() -> None:
    plots = plots_of({"planted_on": ["2024-03-11T16:00:00Z", "2024-03-11"]})
    assert plots.frame["planted_on"].tolist() == [date(2024, 3, 12), date(2024, 3, 11)]
    assert any("row 1: moments with a zone" in note.en for note in plots.notes)


def test_a_month_is_refused_with_its_row_and_a_remedy() -> None:
    plots = plots_of({"造林时间": ["2024-03-11", "2024.11"]})
    assert faults(plots) == [(2, "planted_on", "month_only")]
    assert "add the day" in plots.problems[0].message.en


@pytest.mark.parametrize("written", [2201120010010012345.0, "2.20112E+18"])
def test_a_number_whose_digits_are_lost_names_no_plot(written: object) -> None:
    assert faults(plots_of({"图斑号": [written]})) == [(1, "plot_no", "digits_lost")]


def test_a_lost_cell_is_refused_only_in_a_column_that_is_used() -> None:
    lost = Unreadable("****", Message("数值超出字段宽度", "the number did not fit"))
    assert faults(plots_of({"year": [lost], "SHAPE_Leng": [lost]})) == [
        (1, "year", "unreadable_value")
    ]


def test_our_own_names_are_known_in_any_case() -> None:
    assert plots_of({"Name": ["红旗一号"], "Plot_No": ["7"]}).frame["name"].tolist() == ["红旗一号"]


def test_the_polygons_of_a_collection_are_read_and_the_rest_is_told() -> None:
    square = squares(1)[0]
    labelled = shapely.GeometryCollection([square.centroid, shapely.MultiPolygon([square])])
    plots = plots_of({"name": ["甲", "乙"]}, shapes=[labelled, square])
    assert plots.problems == []
    assert shapely.hausdorff_distance(plots.frame.geometry[0], square) < 2e-9  # the grid
    assert any("row 1: of a collection" in note.en for note in plots.notes)


def test_a_collection_without_ground_is_a_verdict_on_its_row() -> None:
    lines = shapely.GeometryCollection(
        [shapely.Point(125, 43), shapely.LineString([(0, 0), (1, 1)])]
    )
    assert faults(plots_of({"name": ["甲"]}, shapes=[lines])) == [(1, "geometry", "not_polygon")]


def test_months_go_into_the_note_where_that_is_wanted() -> None:
    columns: dict[str, list[object]] = {
        "造林时间": ["2026年4月", "2026-04-05", "202604", "四月"],
        "备注": ["北坡", None, None, None],
    }
    plots = plot_table(table(columns), fields={}, defaults=DEFAULTS, months_in_note=True)
    assert faults(plots) == [(4, "planted_on", "not_a_date")]
    assert plots.frame["planted_on"].tolist() == [None, date(2026, 4, 5), None, None]
    assert plots.frame["note"].tolist()[:3] == [
        "北坡；造林时间：2026年4月",
        None,
        "造林时间：202604",
    ]
    assert any("rows 1, 3: the day of planting" in note.en for note in plots.notes)


def test_a_month_is_refused_with_the_way_into_the_note() -> None:
    (problem,) = plots_of({"造林时间": ["2026年4月"]}).problems
    assert (problem.code, "--months note" in problem.message.zh) == ("month_only", True)
