"""KML as Google Earth, ArcGIS and field apps write it: folders, Chinese names, any encoding."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from data.errors import FileRefused
from data.reading.features import Features, read_features, read_walks

SQUARE = "125.3,43.9,0 125.301,43.9,0 125.301,43.901,0 125.3,43.901,0 125.3,43.9,0"
RING = f"<LinearRing><coordinates>{SQUARE}</coordinates></LinearRing>"
POLYGON = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"


def placemark(name: str, data: Mapping[str, str] = {}, drawn: str = POLYGON, more: str = "") -> str:
    values = "".join(
        f'<Data name="{key}"><value>{value}</value></Data>' for key, value in data.items()
    )
    extended = f"<ExtendedData>{values}</ExtendedData>" if values else ""
    return f"<Placemark><name>{name}</name>{more}{extended}{drawn}</Placemark>"


def folder(name: str, inner: str) -> str:
    return f"<Folder><name>{name}</name>{inner}</Folder>"


def kml(path: Path, inner: str, *, heading: str = "", encoding: str = "utf-8") -> Path:
    text = f"{heading}<kml><Document><name>双阳</name>{inner}</Document></kml>"
    path.write_bytes(text.encode(encoding))
    return path


def nested(path: Path) -> Path:
    inner = folder("鹿乡镇", placemark("K1") + folder("一社", placemark("K2")))
    return kml(path, placemark("K0") + inner + folder("山河街道", folder("一社", placemark("K3"))))


def columns(features: Features) -> dict[str, list[object]]:
    return {str(name): list(features.frame[name]) for name in features.frame.columns[:-1]}


def test_chinese_names_of_one_length_are_columns_of_their_own(tmp_path: Path) -> None:
    data = {"造林类型": "人工造林", "造林方式": "植苗造林", "年度": "2024"}
    features = read_features(kml(tmp_path / "a.kml", placemark("一号", data)))
    assert columns(features) == {"name": ["一号"], **{key: [data[key]] for key in data}}


def test_simple_data_of_a_schema_is_read(tmp_path: Path) -> None:
    data = '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="图斑号">007</SimpleData>'
    more = f"<Snippet>摘要</Snippet>{data}</SchemaData></ExtendedData>"
    features = read_features(kml(tmp_path / "a.kml", placemark("一号", more=more)))
    assert columns(features) == {"name": ["一号"], "snippet": ["摘要"], "图斑号": ["007"]}


def test_a_label_of_a_row_without_a_name_is_no_name(tmp_path: Path) -> None:
    label = placemark("00012", {"name": "", "plot_no": "00012"})
    named = placemark("一号", {"name": "", "plot_no": "7"})  # said nowhere else: it stays
    features = read_features(kml(tmp_path / "a.kml", label + named))
    assert columns(features) == {"plot_no": ["00012", "7"], "name": [None, "一号"]}


def test_a_second_value_of_one_name_overwrites_nothing(tmp_path: Path) -> None:
    features = read_features(kml(tmp_path / "a.kml", placemark("一号", {"name": "红旗"})))
    assert columns(features) == {"name": ["一号"], "name_2": ["红旗"]}


def test_all_folders_are_read_at_once_with_their_paths(tmp_path: Path) -> None:
    features = read_features(nested(tmp_path / "a.kml"))
    paths = [None, "鹿乡镇", "鹿乡镇/一社", "山河街道/一社"]
    assert columns(features) == {"name": ["K0", "K1", "K2", "K3"], "folder": paths}
    assert any("column folder" in note.en for note in features.notes)


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        ("鹿乡镇", ["K1", "K2"]),
        ("鹿乡镇/一社", ["K2"]),
        ("一社", ["K2", "K3"]),
        ("双阳", ["K0", "K1", "K2", "K3"]),
    ],
)
def test_a_folder_is_chosen_by_name_or_path(tmp_path: Path, layer: str, names: list[str]) -> None:
    features = read_features(nested(tmp_path / "a.kml"), layer=layer)
    assert list(features.frame["name"]) == names


def test_a_folder_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="山河街道/一社") as refused:
        read_features(nested(tmp_path / "a.kml"), layer="二社")
    assert refused.value.code == "no_such_layer"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        *(("GB2312", "gbk"), ("GBK", "gbk"), ("gb18030", "gb18030"), ("UTF-8", "gbk")),
        *(("GB2312", "utf-8"), ("Big5", "big5"), ("UTF-16", "utf-16"), ("klingon", "gbk")),
        ("ISO-8859-1", "gbk"),
    ],
)
def test_text_is_read_in_whatever_encoding_it_is_and_told(
    tmp_path: Path, declared: str, encoding: str
) -> None:
    heading = f'<?xml version="1.0" encoding="{declared}"?>'
    name = "紅旗林場" if encoding == "big5" else "红旗林场"
    inner = placemark(name)
    path = tmp_path / "a.kml"
    title = "雙陽" if encoding == "big5" else "双阳"
    text = f"{heading}<kml><Document><name>{title}</name>{inner}</Document></kml>"
    path.write_bytes(text.encode(encoding))
    features = read_features(path)
    assert list(features.frame["name"]) == [name]
    named = any(title in note.zh and "--encoding" in note.zh for note in features.notes)
    assert named == (encoding != "utf-16")


def test_an_encoding_that_the_sender_names_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_bytes(f"<kml>{placemark('雙陽')}</kml>".encode("big5"))
    assert list(read_features(path, encoding="Big5").frame["name"]) == ["雙陽"]


def test_two_encodings_in_one_file_are_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    rows = [placemark("红旗林场").encode("gbk"), placemark("东升村").encode("gbk")]
    path.write_bytes(b"<kml>\n" + b"\n".join([*rows, placemark("双阳湖东").encode()]) + b"</kml>")
    with pytest.raises(FileRefused, match="双阳湖东") as refused:
        read_features(path)
    assert refused.value.code == "mixed_encodings"
    assert "line 4" in refused.value.message.en


def test_polygons_of_a_multigeometry_are_one_shape_with_their_holes(tmp_path: Path) -> None:
    inner = "125.3002,43.9002 125.3004,43.9002 125.3004,43.9004 125.3002,43.9002"
    hole = f"<innerBoundaryIs><LinearRing><coordinates>{inner}</coordinates></LinearRing>"
    first = POLYGON.replace("</Polygon>", f"{hole}</innerBoundaryIs></Polygon>")
    second = POLYGON.replace("125.3", "125.4")
    drawn = f"<MultiGeometry>{first}{second}</MultiGeometry>"
    shape = read_features(kml(tmp_path / "a.kml", placemark("一号", drawn=drawn))).frame.geometry[0]
    assert (shape.geom_type, len(shape.geoms), len(shape.geoms[0].interiors)) == (
        "MultiPolygon",
        2,
        1,
    )


@pytest.mark.parametrize(
    "drawn",
    [
        POLYGON.replace("43.901", "north"),
        POLYGON.replace(SQUARE, ""),
    ],
)
def test_a_damaged_shape_is_refused_with_its_number(tmp_path: Path, drawn: str) -> None:
    inner = placemark("一号") + placemark("二号", drawn=drawn)
    with pytest.raises(FileRefused) as refused:
        read_features(kml(tmp_path / "a.kml", inner))
    assert (refused.value.code, refused.value.feature) == ("geometry_damaged", 2)


def test_tracks_of_a_file_in_gbk_are_read(tmp_path: Path) -> None:
    track = "<Track><when>2026-07-01T00:00:00Z</when><when>2026-07-01T00:01:00Z</when>"
    drawn = f"{track}<coord>125.3 43.9 0</coord><coord>125.31 43.9 0</coord></Track>"
    heading = '<?xml version="1.0" encoding="GB2312"?>'
    path = kml(tmp_path / "a.kml", placemark("甲", drawn=drawn), heading=heading, encoding="gbk")
    walks = read_walks(path)
    assert list(walks.frame["name"]) == ["甲"]
    assert walks.frame["times"][0] == ["2026-07-01T00:00:00Z", "2026-07-01T00:01:00Z"]


def test_a_link_to_elsewhere_is_not_followed_and_told(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>"
    features = read_features(kml(tmp_path / "a.kml", link + placemark("一号")))
    assert len(features.frame) == 1
    assert any("1 network links" in note.en for note in features.notes)


def test_a_ring_that_does_not_end_where_it_begins_is_closed_and_told(tmp_path: Path) -> None:
    drawn = POLYGON.replace(" 125.3,43.9,0</coord", "</coord")
    assert drawn != POLYGON
    features = read_features(
        kml(tmp_path / "a.kml", placemark("K1") + placemark("K2", drawn=drawn))
    )
    assert features.frame.geometry[0].equals(features.frame.geometry[1])
    assert ["row 2" in note.en for note in features.notes if "was closed" in note.en] == [True]


def test_a_ring_of_two_corners_is_none(tmp_path: Path) -> None:
    drawn = POLYGON.replace(SQUARE, "125.3,43.9 125.301,43.9 125.3,43.9")
    with pytest.raises(FileRefused) as refused:
        read_features(kml(tmp_path / "a.kml", placemark("K1", drawn=drawn)))
    assert refused.value.code == "geometry_damaged"
