"""Text of shapefiles in every encoding, and with every lie about it."""

from pathlib import Path

import pytest

from data.errors import FileRefused
from data.headings import plain_heading
from data.reading.dbf import read_dbf
from data.reading.encoding import Choice, choose, read_text
from data.reading.features import Features, read_features
from tests.data.sending import collection, dbf, geojson, shapefile, squares

GBK = ["南关区".encode("gbk"), "朝阳区".encode("gbk")]
UTF8 = ["南关区".encode(), "朝阳区".encode()]


def chosen(folder: Path, values: list[bytes], cpg: str | None, said: str | None = None) -> Choice:
    rows = [[value] for value in values]
    table = read_dbf(dbf(folder / "a.dbf", [(b"name", 40)], rows))
    return choose(read_text(table, None), declared=cpg, forced=said)


def names(features: Features) -> list[object]:
    return list(features.frame["name"])


@pytest.mark.parametrize(
    "cpg", [None, "GBK", "ANSI 936", "UTF-8", "ISO-8859-1", "CP936", "rubbish"]
)
def test_gbk_is_found_whatever_the_cpg_says(tmp_path: Path, cpg: str | None) -> None:
    assert chosen(tmp_path, GBK, cpg).encoding == "GB18030"


@pytest.mark.parametrize("cpg", [None, "UTF-8", "GBK", "ANSI 936", "65001"])
def test_utf8_is_found_whatever_the_cpg_says(tmp_path: Path, cpg: str | None) -> None:
    assert chosen(tmp_path, UTF8, cpg).encoding == "UTF-8"


@pytest.mark.parametrize(("values", "cpg"), [(GBK, "UTF-8"), (GBK, None), (UTF8, "GBK")])
def test_values_are_read_as_they_are_and_not_as_the_cpg_says(
    tmp_path: Path, values: list[bytes], cpg: str | None
) -> None:
    features = read_features(shapefile(tmp_path / "in", values, cpg=cpg))
    assert names(features) == ["南关区", "朝阳区"]
    assert any("南关区" in str(note) and "--encoding" in str(note) for note in features.notes)


@pytest.mark.parametrize(
    ("values", "cpg"), [(GBK, "GBK"), (GBK, "ANSI 936"), (UTF8, "UTF-8"), ([b"a"], None)]
)
def test_a_choice_that_is_plain_needs_no_note(
    tmp_path: Path, values: list[bytes], cpg: str | None
) -> None:
    assert chosen(tmp_path, values, cpg).note is None


def test_gbk_that_is_valid_utf8_by_chance_is_not_taken_for_it(tmp_path: Path) -> None:
    assert chosen(tmp_path, ["联通".encode("gbk")], None).encoding == "GB18030"


