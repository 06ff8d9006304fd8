"""Shapefiles as bureaus hand them in."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import fiona
import geopandas as gpd
import pyogrio
import pytest
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Polygon, box

from data.columns import Column
from data.plots.plots import read_plots
from data.reading.features import read_features
from data.schemas import Encoding, schema
from data.writing.dbf import read_header
from data.writing.dispatch import write as write_zip
from data.writing.export_report import ExportRefused
from data.writing.shapefile import append_rows, complete_layer, create_layer
from data.writing.table_columns import Columns
from data.writing.tables import Table
from gis.crs import Zone

SQUARE = box(125.95, 43.80, 125.951, 43.801)
HOLED = MultiPolygon(
    [
        Polygon(
            [(125.96, 43.8), (125.961, 43.8), (125.961, 43.801), (125.96, 43.801)],
            [[(125.9603, 43.8003), (125.9603, 43.8006), (125.9606, 43.8006)]],
        ),
        box(125.97, 43.8, 125.971, 43.801),
    ]
)
PLOT = {
    "id": 7,
    "plot_no": "00012",
    "name": "南关区人工造林",
    "stage": "accepted",
    "kind": "RGZL",
    "year": 2026,
    "category": "SFSD",
    "programme": "JL-LCS",
    "method": "ZM",
    "species": [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}],
    "density_per_ha": 2505.0,
    "planted_on": date(2026, 4, 5),
    "evidence": [{"name": "一.jpg", "kind": "photo", "note": None}],
    "compartment_no": "012",
    "subcompartment_no": "3",
    "district": "220102",
    "land_ownership": "10",
    "tree_ownership": "10",
    "area_m2": 8940.723,
    "declared_m2": 9000.0,
    "plans": ["2025/3", "2025/4"],
    "note": "备注",
    "review": "approved",
    "extra": {},
}
OFFICIAL: dict[str, Any] = {
    "bsm": "220102000000000001",
    "ysdm": "2090100000",
    "dlbm": "0301",
    "dlmc": "乔木林地",
    "zldwdm": "2201020010010000000",
    "tbmj": 8940.72,
    "kcxs": 0.1234,
    "tbdlmj": 8000.5,
    "sheng": "22",
    "xian": "220102",
    "lin_ye_ju": "220001",
    "hai_ba": 215,
    "tu_ceng_hd": 45,
    "xbmj": 8940.72,
    "yu_bi_du": 0.65,
    "pingjun_xj": 12.5,
    "mei_gq_xj": 88.25,
    "huo_lm_xj": 123456789012,
    "qi_yuan": "21",
    "lin_zhong": "111",
    "sysd_bm": "净月潭重要湿地",
}


def frame(*rows: dict[str, Any], shape: shapely.Geometry = SQUARE) -> gpd.GeoDataFrame:
    shapes = [row.get("geometry", shape) for row in rows]
    return gpd.GeoDataFrame([{**PLOT, **row, "geometry": None} for row in rows]).set_geometry(
        gpd.GeoSeries(shapes, crs=4490)
    )


def unzipped(path: Path) -> Path:
    """The .shp of a zip."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(path.parent / "unzipped")
    return next((path.parent / "unzipped").glob("*.shp"))


def values_in(path: Path) -> list[dict[str, Any]]:
    with fiona.open(unzipped(path)) as layer:
        return [dict(feature.properties) for feature in layer]


