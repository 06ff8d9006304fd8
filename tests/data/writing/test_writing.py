"""Frames out as GeoJSON, GeoPackage and CSV."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import Polygon, box

from data.demo.demo import demo_districts, demo_plots
from data.reading.features import read_features
from data.schemas import schema, schema_names
from data.writing.dispatch import Batch, Form, format_of, write, write_batches
from data.writing.export_report import ExportRefused
from data.writing.tables import Table
from gis.crs import Zone

MIX = [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}]


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return demo_districts()


@pytest.fixture(scope="module")
def plots(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return demo_plots(districts, count=200)


def one(**properties: Any) -> gpd.GeoDataFrame:
    clockwise = Polygon([(125.0, 43.0), (125.0, 43.1), (125.1, 43.1), (125.1, 43.0)])
    columns = {name: [value] for name, value in properties.items()}
    return gpd.GeoDataFrame(columns, geometry=[clockwise], crs=4490)


def collection(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def first_properties(path: Path) -> dict[str, Any]:
    properties: dict[str, Any] = collection(path)["features"][0]["properties"]
    return properties


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.zip", "shp"),
        ("a.shp.zip", "shp"),
        ("a.geojson", "geojson"),
        ("a.json", "geojson"),
        ("a.gpkg", "gpkg"),
        ("a.CSV", "csv"),
        ("a.gdb.zip", "gdb"),
        ("a.geojsonl", "geojsonl"),
        ("a.kml", "kml"),
        ("a.fgb", "fgb"),
        ("a.parquet", "parquet"),
        ("a.xlsx", "xlsx"),
    ],
)
def test_the_suffix_chooses_the_format(name: str, form: str) -> None:
    assert format_of(Path(name)) == form


@pytest.mark.parametrize("name", ["plots.dxf", "plots", "plots.docx"])
def test_an_unknown_suffix_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ExportRefused, match="gpkg") as refusal:
        format_of(Path(name))
    assert refusal.value.code == "unknown_format"


@pytest.mark.parametrize("name", ["plots.kmz.zip", "plots.gpkg.zip", "plots.DXF.zip"])
def test_a_zip_of_something_else_is_no_shapefile(name: str) -> None:
    with pytest.raises(ExportRefused, match=r"gdb\.zip") as refusal:
        format_of(Path(name))
    assert refusal.value.code == "unknown_format"


def test_a_bare_shp_is_refused_for_it_is_several_files() -> None:
    with pytest.raises(ExportRefused, match="zip"):
        format_of(Path("plots.shp"))


def test_a_format_that_is_named_goes_before_the_suffix(tmp_path: Path) -> None:
    write(one(kind="G1"), tmp_path / "answer.part", format="geojson")
    assert collection(tmp_path / "answer.part")["type"] == "FeatureCollection"


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused):
        write(one(kind="G1"), tmp_path / "plots.zip", format="dxf")


def test_geojson_keeps_names_lists_and_objects(tmp_path: Path) -> None:
    frame = one(id=5, species=MIX, extra={"lcxzgx": {"dlbm": "0301"}}, planted_on=date(2026, 4, 5))
    write(frame, tmp_path / "p.geojson")
    assert first_properties(tmp_path / "p.geojson") == {
        "id": 5,
        "species": MIX,
        "extra": {"lcxzgx": {"dlbm": "0301"}},
        "planted_on": "2026-04-05",
    }
    assert collection(tmp_path / "p.geojson")["features"][0]["id"] == 5


def test_geojson_writes_what_is_absent_as_null(tmp_path: Path) -> None:
    write(one(name=None, density_per_ha=np.nan, planted_on=pd.NaT), tmp_path / "p.geojson")
    assert set(first_properties(tmp_path / "p.geojson").values()) == {None}


def test_geojson_turns_outer_rings_counter_clockwise(tmp_path: Path) -> None:
    write(one(kind="G1"), tmp_path / "p.geojson")
    (ring,) = collection(tmp_path / "p.geojson")["features"][0]["geometry"]["coordinates"]
    assert shapely.LinearRing(ring).is_ccw


def test_geojson_keeps_nine_decimals_and_no_more(tmp_path: Path) -> None:
    rough = box(125.123456789, 43.987654321, 125.2222222223333, 44.0)
    frame = gpd.GeoDataFrame({"kind": ["G1"]}, geometry=[rough], crs=4490)
    write(frame, tmp_path / "p.geojson")
    text = (tmp_path / "p.geojson").read_text(encoding="utf-8")
    assert "125.123456789" in text
    assert "125.222222222," in text


def test_geojson_has_no_member_that_rfc_7946_took_away(tmp_path: Path) -> None:
    write(one(kind="G1"), tmp_path / "p.geojson")
    assert "crs" not in collection(tmp_path / "p.geojson")


def test_geojson_is_the_same_ground_when_it_is_read(
    tmp_path: Path, plots: gpd.GeoDataFrame
) -> None:
    write(plots, tmp_path / "p.geojson")
    back = read_features(tmp_path / "p.geojson").frame.geometry.to_numpy()
    there = shapely.normalize(plots.geometry.to_numpy())
    assert shapely.equals_exact(shapely.normalize(back), there).all()


def test_geojson_of_many_pieces_is_one_collection(
    tmp_path: Path, districts: gpd.GeoDataFrame
) -> None:
    many = gpd.GeoDataFrame({"n": range(2_001)}, geometry=[box(1, 1, 2, 2)] * 2_001, crs=4490)
    write(many, tmp_path / "p.geojson")
    assert [f["properties"]["n"] for f in collection(tmp_path / "p.geojson")["features"]] == list(
        range(2_001)
    )


def test_geojson_of_no_rows_is_an_empty_collection(tmp_path: Path) -> None:
    write(one(kind="G1").iloc[:0], tmp_path / "p.geojson")
    assert collection(tmp_path / "p.geojson") == {"type": "FeatureCollection", "features": []}


def test_geojson_in_metres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="RFC 7946"):
        write(one(kind="G1"), tmp_path / "p.geojson", crs=Zone(42))


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    name = '"}]}<script>{{7*7}}\u2028\\'
    write(one(name=name), tmp_path / "p.geojson")
    assert first_properties(tmp_path / "p.geojson")["name"] == name


def test_gpkg_has_one_layer_of_multipolygons_in_cgcs2000(tmp_path: Path) -> None:
    write(one(kind="G1"), tmp_path / "p.gpkg")
    info = pyogrio.read_info(tmp_path / "p.gpkg")
    assert pyogrio.list_layers(tmp_path / "p.gpkg").tolist() == [["plots", "MultiPolygon"]]
    assert info["crs"] == "EPSG:4490"


def test_gpkg_keeps_types_and_writes_lists_as_json(tmp_path: Path) -> None:
    frame = one(
        kind="公园", year=2026, area_m2=1.5, species=MIX, planted_on=date(2026, 4, 5), complete=True
    )
    write(frame, tmp_path / "p.gpkg")
    row = pyogrio.read_dataframe(tmp_path / "p.gpkg").iloc[0]
    assert (row["kind"], row["year"], row["area_m2"], row["complete"]) == ("公园", 2026, 1.5, True)
    assert json.loads(row["species"]) == MIX
    assert row["planted_on"].date() == date(2026, 4, 5)


def test_gpkg_keeps_whole_numbers_whole_where_some_are_absent(tmp_path: Path) -> None:
    frame = pd.concat([one(kind="G1", version=3), one(kind="G1")], ignore_index=True)
    frame["version"] = frame["version"].astype("Int64")
    write(gpd.GeoDataFrame(frame, crs=4490), tmp_path / "p.gpkg")
    info = pyogrio.read_info(tmp_path / "p.gpkg")
    assert dict(zip(info["fields"], info["dtypes"], strict=True))["version"] == "int64"
    assert pyogrio.read_dataframe(tmp_path / "p.gpkg")["version"].isna().tolist() == [False, True]


def test_gpkg_may_be_in_a_zone(tmp_path: Path) -> None:
    report = write(one(kind="G1"), tmp_path / "p.gpkg", crs=Zone(42))
    assert pyogrio.read_info(tmp_path / "p.gpkg")["crs"] == "EPSG:4530"
    assert "4530" in report.crs


def test_gpkg_of_the_demo_is_the_same_ground(tmp_path: Path, plots: gpd.GeoDataFrame) -> None:
    write(plots, tmp_path / "p.gpkg")
    back = pyogrio.read_dataframe(tmp_path / "p.gpkg")
    assert shapely.equals_exact(back.geometry.to_numpy(), plots.geometry.to_numpy()).all()
    assert back.name.tolist() == plots.name.tolist()


def test_a_shapefile_of_plots_has_our_own_schema(tmp_path: Path, plots: gpd.GeoDataFrame) -> None:
    assert write(plots, tmp_path / "p.shp.zip").schema == "zaolin"


def test_districts_have_a_shapefile_of_their_own(
    tmp_path: Path, districts: gpd.GeoDataFrame
) -> None:
    report = write(districts.assign(complete=True), tmp_path / "d.zip", encoding="GBK")
    back = read_features(tmp_path / "d.zip").frame
    assert report.schema == "districts"
    assert dict(zip(back.xzqdm, back.xzqmc, strict=True))["360702"] == "章贡区"
    assert set(back.wanzheng) == {1}


def test_coverage_rows_have_a_shapefile_of_their_own(tmp_path: Path) -> None:
    rows = one(
        code="220102",
        name="南关区",
        level="county",
        parent="220100",
        district_m2=1e9,
        green_m2=2e8,
        sum_m2=3e8,
        overlap_m2=1e8,
        coverage=0.2,
        plot_count=12,
        complete=True,
    )
    assert write(rows, tmp_path / "c.zip").schema == "coverage"
    back = read_features(tmp_path / "c.zip").frame.iloc[0]
    assert (back["fgl"], back["lhmj"], back["tbs"]) == (0.2, 2e8, 12)


def test_a_coverage_that_is_undefined_is_empty(tmp_path: Path) -> None:
    rows = one(code="1", green_m2=0.0, coverage=np.nan)
    write(rows, tmp_path / "c.zip")
    assert read_features(tmp_path / "c.zip").frame["fgl"].isna().all()


def test_csv_is_read_by_a_chinese_spreadsheet(tmp_path: Path) -> None:
    rows = pd.DataFrame({"code": ["220102"], "name": ["南关区"], "coverage": [0.25]})
    write(rows, tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_bytes() == (
        b"\xef\xbb\xbfcode,name,coverage\r\n220102," + "南关区".encode() + b",0.25\r\n"
    )


def test_csv_of_districts_leaves_shapes_out_and_says_so(tmp_path: Path) -> None:
    report = write(one(code="22"), tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text(encoding="utf-8-sig").split() == ["code", "22"]
    assert "no shapes" in report.text("en")


def test_csv_of_plots_has_their_shapes_as_wkt(tmp_path: Path) -> None:
    write(one(kind="G1"), tmp_path / "c.csv")
    head, row = (tmp_path / "c.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == "kind,wkt"
    assert row == 'G1,"POLYGON ((125 43, 125 43.1, 125.1 43.1, 125.1 43, 125 43))"'


def test_csv_disarms_a_formula_and_says_so(tmp_path: Path) -> None:
    report = write(pd.DataFrame({"name": ["=1+1"], "delta": [-5]}), tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text(encoding="utf-8-sig").split() == [
        "name,delta",
        "'=1+1,-5",
    ]
    assert len(report.notes) == 1


def test_rows_without_shapes_are_no_map(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="csv"):
        write(pd.DataFrame({"code": ["1"]}), tmp_path / "c.gpkg")


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg", "p.csv", "p.zip"])
def test_a_file_that_cannot_be_written_is_said_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportRefused) as refusal:
        write(one(kind="G1"), tmp_path / "no such folder" / name)
    assert refusal.value.code == "cannot_write"
    assert name in str(refusal.value)


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg", "p.csv", "p.zip"])
def test_an_old_file_is_replaced_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    write(one(kind="G1"), tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_size > 4


def stages(*names: str) -> gpd.GeoDataFrame:
    rows = [
        one(
            id=n,
            stage=name,
            kind="RGZL",
            year=2026,
            district="220102",
            area_m2=10.0,
            name=f"图斑{n}",
            review="approved",
        )
        for n, name in enumerate(names, 1)
    ]
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=4490)


EVERY_STAGE = ("planned", "planted", "accepted", "existing", "cancelled")


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_names_stages_that_there_are(name: str) -> None:
    assert set(schema(name).stages) <= set(EVERY_STAGE)


def test_a_schema_of_current_stock_leaves_plans_and_cancelled_plots_out_and_says_so(
    tmp_path: Path,
) -> None:
    report = write(stages(*EVERY_STAGE), tmp_path / "p.zip", schema="lcxzgx")
    assert (report.rows, report.left_out) == (3, 2)
    back = pyogrio.read_dataframe(tmp_path / "p.zip")
    assert back["bsm"].tolist() == [f"220102{n:012d}" for n in (2, 3, 4)]
    assert "未写出：计划 1 个 10.00 m²，已取消 1 个 10.00 m²" in report.text()
    assert "name 3" in report.text()


def test_an_official_identifier_that_a_plot_brought_is_kept(tmp_path: Path) -> None:
    frame = stages("planted").assign(extra=[{"lcxzgx": {"bsm": "220102211000000007"}}])
    write(frame, tmp_path / "p.zip", schema="lcxzgx")
    assert pyogrio.read_dataframe(tmp_path / "p.zip")["bsm"].tolist() == ["220102211000000007"]


def test_our_own_schema_takes_every_stage_and_adds_each_up(tmp_path: Path) -> None:
    report = write(stages(*EVERY_STAGE), tmp_path / "p.zip")
    assert (report.rows, report.left_out) == (5, 0)
    assert all(f"{word} 1 个 10.00 m²" in report.text() for word in ("计划", "已造林", "已取消"))


@pytest.mark.parametrize("name", ["p.zip", "p.gpkg", "p.geojson", "p.csv"])
def test_a_file_with_plots_that_are_not_approved_says_how_many(tmp_path: Path, name: str) -> None:
    frame = stages("planted", "planted").assign(review=["approved", "returned"])
    report = write(frame, tmp_path / name)
    assert report.unreviewed == 1
    assert "含未审核图斑 1 个：已退回 1" in report.text()


@pytest.mark.parametrize("name", ["p.gpkg", "p.gdb.zip", "p.fgb"])
def test_a_schema_names_the_columns_of_other_formats_too(tmp_path: Path, name: str) -> None:
    report = write(stages(*EVERY_STAGE), tmp_path / name, schema="lcxzgx")
    assert (report.rows, report.left_out, report.schema) == (3, 2, "lcxzgx")
    back = pyogrio.read_dataframe(tmp_path / name)
    assert list(back.columns)[:-1] == schema("lcxzgx").names
    assert sorted(back["bsm"]) == [f"220102{n:012d}" for n in (2, 3, 4)]


@pytest.mark.parametrize("name", ["p.shp.zip", "p.gpkg", "p.geojson", "p.gdb.zip", "p.parquet"])
def test_a_file_is_the_same_whatever_the_batches(tmp_path: Path, name: str) -> None:
    every = stages(*EVERY_STAGE)
    whole = write(every, tmp_path / name)
    (tmp_path / "batches").mkdir()
    batches = (Batch(Table.of(every.iloc[n : n + 2])) for n in range(0, 5, 2))
    cut = write_batches(batches, tmp_path / "batches" / name, Form())
    assert cut.text() == whole.text()
    read = gpd.read_parquet if name.endswith("parquet") else pyogrio.read_dataframe
    assert read(tmp_path / name).equals(read(tmp_path / "batches" / name))


def test_what_does_not_fit_is_told_of_every_batch(tmp_path: Path) -> None:
    rows = stages("planted", "planted").assign(district="2201021")
    batches = (Batch(Table.of(rows.iloc[[n]])) for n in (0, 1))
    with pytest.raises(ExportRefused) as refusal:
        write_batches(batches, tmp_path / "p.zip", Form())
    assert [(misfit.row, misfit.id) for misfit in refusal.value.misfits] == [(1, 1), (2, 2)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["p.gpkg", "p.gdb.zip", "p.fgb", "p.geojson", "p.shp.zip"])
def test_what_a_later_batch_says_is_said_as_it_was_and_nothing_is_left(
    tmp_path: Path, name: str
) -> None:
    rows = stages("planted", "planted")
    rows.loc[1, "geometry"] = None
    batches = (Batch(Table.of(rows.iloc[[n]])) for n in (0, 1))
    with pytest.raises(ExportRefused, match="第 2 行") as refusal:
        write_batches(batches, tmp_path / name, Form())
    assert refusal.value.code == "no_geometry"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["p.gpkg", "p.gdb.zip"])
@pytest.mark.parametrize("records", [0, 3])
def test_tables_beside_the_rows_are_layers_whichever_batch_brings_rows(
    tmp_path: Path, name: str, records: int
) -> None:
    rows = stages("planted", "planted")
    none = pd.DataFrame({"plot_id": [], "date": [], "note": []}, dtype=object)
    some = pd.DataFrame({"plot_id": [2] * 3, "date": [date(2026, 4, 5)] * 3, "note": [None] * 3})
    tables = (none, some[:records])
    batches = (Batch(Table.of(rows.iloc[[n]]), {"checks": tables[n]}) for n in (0, 1))
    report = write_batches(batches, tmp_path / name, Form())
    assert name.endswith("gpkg") or not records or "checks.date" in report.text("en")
    back = pyogrio.read_dataframe(tmp_path / name, layer="checks")
    assert list(back.columns) == ["plot_id", "date", "note"]
    assert back["plot_id"].dtype.kind in "if"
    assert len(back) == records


def test_an_excel_file_explains_its_columns_and_says_what_no_cell_holds(tmp_path: Path) -> None:
    many = shapely.Point(125, 43).buffer(0.1, 1000)
    frame = stages("planted", "planted")
    frame.loc[1, "geometry"] = many
    report = write(frame, tmp_path / "p.xlsx")
    assert "id 2" in report.text("en")
    with zipfile.ZipFile(tmp_path / "p.xlsx") as book:
        assert "造林类型代码".encode() in book.read("xl/worksheets/sheet2.xml")
        assert "说明" in book.read("xl/workbook.xml").decode()


@pytest.mark.parametrize("name", ["p.kml", "p.xlsx", "p.geojsonl"])
def test_a_format_in_degrees_takes_no_zone(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportRefused) as refusal:
        write(stages("planted"), tmp_path / name, crs="EPSG:4530")
    assert refusal.value.code == "wrong_crs"
