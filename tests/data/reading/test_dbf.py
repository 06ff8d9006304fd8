"""Tables of shapefiles: every digit as it was written, every lost cell with its row and reason."""

import struct
from datetime import date
from pathlib import Path

import pytest

from data.cell_values import Unreadable
from data.errors import FileRefused
from data.reading.features import Features, read_features
from tests.data.sending import squares, table, typed_shapefile


def read(folder: Path, kind: bytes, width: int, decimals: int, *cells: bytes) -> Features:
    rows = [[cell] for cell in cells]
    return read_features(typed_shapefile(folder / "in", [(b"x", kind, width, decimals)], rows))


def column(folder: Path, kind: bytes, width: int, decimals: int, *cells: bytes) -> list[object]:
    return list(read(folder, kind, width, decimals, *cells).frame["x"])


def reason(features: Features, row: int) -> str:
    cell = features.frame["x"][row]
    assert isinstance(cell, Unreadable)
    return cell.why.en


@pytest.mark.parametrize(
    ("width", "decimals", "written", "there"),
    [
        (19, 0, b"2201120010010012345", "2201120010010012345"),
        (20, 0, b"22011200100100123456", "22011200100100123456"),
        (18, 0, b"220112001001001234", 220112001001001234),
        (24, 3, b"2201120010010012345.000", "2201120010010012345"),
        (24, 11, b"35963.12345678901", 35963.12345678901),
        (10, 2, b"3333.30", 3333.3),
        (4, 0, b"2024", 2024),
        (20, 10, b"1.2345000000e+04", 12345.0),
    ],
)
def test_a_number_keeps_every_digit(
    tmp_path: Path, width: int, decimals: int, written: bytes, there: object
) -> None:
    values = column(tmp_path, b"N", width, decimals, written, b"1")
    assert values[0] == there


def test_long_numbers_stay_exact_beside_empty_cells(tmp_path: Path) -> None:
    values = column(tmp_path, b"N", 19, 0, b"2201120010010012345", b"", b"7")
    assert values == ["2201120010010012345", None, "7"]


@pytest.mark.parametrize("kind", [b"N", b"F"])
def test_an_overflown_number_is_told_with_its_row(tmp_path: Path, kind: bytes) -> None:
    features = read(tmp_path, kind, 8, 2, b"3333.30", b"********")
    assert "overflowed its field" in reason(features, 1)
    assert any("column x, row 2" in note.en for note in features.notes)


@pytest.mark.parametrize("written", [b"abc", b"1 2", b"1,5", b"--3"])
def test_letters_in_a_field_of_numbers_are_told(tmp_path: Path, written: bytes) -> None:
    assert "no number" in reason(read(tmp_path, b"N", 8, 0, b"1", written), 1)


@pytest.mark.parametrize(
    "written", [b"20240230", b"20241301", b"2024/3/1", b"202411", b"20241100", b"20240a01"]
)
def test_what_is_no_day_in_a_field_of_days_is_told_and_harms_no_other_row(
    tmp_path: Path, written: bytes
) -> None:
    features = read(tmp_path, b"D", 8, 0, b"20240312", written)
    assert features.frame["x"][0] == date(2024, 3, 12)
    assert "no day" in reason(features, 1)


def test_an_empty_day_is_no_value(tmp_path: Path) -> None:
    assert column(tmp_path, b"D", 8, 0, b"20240312", b"        ", b"00000000")[1:] == [None, None]


def test_truths_are_truths(tmp_path: Path) -> None:
    values = column(tmp_path, b"L", 1, 0, b"T", b"n", b"?", b"X")
    assert values == [True, False, None, "X"]
    assert isinstance(values[3], Unreadable)


def test_rows_marked_as_deleted_are_left_out_and_told(tmp_path: Path) -> None:
    fields = [(b"x", b"C", 4, 0)]
    shp = typed_shapefile(tmp_path / "in", fields, [[b"a"], [b"b"], [b"c"]], deleted=[1])
    features = read_features(shp)
    assert list(features.frame["x"]) == ["a", "c"]
    assert features.frame.geometry[1].equals(squares(3)[2])
    assert any("1 rows are marked as deleted" in note.en for note in features.notes)


def test_memos_of_dbase_3_are_read(tmp_path: Path) -> None:
    shp = typed_shapefile(tmp_path / "in", [(b"x", b"M", 10, 0)], [[b"1"], [b""]], version=0x83)
    shp.with_suffix(".dbt").write_bytes(bytes(512) + "北坡有坟地".encode("gbk") + b"\x1a\x1a")
    assert list(read_features(shp).frame["x"]) == ["北坡有坟地", None]


def test_memos_of_dbase_4_are_read(tmp_path: Path) -> None:
    shp = typed_shapefile(tmp_path / "in", [(b"x", b"M", 10, 0)], [[b"2"]], version=0x8B)
    head = struct.pack("<I4xI8xH", 3, 0, 64).ljust(128, b"\0")
    text = "补植红松".encode()
    memo = b"\xff\xff\x08\x00" + struct.pack("<I", len(text) + 8) + text
    shp.with_suffix(".dbt").write_bytes(head + memo)
    assert list(read_features(shp).frame["x"]) == ["补植红松"]