def member(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8-sig")


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_chinese_comes_back_in_both_encodings(tmp_path: Path, encoding: Encoding) -> None:
    write_zip(frame({}), tmp_path / "plots.zip", encoding=encoding)
    (row,) = values_in(tmp_path / "plots.zip")
    assert (row["tbmc"], row["zllxmc"]) == ("南关区人工造林", "人工造林")


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_our_own_reader_reads_our_own_zip(tmp_path: Path, encoding: Encoding) -> None:
    write_zip(frame({}), tmp_path / "plots.zip", encoding=encoding)
    features = read_features(tmp_path / "plots.zip")
    assert features.frame["tbmc"].tolist() == ["南关区人工造林"]
    assert features.encoding == {"UTF-8": "UTF-8", "GBK": "GB18030"}[encoding]  # GBK's superset


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_the_cpg_is_one_plain_word(tmp_path: Path, encoding: Encoding) -> None:
    write_zip(frame({}), tmp_path / "plots.zip", encoding=encoding)
    assert member(tmp_path / "plots.zip", "plots.cpg") == encoding


def test_a_value_that_is_wider_than_its_field_is_never_cut(tmp_path: Path) -> None:
    # Past the check of values.
    shapes, table, crs = Table.of(frame({})).drawn, schema("districts"), CRS(4490)
    columns: Columns = {field.name: Column.absent(1) for field in table.fields}
    columns["xzqdm"] = Column(["1" * 20])
    path = tmp_path / "d.shp"
    create_layer(path, table, "Polygon", "UTF-8")
    with pytest.raises(ExportRefused, match="needs 20") as refusal:
        append_rows(path, table, columns, shapes, crs, "UTF-8")
    assert refusal.value.code == "cannot_write"


def test_a_shape_that_gdal_lost_is_found_out(tmp_path: Path) -> None:
    shapes, table, crs = Table.of(frame({})).drawn, schema("districts"), CRS(4490)
    columns: Columns = {field.name: Column.absent(1) for field in table.fields}
    path = tmp_path / "d.shp"
    create_layer(path, table, "Polygon", "UTF-8")
    append_rows(path, table, columns, shapes, crs, "UTF-8")
    with path.with_suffix(".shx").open("r+b") as index:
        index.truncate(100)
    with pytest.raises(ExportRefused, match="0 shapes were written, not 1") as refusal:
        complete_layer(path, table, 1, crs, "UTF-8")
    assert refusal.value.code == "cannot_write"


def test_a_header_that_is_not_that_of_the_schema_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "d.shp"
    create_layer(path, schema("districts"), "Polygon", "UTF-8")
    with pytest.raises(ExportRefused, match="not that of zaolin") as refusal:
        complete_layer(path, schema("zaolin"), 0, CRS(4490), "UTF-8")
    assert refusal.value.code == "cannot_write"


@pytest.mark.parametrize("name", ["zaolin", "lcxzgx"])
def test_the_header_is_the_schema_to_the_last_digit(tmp_path: Path, name: str) -> None:
    write_zip(frame({}), tmp_path / "plots.zip", schema=name)
    header = read_header(unzipped(tmp_path / "plots.zip").with_suffix(".dbf"))
    assert header.fields == [(f.name, f.type, f.width, f.precision) for f in schema(name).fields]
    assert header.records == 1


def test_every_property_finds_its_field(tmp_path: Path) -> None:
    write_zip(frame({}), tmp_path / "plots.zip")
    (row,) = values_in(tmp_path / "plots.zip")
    assert row["bsm"] == "7"
    assert row["szzc"] == "红松60%+长白落叶松40%"
    assert (row["tbmj"], row["zlmd"], row["rwnd"]) == (8940.72, 2505.0, 2026)
    assert (row["sheng"], row["xian"], row["lin_ban"]) == ("22", "220102", "012")
    assert (row["zlsj"], row["zmcl"], row["jhtb"]) == ("2026-04-05", "一.jpg", "2025/3,2025/4")
    assert (row["jieduanmc"], row["lddl"], row["yssz"]) == ("验收合格", "forest", "PINKOR")


def test_what_is_absent_is_written_empty(tmp_path: Path) -> None:
    nothing: dict[str, Any] = {
        "density_per_ha": None,
        "planted_on": None,
        "species": [],
        "note": None,
    }
    write_zip(frame({**nothing, "evidence": [], "plans": []}), tmp_path / "plots.zip")
    (row,) = values_in(tmp_path / "plots.zip")
    assert [row[name] for name in ("zlmd", "zlsj", "szzc", "yssz", "beizhu", "zmcl")] == [None] * 6


def test_shapes_come_back_as_they_were(tmp_path: Path) -> None:
    write_zip(frame({}, shape=HOLED), tmp_path / "plots.zip")
    back = pyogrio.read_dataframe(unzipped(tmp_path / "plots.zip")).geometry[0]
    assert shapely.equals_exact(shapely.normalize(back), shapely.normalize(HOLED))


def test_no_rows_make_a_whole_but_empty_file(tmp_path: Path) -> None:
    report = write_zip(frame({}).iloc[:0], tmp_path / "plots.zip")
    assert report.rows == 0
    assert values_in(tmp_path / "plots.zip") == []


def test_the_prj_is_that_of_cgcs2000(tmp_path: Path) -> None:
    write_zip(frame({}), tmp_path / "plots.zip")
    prj = member(tmp_path / "plots.zip", "plots.prj")
    assert prj.startswith('GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"')
    assert pyogrio.read_info(unzipped(tmp_path / "plots.zip"))["crs"] == "EPSG:4490"


@pytest.mark.parametrize(
    ("crs", "prj", "easting"),
    [
        pytest.param(Zone(42), "CGCS2000_3_Degree_GK_Zone_42", 42_496_000, id="zone, prefixed"),
        pytest.param(
            Zone(42, prefixed=False), "CGCS2000_3_Degree_GK_CM_126E", 496_000, id="not prefixed"
        ),
        pytest.param("EPSG:4551", "CGCS2000_3_Degree_GK_CM_126E", 496_000, id="by number"),
    ],
)
def test_a_zone_is_written_in_its_metres(
    tmp_path: Path, crs: object, prj: str, easting: float
) -> None:
    write_zip(frame({}), tmp_path / "plots.zip", crs=crs)
    assert f'PROJCS["{prj}"' in member(tmp_path / "plots.zip", "plots.prj")
    back = pyogrio.read_dataframe(unzipped(tmp_path / "plots.zip")).total_bounds
    assert back[0] == pytest.approx(easting, abs=100)


def test_a_zone_comes_back_to_the_same_degrees(tmp_path: Path) -> None:
    write_zip(frame({}), tmp_path / "plots.zip", crs=Zone(42))
    back = read_features(tmp_path / "plots.zip").frame.geometry[0]
    assert shapely.hausdorff_distance(back, SQUARE) < 1e-9


def test_a_shape_outside_its_zone_is_told(tmp_path: Path) -> None:
    report = write_zip(frame({}), tmp_path / "plots.zip", crs=Zone(43))
    assert any("第 43 带" in str(note) for note in report.notes)


def test_a_reference_system_of_another_datum_is_told(tmp_path: Path) -> None:
    report = write_zip(frame({}), tmp_path / "plots.zip", crs="EPSG:3857")
    assert any("CGCS2000" in str(note) for note in report.notes)


@pytest.mark.parametrize(
    "crs",
    [
        pytest.param("EPSG:1", id="unknown"),
        pytest.param("EPSG:5703", id="heights"),  # was written as latitude and longitude
        pytest.param("EPSG:4978", id="geocentric"),
        pytest.param("EPSG:4979", id="three axes"),
        pytest.param("+proj=merc +R=1 +type=crs", id="another planet"),
        pytest.param("+proj=gnom +lat_0=-44 +lon_0=-55 +type=crs", id="the other side"),
    ],
)
def test_a_reference_system_that_cannot_hold_the_plots_is_refused(tmp_path: Path, crs: str) -> None:
    with pytest.raises(ExportRefused) as refusal:
        write_zip(frame({}), tmp_path / "plots.zip", crs=crs)
    assert refusal.value.code == "wrong_crs"
    assert list(tmp_path.iterdir()) == []


def test_plots_are_not_written_by_the_fields_of_another_table(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="zaolin") as refusal:
        write_zip(frame({}), tmp_path / "plots.zip", schema="coverage")
    assert refusal.value.code == "wrong_schema"


def test_the_dictionary_tells_of_every_field_that_it_is_not_official(tmp_path: Path) -> None:
    write_zip(frame({}), tmp_path / "plots.zip")
    rows = list(csv.DictReader(io.StringIO(member(tmp_path / "plots.zip", "字段说明.csv"))))
    assert [row["字段名"] for row in rows] == schema("zaolin").names
    assert {row["性质"] for row in rows} == {"非官方"}


def test_the_dictionary_has_a_bom_for_spreadsheets(tmp_path: Path) -> None:
    write_zip(frame({}), tmp_path / "plots.zip")
    with zipfile.ZipFile(tmp_path / "plots.zip") as archive:
        assert archive.read("字段说明.csv").startswith(b"\xef\xbb\xbf")


def test_the_report_lies_in_the_zip(tmp_path: Path) -> None:
    report = write_zip(frame({}, {}), tmp_path / "plots.zip", encoding="GBK")
    assert (report.rows, report.encoding, report.schema) == (2, "GBK", "zaolin")
    text = member(tmp_path / "plots.zip", "导出说明.txt")
    assert "行数 rows: 2" in text
    assert "EPSG:4490" in text


def test_a_character_that_gbk_lacks_is_refused_with_row_and_field(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="𬭚") as refusal:
        write_zip(frame({}, {"name": "𬭚山"}), tmp_path / "plots.zip", encoding="GBK")
    assert refusal.value.code == "does_not_fit"
    (misfit,) = refusal.value.misfits
    assert (misfit.row, misfit.field, misfit.code) == (2, "tbmc", "not_encodable")
    assert not (tmp_path / "plots.zip").exists()


def test_a_row_that_has_an_id_is_named_by_it(tmp_path: Path) -> None:
    rows = frame({}, {"name": "𬭚山"}).assign(id=[7, 90_001])
    with pytest.raises(ExportRefused, match="id 90001, tbmc") as refusal:
        write_zip(rows, tmp_path / "plots.zip", encoding="GBK")
    assert [misfit.id for misfit in refusal.value.misfits] == [90_001]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        pytest.param(["a-1", "b-2"], "编号 b-2, tbmc", id="a text"),
        pytest.param([7, None], "第 2 行, tbmc", id="absent"),
    ],
)
def test_an_id_of_another_kind_stops_no_refusal(
    tmp_path: Path, ids: list[object], said: str
) -> None:
    rows = frame({}, {"name": "𬭚山"}).assign(id=ids)
    with pytest.raises(ExportRefused, match=said):
        write_zip(rows, tmp_path / "plots.zip", encoding="GBK")