def test_a_cpg_of_another_country_is_believed_when_it_fits(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", ["臺北".encode("big5")], cpg="BIG5")
    assert names(read_features(shp)) == ["臺北"]


@pytest.mark.parametrize("cpg", [None, "UTF-8", "ISO-8859-1"])
def test_big5_is_found_by_its_common_characters_and_told(tmp_path: Path, cpg: str | None) -> None:
    choice = chosen(tmp_path, ["鄉級巡護".encode("big5"), "竹東鎮".encode("big5")], cpg)
    assert choice.encoding == "big5"
    assert choice.note is not None
    assert "鄉級巡護" in choice.note.zh


def test_traditional_characters_in_gbk_are_not_taken_for_big5(tmp_path: Path) -> None:
    values = ["鄉級巡護本縣".encode("gbk"), "國營林場".encode("gbk")]
    assert chosen(tmp_path, values, None).encoding == "GB18030"


def test_the_sender_may_name_the_encoding(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", ["臺北".encode("big5")])
    assert names(read_features(shp, encoding="big5")) == ["臺北"]


def test_a_named_encoding_that_does_not_fit_is_refused_with_its_row(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a", GBK[0]])
    with pytest.raises(FileRefused, match="--encoding") as refused:
        read_features(shp, encoding="UTF-8")
    assert (refused.value.code, refused.value.feature) == ("encoding_unfit", 2)


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "base64", "hex"])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        chosen(tmp_path, GBK, None, encoding)
    assert refused.value.code == "unknown_encoding"


def test_text_in_no_encoding_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        chosen(tmp_path, [b"ok", b"\xff\xff\xfe\xff"], None)
    assert (refused.value.code, refused.value.feature) == ("encoding_unfit", 2)


def test_column_names_are_decoded_too(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", GBK, field="区县".encode("gbk"))
    assert "区县" in read_features(shp).frame.columns


def test_a_column_name_cut_inside_a_character_can_be_read(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", UTF8, field="树种名称".encode()[:10])
    assert "树种名" in read_features(shp).frame.columns


def test_a_value_cut_inside_a_character_is_read_and_told(tmp_path: Path) -> None:
    long = ("树" * 20).encode()[:40]  # the field has forty bytes
    features = read_features(shapefile(tmp_path / "in", [long, UTF8[0]], cpg="UTF-8"))
    assert names(features) == ["树" * 13, "南关区"]
    assert any("截断" in str(note) and "第 1 行" in str(note) for note in features.notes)


def test_text_after_a_nul_is_left_out_and_told(tmp_path: Path) -> None:
    features = read_features(shapefile(tmp_path / "in", [b"a", b"b\x00hidden"]))
    assert names(features) == ["a", "b"]
    assert any("NUL" in str(note) and "第 2 行" in str(note) for note in features.notes)


def test_a_field_filled_up_with_nul_is_nothing_to_tell(tmp_path: Path) -> None:
    features = read_features(shapefile(tmp_path / "in", [b"a" + bytes(39)]))
    assert names(features) == ["a"]
    assert not any("NUL" in str(note) for note in features.notes)


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\u202eb"])
def test_characters_that_cannot_be_stored_are_replaced_and_told(tmp_path: Path, bad: str) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(2), [{"name": "a"}, {"name": bad}]))
    features = read_features(sent)
    assert names(features) == ["a", "a\ufffdb"]
    assert any("U+FFFD" in str(note) and "第 2 行" in str(note) for note in features.notes)


@pytest.mark.parametrize("mark", [*"\u00ad\u200b\u2060\ufeff"])
def test_characters_that_nobody_sees_are_taken_out_and_told(tmp_path: Path, mark: str) -> None:
    rows = [{"name": "a"}, {"name": f"00010{mark}"}]
    features = read_features(geojson(tmp_path / "a.geojson", collection(squares(2), rows)))
    assert names(features) == ["a", "00010"]
    assert any("看不见" in str(note) and "第 2 行" in str(note) for note in features.notes)


@pytest.mark.parametrize("mark", [*"\u200b\ufeff"])
def test_a_heading_is_known_with_characters_that_nobody_sees(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'图斑号{mark},WKT\n甲一{mark},"{squares(1)[0].wkt}"\n', "utf-8")
    assert plain_heading(read_features(path).frame.columns[0]) == "图斑号"
    assert read_features(path).frame.iloc[0, 0] == "甲一"


def test_a_geojson_in_gbk_is_read_and_told(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(1), [{"name": "NAME"}]))
    sent.write_bytes(sent.read_bytes().replace(b'"NAME"', '"南关区"'.encode("gbk")))
    features = read_features(sent)
    assert names(features) == ["南关区"]
    assert any("GB18030" in str(note) for note in features.notes)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_table_in_utf16_without_a_mark_is_read(tmp_path: Path, encoding: str) -> None:
    (shape,) = squares(1)
    path = tmp_path / "a.csv"
    path.write_bytes(f'图斑号,WKT\n甲一,"{shape.wkt}"\n'.encode(encoding))
    assert list(read_features(path).frame["图斑号"]) == ["甲一"]


def test_a_byte_order_mark_is_no_part_of_a_geojson(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(1), [{"name": "a"}]))
    sent.write_bytes(b"\xef\xbb\xbf" + sent.read_bytes())
    assert names(read_features(sent)) == ["a"]


def test_a_dbf_whose_fields_are_wider_than_its_rows_is_refused(tmp_path: Path) -> None:
    path = dbf(tmp_path / "a.dbf", [(b"name", 40)], [[b"x"]])
    raw = bytearray(path.read_bytes())
    raw[10:12] = (5).to_bytes(2, "little")  # the width of a row
    path.write_bytes(raw)
    with pytest.raises(FileRefused) as refused:
        read_dbf(path)
    assert refused.value.code == "dbf_damaged"