def test_memos_of_foxpro_are_read(tmp_path: Path) -> None:
    cells = [[struct.pack("<i", 8)]]
    shp = typed_shapefile(tmp_path / "in", [(b"x", b"M", 4, 0)], cells, version=0x30)
    text = "与邻村有争议".encode("gbk")
    memo = struct.pack(">II", 1, len(text)) + text
    shp.with_suffix(".fpt").write_bytes(struct.pack(">IHH", 9, 0, 64).ljust(512, b"\0") + memo)
    assert list(read_features(shp).frame["x"]) == ["与邻村有争议"]


def test_a_missing_memo_file_is_told_by_field_and_harms_no_other_column(tmp_path: Path) -> None:
    fields = [(b"x", b"M", 10, 0), (b"name", b"C", 10, 0)]
    shp = typed_shapefile(tmp_path / "in", fields, [[b"1", b"a"]], version=0x83)
    features = read_features(shp)
    assert list(features.frame["name"]) == ["a"]
    assert ".gpkg" in reason(features, 0)
    assert any("column x" in note.en for note in features.notes)


def test_two_encodings_in_one_table_are_refused_with_row_and_column(tmp_path: Path) -> None:
    rows = [["红旗林场".encode("gbk")], ["东升村".encode("gbk")], ["双阳湖东".encode()]]
    shp = typed_shapefile(tmp_path / "in", [(b"name", b"C", 40, 0)], rows)
    with pytest.raises(FileRefused) as refused:
        read_features(shp)
    assert (refused.value.code, refused.value.feature) == ("mixed_encodings", 3)
    assert "column name" in refused.value.message.en
    assert "双阳湖东" in refused.value.message.zh


def test_one_row_of_gbk_among_utf8_is_the_one_that_is_named(tmp_path: Path) -> None:
    rows = [["红旗林场".encode()], ["东升村".encode("gbk")], ["双阳湖东".encode()]]
    shp = typed_shapefile(tmp_path / "in", [(b"name", b"C", 40, 0)], rows)
    with pytest.raises(FileRefused) as refused:
        read_features(shp)
    assert refused.value.feature == 2


def deleted_shape(folder: Path) -> Path:
    """A shapefile with three shapes, the middle one of which its index skips."""
    shp = typed_shapefile(folder / "in", [(b"x", b"C", 4, 0)], [[b"a"], [b"b"], [b"c"]])
    shx = shp.with_suffix(".shx")
    raw = shx.read_bytes()
    shx.write_bytes(raw[:24] + struct.pack(">i", 58) + raw[28:108] + raw[116:])
    rows = [[b"a"], [b"c"]]
    typed_shapefile(folder / "two", [(b"x", b"C", 4, 0)], rows)
    shp.with_suffix(".dbf").write_bytes((folder / "two" / "plots.dbf").read_bytes())
    return shp


def test_a_shape_that_the_index_skips_stays_deleted(tmp_path: Path) -> None:
    shp = deleted_shape(tmp_path)
    before = {path.name: path.read_bytes() for path in shp.parent.iterdir()}
    features = read_features(shp)
    first, _deleted, last = squares(3)
    assert features.frame.geometry[0].equals(first)
    assert features.frame.geometry[1].equals(last)
    assert {path.name: path.read_bytes() for path in shp.parent.iterdir()} == before


def test_an_index_of_the_other_byte_order_is_read_and_told(tmp_path: Path) -> None:
    shp = typed_shapefile(tmp_path / "in", [(b"x", b"C", 4, 0)], [[b"a"], [b"b"]])
    shx = shp.with_suffix(".shx")
    raw = shx.read_bytes()
    turned = b"".join(raw[at : at + 4][::-1] for at in range(100, len(raw), 4))
    shx.write_bytes(raw[:100] + turned)
    features = read_features(shp)
    assert features.frame.geometry[1].equals(squares(2)[1])
    assert any("other order" in note.en for note in features.notes)


def test_a_missing_index_is_made_in_our_own_copy_only(tmp_path: Path) -> None:
    shp = typed_shapefile(tmp_path / "in", [(b"x", b"C", 4, 0)], [[b"a"], [b"b"]])
    shp.with_suffix(".shx").unlink()
    assert len(read_features(shp).frame) == 2
    assert not shp.with_suffix(".shx").exists()


@pytest.mark.parametrize("kept", [0, 50, 100, 108])
def test_an_index_that_is_empty_or_cut_off_is_as_one_that_is_missing(
    tmp_path: Path, kept: int
) -> None:
    shp = typed_shapefile(tmp_path / "in", [(b"x", b"C", 4, 0)], [[b"a"], [b"b"]])
    whole = shp.with_suffix(".shx").read_bytes()
    shp.with_suffix(".shx").write_bytes(whole[:kept])
    features = read_features(shp)
    assert features.frame["x"].tolist() == ["a", "b"]
    assert "cut off" in " ".join(note.en for note in features.notes)
    assert shp.with_suffix(".shx").read_bytes() == whole[:kept]


def test_points_and_empty_shapes_have_their_own_rows(tmp_path: Path) -> None:
    shp = tmp_path / "plots.shp"
    table({"x": [0, 1]}, shapes=[squares(1)[0], None]).to_file(shp)
    assert read_features(shp).frame.geometry.isna().tolist() == [False, True]