def test_the_same_character_is_written_in_utf8(tmp_path: Path) -> None:
    write_zip(frame({"name": "𬭚山"}), tmp_path / "plots.zip")
    assert values_in(tmp_path / "plots.zip")[0]["tbmc"] == "𬭚山"


def test_a_long_note_is_cut_at_a_character_and_told(tmp_path: Path) -> None:
    report = write_zip(frame({"note": "绿" * 100}), tmp_path / "plots.zip")
    (cut,) = report.shortened
    assert (cut.row, cut.field, cut.bytes_needed, cut.bytes_kept) == (1, "beizhu", 300, 252)
    assert values_in(tmp_path / "plots.zip")[0]["beizhu"] == "绿" * 84
    assert "beizhu: 300 → 252" in member(tmp_path / "plots.zip", "导出说明.txt")


def test_the_same_note_fits_in_gbk(tmp_path: Path) -> None:
    report = write_zip(frame({"note": "绿" * 100}), tmp_path / "plots.zip", encoding="GBK")
    assert report.shortened == ()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        pytest.param({"plot_no": "9" * 31}, "tbbh", id="a number of a plot"),
        pytest.param({"plans": [str(n) for n in range(1000, 1100)]}, "jhtb", id="plans"),
        pytest.param({"district": "2201021"}, "xian", id="a code"),
        pytest.param({"area_m2": 1e16}, "tbmj", id="an area"),
    ],
)
def test_what_would_be_another_thing_when_cut_is_refused(
    tmp_path: Path, row: dict[str, Any], field: str
) -> None:
    with pytest.raises(ExportRefused) as refusal:
        write_zip(frame(row), tmp_path / "plots.zip")
    assert [misfit.field for misfit in refusal.value.misfits] == [field]


