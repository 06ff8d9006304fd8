"""Files that are read, whatever they are packed and called."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import fiona
import pandas as pd
import pytest
import shapely

from data.errors import FileRefused
from data.reading.features import read_features
from data.timestamps import moment
from gis.crs import CGCS2000, from_cgcs2000
from tests.data.sending import (
    CGCS2000_PRJ,
    collection,
    geojson,
    parts,
    real,
    shapefile,
    squares,
    table,
    zipped,
)

NAMES: dict[str, list[object]] = {"name": ["一号", "二号"], "n": [1, 2]}


@pytest.mark.parametrize("name", ["plots.shp", "plots.gpkg", "plots.fgb", "plots.geojson"])
def test_names_and_numbers_come_back_from_every_format(tmp_path: Path, name: str) -> None:
    table(NAMES).to_file(tmp_path / name, encoding="UTF-8")
    frame = read_features(tmp_path / name).frame.sort_values("n")  # .fgb keeps an order of its own
    assert frame[["name", "n"]].to_dict("list") == NAMES


@pytest.mark.parametrize("name", ["plots.shp", "plots.gpkg", "plots.fgb", "plots.geojson"])
def test_positions_come_back_from_every_format(tmp_path: Path, name: str) -> None:
    table(NAMES).to_file(tmp_path / name, encoding="UTF-8")
    frame = read_features(tmp_path / name).frame.sort_values("n")
    assert shapely.equals_exact(frame.geometry.values, squares(2), 1e-9, normalize=True).all()


def test_the_frame_is_in_cgcs2000(tmp_path: Path) -> None:
    table(NAMES).to_file(tmp_path / "plots.gpkg")
    assert read_features(tmp_path / "plots.gpkg").frame.crs.to_epsg() == CGCS2000


def test_metres_of_a_gauss_kruger_zone_become_degrees(tmp_path: Path) -> None:
    metres = from_cgcs2000(table(NAMES).geometry.array.to_numpy(), "EPSG:4547")
    table(NAMES, list(metres), "EPSG:4547").to_file(tmp_path / "plots.shp", encoding="UTF-8")
    frame = read_features(tmp_path / "plots.shp").frame
    assert shapely.equals_exact(frame.geometry.values, squares(2), 1e-9, normalize=True).all()


def test_a_kml_is_read(tmp_path: Path) -> None:
    table({"Name": ["一号"]}).to_file(tmp_path / "plots.kml", driver="LIBKML")
    assert list(read_features(tmp_path / "plots.kml").frame["name"]) == ["一号"]


def test_a_kmz_is_read(tmp_path: Path) -> None:
    table({"Name": ["一号"]}).to_file(tmp_path / "doc.kml", driver="LIBKML")
    sent = zipped(tmp_path / "plots.kmz", {"doc.kml": tmp_path / "doc.kml"})
    assert list(read_features(sent).frame["name"]) == ["一号"]


def test_a_zipped_geodatabase_is_read(tmp_path: Path) -> None:
    table({"name": NAMES["name"]}).to_file(tmp_path / "plots.gdb", driver="OpenFileGDB")
    files = {f"plots.gdb/{path.name}": path for path in (tmp_path / "plots.gdb").iterdir()}
    sent = zipped(tmp_path / "plots.gdb.zip", dict(files))
    assert list(read_features(sent).frame["name"]) == NAMES["name"]


def test_a_geodatabase_packed_without_its_folder_is_read(tmp_path: Path) -> None:
    table({"name": NAMES["name"]}).to_file(tmp_path / "plots.gdb", driver="OpenFileGDB")
    sent = zipped(
        tmp_path / "a.zip", {path.name: path for path in (tmp_path / "plots.gdb").iterdir()}
    )
    assert list(read_features(sent).frame["name"]) == NAMES["name"]


def test_layers_of_one_name_in_two_folders_are_chosen_by_their_folder(tmp_path: Path) -> None:
    files: dict[str, bytes | Path] = {}
    for folder in ("东", "西"):
        shp = shapefile(tmp_path / folder, [f"{folder}坡".encode()])
        shp.with_suffix(".prj").write_text(CGCS2000_PRJ)
        files |= {f"{folder}/{name}": part for name, part in parts(shp).items()}
    sent = zipped(tmp_path / "a.zip", files)
    with pytest.raises(FileRefused) as refused:
        read_features(sent)
    assert "东/plots、西/plots" in refused.value.message.zh
    assert read_features(sent, layer="西/plots").frame["name"].tolist() == ["西坡"]


def test_a_gpx_track_is_read(tmp_path: Path) -> None:
    points = '<trkpt lat="43.9" lon="125.3"/><trkpt lat="43.91" lon="125.31"/>'
    text = f'<gpx version="1.1" creator="x"><trk><trkseg>{points}</trkseg></trk></gpx>'
    (tmp_path / "walk.gpx").write_text(text)
    frame = read_features(tmp_path / "walk.gpx").frame
    assert frame.geometry[0].geom_type == "LineString"


def test_a_zip_of_a_shapefile_is_read(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", ["一号".encode()], cpg="UTF-8")
    assert list(read_features(zipped(tmp_path / "a.zip", parts(shp))).frame["name"]) == ["一号"]


def test_letter_case_of_the_parts_does_not_matter(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a"])
    mixed = {name.upper() if "dbf" in name else name.title(): f for name, f in parts(shp).items()}
    assert list(read_features(zipped(tmp_path / "a.zip", mixed)).frame["name"]) == ["a"]


def test_rubbish_of_a_mac_is_passed_over(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a"])
    files = {**parts(shp), "__MACOSX/._plots.shp": b"rubbish", "readme.txt": b"hello"}
    assert len(read_features(zipped(tmp_path / "a.zip", files)).frame) == 1


def test_chinese_file_names_without_the_utf8_flag_are_understood(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a"])
    files = {f"ABCD{path.suffix}": path for path in sorted(shp.parent.iterdir())}
    sent = zipped(tmp_path / "a.zip", dict(files))
    sent.write_bytes(sent.read_bytes().replace(b"ABCD.", "图斑".encode("gbk") + b"."))
    assert read_features(sent).layer == "图斑"


def test_a_missing_shx_is_restored_and_told(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a", b"b"])
    shp.with_suffix(".shx").unlink()
    features = read_features(shp)
    assert len(features.frame) == 2
    assert any(".shx" in str(note) for note in features.notes)


def test_nothing_is_written_beside_the_file_that_was_sent(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a"])
    shp.with_suffix(".shx").unlink()
    before = sorted(shp.parent.iterdir())
    read_features(shp)
    assert sorted(shp.parent.iterdir()) == before


def test_a_layer_is_chosen_by_name(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    table({"name": ["a"]}).to_file(path, layer="plots")
    table({"name": ["b"]}).to_file(path, layer="zones")
    assert list(read_features(path, layer="zones").frame["name"]) == ["b"]


def test_one_of_several_shapefiles_in_a_zip_is_chosen_by_name(tmp_path: Path) -> None:
    first = parts(shapefile(tmp_path / "in", [b"a"], name="plots"))
    second = parts(shapefile(tmp_path / "in", [b"b"], name="zones"))
    sent = zipped(tmp_path / "a.zip", {**first, **second})
    assert list(read_features(sent, layer="zones").frame["name"]) == ["b"]


def test_a_row_without_geometry_is_kept_and_told(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection([squares(1)[0], None]))
    features = read_features(sent)
    assert features.frame.geometry[1] is None
    assert any("第 2 行没有几何" in str(note) for note in features.notes)


def test_heights_are_dropped_and_told(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection([shapely.force_3d(squares(1)[0], 210.0)]))
    features = read_features(sent)
    assert not features.frame.geometry[0].has_z
    assert any("高程" in str(note) for note in features.notes)


def test_lists_and_objects_of_a_geojson_stay_what_they_are(tmp_path: Path) -> None:
    species = [{"code": "PINKOR", "share": 1.0}]
    sent = geojson(tmp_path / "a.geojson", collection(squares(1), [{"species": species}]))
    assert read_features(sent).frame["species"][0] == species


def test_long_whole_numbers_keep_every_digit(tmp_path: Path) -> None:
    number = 2**60 + 1
    sent = geojson(tmp_path / "a.geojson", collection(squares(2), [{"n": number}, {"n": None}]))
    assert read_features(sent).frame["n"][0] == number


def test_wgs84_is_taken_as_cgcs2000_and_told(tmp_path: Path) -> None:
    features = read_features(geojson(tmp_path / "a.geojson", collection(squares(1))))
    assert features.crs_name == "WGS 84"
    assert any("WGS 84" in str(note) for note in features.notes)


def test_what_the_sender_says_of_the_reference_system_goes_before_the_file(tmp_path: Path) -> None:
    features = read_features(
        geojson(tmp_path / "a.geojson", collection(squares(1))), crs="EPSG:4490"
    )
    assert features.crs_name == "China Geodetic Coordinate System 2000"


@pytest.mark.parametrize("name", ["utf8", "gbk", "gbk_nocpg"])
def test_the_three_encodings_of_changchun_all_give_nanguan(name: str) -> None:
    frame = read_features(real(f"encoding/changchun_{name}.shp")).frame
    assert frame["区县"][0] == "南关区"


def test_the_forest_stands_of_finland_lie_in_finland() -> None:
    west, south, east, north = read_features(
        real("forest-stands/forest_stands_2012.shp")
    ).frame.total_bounds
    assert 20 < west < east < 32
    assert 59 < south < north < 71


def test_a_date_of_a_shapefile_comes_back_as_a_date(tmp_path: Path) -> None:
    schema = {"geometry": "Polygon", "properties": {"day": "date"}}
    shape = shapely.geometry.mapping(squares(1)[0])
    with fiona.open(tmp_path / "a.shp", "w", "ESRI Shapefile", schema, f"EPSG:{CGCS2000}") as sink:
        for day in ("2026-04-05", None):
            sink.write({"geometry": shape, "properties": {"day": day}})
    assert list(read_features(tmp_path / "a.shp").frame["day"]) == [date(2026, 4, 5), None]


@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.geojson"])
def test_a_moment_keeps_its_zone_and_one_without_gets_none(tmp_path: Path, name: str) -> None:
    """Noon in Beijing is not noon in Greenwich; whoever names no zone is asked for it later."""
    noon = datetime.fromisoformat("2026-07-01T12:00:15")
    beijing = noon.replace(tzinfo=timezone(timedelta(hours=8)))
    frame = table({"zoned": [0, 0], "bare": [0, 0]})
    frame["zoned"] = pd.Series([beijing, None], dtype="datetime64[ms, UTC+08:00]")
    frame["bare"] = pd.Series([noon, None], dtype="datetime64[ms]")
    frame.to_file(tmp_path / name)
    back = read_features(tmp_path / name).frame
    read = {word: pd.Series(back[word]).dropna().tolist() for word in ("zoned", "bare")}
    assert [moment(value) for value in read["zoned"]] == [beijing]
    assert [moment(value) for value in read["bare"]] == [noon]


def test_long_numbers_beside_an_empty_cell_keep_their_digits(tmp_path: Path) -> None:
    frame = table({"n": [0, 0]})
    frame["n"] = pd.array([2**60 + 1, None], dtype="Int64")
    frame.to_file(tmp_path / "a.gpkg")
    assert read_features(tmp_path / "a.gpkg").frame["n"].tolist() == [str(2**60 + 1), None]