def test_an_official_value_is_never_cut(tmp_path: Path) -> None:
    row = {"extra": {"lcxzgx": {"dlmc": "林" * 21}}}
    with pytest.raises(ExportRefused) as refusal:
        write_zip(frame(row), tmp_path / "plots.zip", schema="lcxzgx")
    assert refusal.value.misfits[0].code == "too_long"


def test_an_official_value_without_a_field_is_refused_and_not_lost(tmp_path: Path) -> None:
    rows = frame({}, {"extra": {"lcxzgx": {"dlmc": "林地", "xin_zd": 1}}})
    with pytest.raises(ExportRefused) as refusal:
        write_zip(rows, tmp_path / "plots.zip", schema="lcxzgx")
    (misfit,) = refusal.value.misfits
    assert (misfit.row, misfit.field, misfit.code) == (2, "xin_zd", "unknown_field")


def test_a_frame_in_another_system_is_not_taken_for_degrees(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not in CGCS2000"):
        write_zip(frame({}).to_crs(3857), tmp_path / "plots.zip")


def test_values_of_another_schema_stay_out(tmp_path: Path) -> None:
    write_zip(frame({"extra": {"other": {"dlmc": "x"}}}), tmp_path / "plots.zip", schema="lcxzgx")
    assert values_in(tmp_path / "plots.zip")[0]["dlmc"] is None


def test_official_fields_come_back_before_properties(tmp_path: Path) -> None:
    write_zip(frame({"extra": {"lcxzgx": OFFICIAL}}), tmp_path / "p.zip", schema="lcxzgx")
    (row,) = values_in(tmp_path / "p.zip")
    assert {name: row[name] for name in OFFICIAL} == OFFICIAL


def test_an_official_shapefile_comes_back_field_by_field(tmp_path: Path) -> None:
    row = {"extra": {"lcxzgx": OFFICIAL}, "kind": "RGZL", "plot_no": "00012"}
    write_zip(frame(row, shape=HOLED), tmp_path / "official.zip", schema="lcxzgx", encoding="GBK")
    defaults = {"kind": "RGZL", "stage": "existing"}
    table = read_plots(tmp_path / "official.zip", defaults=defaults)
    assert table.problems == []
    write_zip(table.frame, tmp_path / "again.zip", schema="lcxzgx", encoding="GBK")
    with (
        zipfile.ZipFile(tmp_path / "official.zip") as official,
        zipfile.ZipFile(tmp_path / "again.zip") as other,
    ):
        # But for the day of writing, which stands in bytes 1 to 3.
        assert official.read("official.dbf")[4:] == other.read("again.dbf")[4:]
    assert table.frame.geometry[0].normalize() == HOLED.normalize()


def test_an_official_area_that_left_its_shape_is_told(tmp_path: Path) -> None:
    row = {"area_m2": 5000.0, "extra": {"lcxzgx": OFFICIAL}}
    report = write_zip(frame(row), tmp_path / "p.zip", schema="lcxzgx")
    assert any("1%" in str(note) for note in report.notes)


def test_a_row_without_a_shape_is_refused_by_its_number(tmp_path: Path) -> None:
    rows = frame({}, {})
    rows.loc[1, "geometry"] = None
    with pytest.raises(ExportRefused, match="第 2 行") as refusal:
        write_zip(rows, tmp_path / "plots.zip")
    assert refusal.value.code == "no_geometry"


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    latin: Any = "ISO-8859-1"
    with pytest.raises(ExportRefused) as refusal:
        write_zip(frame({}), tmp_path / "plots.zip", encoding=latin)
    assert refusal.value.code == "unknown_encoding"


def test_a_refusal_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "plots.zip"
    path.write_bytes(b"old")
    with pytest.raises(ExportRefused):
        write_zip(frame({"district": "2201021"}), path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["plots.zip"]  # noqa: PTH208 - hidden ones too


def test_nothing_lies_about_after_a_file_was_written(tmp_path: Path) -> None:
    write_zip(frame({}), tmp_path / "plots.zip")
    assert [file.name for file in tmp_path.iterdir()] == ["plots.zip"]


def test_a_missing_folder_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="文件夹") as refusal:
        write_zip(frame({}), tmp_path / "none" / "plots.zip")
    assert refusal.value.code == "cannot_write"


def test_what_passes_the_end_of_a_file_goes_on_in_another_and_it_is_told(tmp_path: Path) -> None:
    rows = frame(*({"id": n, "plot_no": f"{n}"} for n in range(1, 6)))
    report = write_zip(rows, tmp_path / "plots.zip", part_bytes=5_000)
    with zipfile.ZipFile(tmp_path / "plots.zip") as archive:
        shps = sorted(name for name in archive.namelist() if name.endswith(".shp"))
        archive.extractall(tmp_path / "parts")
    parts = [pyogrio.read_dataframe(tmp_path / "parts" / name)["tbbh"].tolist() for name in shps]
    assert [number for part in parts for number in part] == ["1", "2", "3", "4", "5"]
    assert len(parts) > 1
    assert "plots_1" in report.text("en")
    for file in (tmp_path / "parts").glob("*.[sd]?[pf]"):
        assert file.stat().st_size <= 5_000


def test_a_single_shape_beyond_the_end_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="2 GB") as refusal:
        write_zip(frame({}), tmp_path / "plots.zip", part_bytes=200)
    assert refusal.value.code == "too_big"


def test_a_character_that_gbk_lacks_is_replaced_when_asked_and_told(tmp_path: Path) -> None:
    rows = frame({}, {"id": 8, "plot_no": "8", "name": "𠮷山"})
    report = write_zip(rows, tmp_path / "plots.zip", encoding="GBK", replace=True)
    assert [row["tbmc"] for row in values_in(tmp_path / "plots.zip")] == ["南关区人工造林", "〓山"]
    (place,) = report.replaced
    assert (place.row, place.id, place.field, place.characters) == (2, 8, "tbmc", "𠮷")
    assert "编号 8 tbmc: 𠮷" in member(tmp_path / "plots.zip", "导出说明.txt")


def test_a_number_is_never_written_with_another_character(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="𠮷7") as refusal:
        write_zip(frame({"plot_no": "𠮷7"}), tmp_path / "p.zip", encoding="GBK", replace=True)
    assert refusal.value.code == "does_not_fit"


def test_gb18030_has_every_character(tmp_path: Path) -> None:
    write_zip(frame({"name": "𠮷山"}), tmp_path / "plots.zip", encoding="GB18030")
    assert values_in(tmp_path / "plots.zip")[0]["tbmc"] == "𠮷山"
    assert member(tmp_path / "plots.zip", "plots.cpg") == "GB18030"


def test_a_service_that_writes_no_shapefile_has_one_gdal_in_memory() -> None:
    script = "import data.writing.dispatch, sys; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert "fiona" not in said.stdout.split()


def test_a_shapefile_that_fiona_cannot_begin_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise fiona.errors.DriverIOError("no room")

    monkeypatch.setattr(fiona, "open", refused)
    with pytest.raises(ExportRefused) as refusal:
        write_zip(frame({}), tmp_path / "plots.zip")
    assert refusal.value.code == "cannot_write"
