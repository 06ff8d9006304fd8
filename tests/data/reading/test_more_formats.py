"""界址点坐标, DXF, CSV and Excel: the same plot by every way that bureaus send it."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
import shapely
from xlsxwriter import Workbook

from data.cell_values import Unreadable
from data.errors import FileRefused
from data.reading import xlsx_tables
from data.reading.cells import CELLS, write_cells
from data.reading.features import Features, read_features, read_walks
from data.reading.limits import Limits
from data.reading.xlsx_tables import read_xlsx
from gis.crs import from_cgcs2000
from tests.data.sending import squares, zipped

PLOT = squares(1)[0]
ZONE = 4530
IN_ZONE = from_cgcs2000(np.array([PLOT], dtype=object), ZONE)[0]
METRES = [tuple(at) for at in shapely.get_coordinates(IN_ZONE).tolist()]
DEGREES = [tuple(at) for at in shapely.get_coordinates(PLOT).tolist()]
Places = Sequence[tuple[float, ...]]
Rows = Sequence[Sequence[object]]


def is_plot(features: Features, tolerance: float = 1e-8) -> bool:
    return bool(features.frame.geometry[0].hausdorff_distance(PLOT) < tolerance)


def refusal(path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_features(path)
    return refused.value


HEADS = {"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "42", "精度": "0.001"}


def parcel(rings: Sequence[Places], *, declared: int, name: str = "一号") -> str:
    head = f"{declared},1.0,1,{name},面,,林地,,@"
    points = [
        f"J{n},{ring},{north:.4f},{east:.4f}"
        for ring, places in enumerate(rings, 1)
        for n, (east, north) in enumerate(places, 1)
    ]
    return "\n".join([head, *points])


def boundary_points(path: Path, *parcels: str, encoding: str = "gbk", **heads: str) -> Path:
    described = [f"{key}={value}" for key, value in (HEADS | heads).items()]
    text = "\n".join(["[属性描述]", *described, "[地块坐标]", *parcels])
    path.write_bytes(f"{text}\n".encode(encoding))
    return path


@pytest.mark.parametrize(("places", "declared"), [(METRES, 4), (METRES, 5), (METRES[:4], 4)])
def test_a_parcel_is_read_with_its_closing_row_or_without(
    tmp_path: Path, places: Places, declared: int
) -> None:
    features = read_features(
        boundary_points(tmp_path / "a.txt", parcel([places], declared=declared))
    )
    assert is_plot(features)
    assert features.frame["地块名称"].tolist() == ["一号"]
    assert any("zone 42" in note.en for note in features.notes)


def test_several_parcels_and_the_holes_of_their_rings_are_read(tmp_path: Path) -> None:
    hole = list(shapely.buffer(IN_ZONE, -20).exterior.coords)
    far = [(x + 500, y) for x, y in METRES]
    first = parcel([METRES, hole], declared=len(hole) + 3)
    second = parcel([far], declared=4, name="二号")
    shapes = read_features(boundary_points(tmp_path / "a.txt", first, second)).frame.geometry
    assert [len(shape.interiors) for shape in shapes] == [1, 0]


@pytest.mark.parametrize(
    ("heads", "strip"), [({"带号": ""}, False), ({"带号": "042"}, False), ({}, True)]
)
def test_the_zone_is_known_by_its_number_or_by_the_eastings(
    tmp_path: Path, heads: dict[str, str], strip: bool
) -> None:
    places = [(x - 42e6 if strip else x, y) for x, y in METRES]
    path = boundary_points(tmp_path / "a.txt", parcel([places], declared=4), **heads)
    assert is_plot(read_features(path))


def test_axes_the_other_way_round_are_read_by_their_numbers_and_told(tmp_path: Path) -> None:
    turned = [(y, x) for x, y in METRES]
    features = read_features(boundary_points(tmp_path / "a.txt", parcel([turned], declared=4)))
    assert is_plot(features)
    assert any("eastings come before" in note.en for note in features.notes)


@pytest.mark.parametrize(
    ("text", "heads", "code"),
    [
        (parcel([METRES], declared=7), {}, "points_missing"),
        (parcel([METRES], declared=4), {"带号": "41"}, "zone_contradiction"),
        (parcel([METRES], declared=4).replace("J2,1,", "J2,1,x"), {}, "points_damaged"),
        (parcel([METRES[:2]], declared=2), {}, "points_damaged"),
        (parcel([METRES], declared=4), {"坐标系": "地方坐标系"}, "crs_missing"),
        (parcel([METRES], declared=4), {"计量单位": "度分秒"}, "points_damaged"),
        (parcel([METRES], declared=4), {"计量单位": "里"}, "points_damaged"),
    ],
)
def test_a_file_of_points_that_contradicts_itself_is_refused(
    tmp_path: Path, text: str, heads: dict[str, str], code: str
) -> None:
    assert refusal(boundary_points(tmp_path / "a.txt", text, **heads)).code == code


def test_a_parcel_of_another_zone_than_those_before_it_is_named(tmp_path: Path) -> None:
    far = [(x - 1e6, y) for x, y in METRES]
    parcels = parcel([METRES], declared=4), parcel([far], declared=4, name="二号")
    refused = refusal(boundary_points(tmp_path / "a.txt", *parcels))
    assert (refused.code, refused.feature) == ("zone_contradiction", 2)


def test_boundary_points_in_kilometres_are_read(tmp_path: Path) -> None:
    places = [(x / 1000, y / 1000) for x, y in METRES]
    far = parcel([places], declared=4).replace("J", "JZD")
    path = boundary_points(tmp_path / "a.txt", far, 计量单位="公里")
    assert is_plot(read_features(path), 2e-6)


def test_boundary_points_in_degrees_minutes_and_seconds_are_read(tmp_path: Path) -> None:
    head, *_ = parcel([METRES], declared=4).split("\n")
    points = [f"J{n},1,{_degrees(lat)},{_degrees(lon)}" for n, (lon, lat) in enumerate(DEGREES, 1)]
    path = boundary_points(tmp_path / "a.txt", "\n".join([head, *points]), 计量单位="度")
    assert is_plot(read_features(path))


def test_a_parcel_whose_line_ends_with_a_wide_mark_is_read(tmp_path: Path) -> None:
    text = parcel([METRES], declared=4).replace("@", "＠").replace(",", "，")
    assert is_plot(read_features(boundary_points(tmp_path / "a.txt", text)))


@pytest.mark.parametrize("brackets", ["［］", "【】"])
def test_headings_and_signs_of_full_width_are_read(tmp_path: Path, brackets: str) -> None:
    path = boundary_points(tmp_path / "a.txt", parcel([METRES], declared=4), encoding="utf-8")
    text = path.read_text("utf-8").replace("=", "＝").replace("带号＝42", "带号：42带")
    path.write_text(text.translate(str.maketrans("[]", brackets)), encoding="gbk")
    assert is_plot(read_features(path))


def test_an_area_of_a_parcel_bears_the_unit_that_is_named(tmp_path: Path) -> None:
    path = boundary_points(tmp_path / "a.txt", parcel([METRES], declared=4), 面积单位="亩")
    assert read_features(path).frame["地块面积(亩)"].tolist() == ["1.0"]


@pytest.mark.parametrize(("places", "told"), [(METRES, False), (METRES[:4], True)])
def test_a_ring_of_points_that_is_closed_by_us_is_told(
    tmp_path: Path, places: Places, told: bool
) -> None:
    path = boundary_points(tmp_path / "a.txt", parcel([places], declared=4))
    assert any("was closed" in note.en for note in read_features(path).notes) == told


def test_corners_of_two_zones_are_refused_with_the_plot(tmp_path: Path) -> None:
    far = [("乙", x - 21e6, y) for x, y in METRES[:4]]
    rows: Rows = [["图斑号", "x", "y"], *(("甲", *at) for at in METRES[:4]), *far]
    refused = refusal(table(tmp_path / "a.csv", rows))
    assert (refused.code, refused.feature) == ("crs_unfit", 2)
    assert "42" in str(refused)
    assert "21" in str(refused)


def group(*pairs: tuple[int, object]) -> str:
    return "".join(f"{code}\n{value}\n" for code, value in pairs)


def polyline(places: Places, *, layer: str = "造林", closed: int = 1, bulge: float = 0) -> str:
    points = [pair for x, y in places for pair in ((10, x), (20, y), (42, bulge))]
    return group((0, "LWPOLYLINE"), (8, layer), (90, len(places)), (70, closed), *points)


def dxf(path: Path, *entities: str, encoding: str = "utf-8", head: str = "") -> Path:
    section = group((0, "SECTION"), (2, "ENTITIES"))
    text = head + section + "".join(entities) + group((0, "ENDSEC"), (0, "EOF"))
    path.write_bytes(text.encode(encoding))
    return path


def test_closed_polylines_are_read_with_their_layer_and_the_rest_is_told(tmp_path: Path) -> None:
    text = group((0, "TEXT"), (8, "注记"), (1, "一号"))
    path = dxf(tmp_path / "a.dxf", polyline(METRES[:4]), polyline(METRES[:3], closed=0), text)
    features = read_features(path)
    assert is_plot(features)
    assert features.frame["layer"].tolist() == ["造林"]
    notes = " ".join(note.en for note in features.notes)
    assert "TEXT × 1" in notes
    assert "open LWPOLYLINE × 1" in notes
    assert "zone 42" in notes


def test_an_old_polyline_of_vertices_is_read(tmp_path: Path) -> None:
    vertices = "".join(group((0, "VERTEX"), (8, "0"), (10, x), (20, y)) for x, y in METRES[:4])
    line = group((0, "POLYLINE"), (8, "边界"), (66, 1), (70, 1)) + vertices + group((0, "SEQEND"))
    assert is_plot(read_features(dxf(tmp_path / "a.dxf", line)))


def test_arcs_become_straight_pieces_within_their_tolerance(tmp_path: Path) -> None:
    x, y = METRES[0]
    circle = polyline([(x, y), (x + 200, y)], bulge=1.0)
    features = read_features(dxf(tmp_path / "a.dxf", circle))
    ground = from_cgcs2000(features.frame.geometry.to_numpy(), ZONE)[0]
    assert ground.area == pytest.approx(np.pi * 100**2, rel=2e-5)
    assert any("arcs" in note.en for note in features.notes)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_layers_of_a_drawing_have_chinese_names_and_are_chosen(
    tmp_path: Path, encoding: str
) -> None:
    head = group((0, "SECTION"), (2, "HEADER"), (9, "$DWGCODEPAGE"), (3, "ANSI_936"), (0, "ENDSEC"))
    lines = polyline(METRES[:4]), polyline([(x + 500, y) for x, y in METRES[:4]], layer="抚育")
    path = dxf(tmp_path / "a.dxf", *lines, encoding=encoding, head=head)
    assert read_features(path).frame["layer"].tolist() == ["造林", "抚育"]
    assert read_features(path, layer="抚育").frame["layer"].tolist() == ["抚育"]


def block(name: str, *entities: str, base: tuple[float, float] = (0, 0)) -> str:
    head = group((0, "BLOCK"), (8, "0"), (2, name), (70, 0), (10, base[0]), (20, base[1]))
    return head + "".join(entities) + group((0, "ENDBLK"))


def insert(name: str, x: float, y: float, *more: tuple[int, object], layer: str = "造林") -> str:
    return group((0, "INSERT"), (8, layer), (2, name), (10, x), (20, y), *more)


def blocks(*defined: str) -> str:
    return group((0, "SECTION"), (2, "BLOCKS")) + "".join(defined) + group((0, "ENDSEC"))


def unit_square(layer: str = "0") -> str:
    return polyline([(0, 0), (1, 0), (1, 1), (0, 1)], layer=layer)


def drawn_metres(path: Path) -> list[list[float]]:
    """West, south, east, north of each plot in metres of the zone, from the first corner."""
    shapes = from_cgcs2000(read_features(path).frame.geometry.to_numpy(), ZONE)
    bounds = shapely.bounds(shapes) - np.tile(METRES[0], 2)
    return [[round(float(edge), 2) + 0.0 for edge in of_shape] for of_shape in bounds]


X, Y = METRES[0]


@pytest.mark.parametrize(
    ("inserted", "bounds"),
    [
        pytest.param([(41, 100), (42, 50)], [[0, 0, 100, 50]], id="scaled"),
        pytest.param([(41, 100), (42, 50), (50, 90)], [[-50, 0, 0, 100]], id="turned"),
        pytest.param([(41, -100), (42, 50)], [[-100, 0, 0, 50]], id="mirrored"),
        pytest.param(
            [(41, 10), (42, 10), (70, 2), (71, 2), (44, 30), (45, 40)],
            [[0, 0, 10, 10], [30, 0, 40, 10], [0, 40, 10, 50], [30, 40, 40, 50]],
            id="in rows and columns",
        ),
    ],
)
def test_an_outline_of_a_block_stands_where_the_block_is_inserted(
    tmp_path: Path, inserted: list[tuple[int, object]], bounds: list[list[float]]
) -> None:
    head = blocks(block("TUBAN", unit_square()))
    path = dxf(tmp_path / "a.dxf", insert("tuban", X, Y, *inserted), head=head)
    assert drawn_metres(path) == bounds


def test_a_block_is_inserted_by_its_base_and_within_other_blocks(tmp_path: Path) -> None:
    inner = block("inner", unit_square(), base=(1, 1))
    outer = block("outer", insert("inner", 5, 0, (41, 2), (42, 2), layer="0"))
    path = dxf(
        tmp_path / "a.dxf", insert("outer", X, Y, (41, 10), (42, 10)), head=blocks(inner, outer)
    )
    assert drawn_metres(path) == [[30, -20, 50, 0]]
    assert read_features(path).frame["layer"].tolist() == ["造林"]


def test_an_outline_of_a_block_keeps_a_layer_of_its_own(tmp_path: Path) -> None:
    head = blocks(block("a", unit_square("抚育"), group((0, "TEXT"), (1, "一号"))))
    path = dxf(tmp_path / "a.dxf", insert("a", X, Y, (41, 99), (42, 99)), head=head)
    features = read_features(path)
    assert features.frame["layer"].tolist() == ["抚育"]
    assert any("TEXT × 1" in note.en for note in features.notes)


def test_a_plane_seen_from_the_other_side_has_its_eastings_turned(tmp_path: Path) -> None:
    turned = polyline([(-x, y) for x, y in METRES[:4]]) + group((230, -1.0))
    assert is_plot(read_features(dxf(tmp_path / "a.dxf", turned)))


def test_decimal_commas_of_a_drawing_are_read_and_told(tmp_path: Path) -> None:
    features = read_features(dxf(tmp_path / "a.dxf", polyline(METRES[:4]).replace(".", ",")))
    assert is_plot(features)
    assert any("decimal points" in note.en for note in features.notes)


def test_inserts_without_end_are_refused_before_they_are_drawn(tmp_path: Path) -> None:
    levels = [block("b0", unit_square())]
    levels += [block(f"b{n}", *[insert(f"b{n - 1}", 0, 0)] * 100) for n in range(1, 9)]
    path = dxf(tmp_path / "a.dxf", insert("b8", X, Y), head=blocks(*levels))
    assert refusal(path).code == "too_many_features"


@pytest.mark.parametrize("deep", [1, 40])
def test_blocks_that_stand_in_themselves_or_too_deep_are_refused(tmp_path: Path, deep: int) -> None:
    ring = [block(f"b{n}", unit_square(), insert(f"b{(n + 1) % deep}", 0, 0)) for n in range(deep)]
    path = dxf(tmp_path / "a.dxf", insert("b0", X, Y), head=blocks(*ring))
    assert refusal(path).code == "dxf_damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (polyline(METRES[:4], closed=0), "no_layer"),
        (polyline(METRES[:4]).replace(f"{METRES[1][0]}", "east"), "dxf_damaged"),
    ],
)
def test_a_drawing_without_a_sound_outline_is_refused(
    tmp_path: Path, content: str, code: str
) -> None:
    assert refusal(dxf(tmp_path / "a.dxf", content)).code == code


@pytest.mark.parametrize(
    ("magic", "remedy"),
    [
        (b"AC1027", "ASCII DXF"),
        (b"\xd0\xcf\x11\xe0", "without a password"),
        (b"\x00\x01\x00\x00Standard Jet DB", "as .gpkg"),
        (b"Rar!\x1a\x07", "pack it as .zip"),
    ],
)
def test_a_known_file_that_is_not_read_is_refused_with_what_to_do(
    tmp_path: Path, magic: bytes, remedy: str
) -> None:
    (tmp_path / "a.csv").write_bytes(magic + bytes(100))
    assert remedy in refusal(tmp_path / "a.csv").message.en


def table(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gbk", "utf-16"])
def test_a_csv_with_wkt_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    rows = [["图斑号", "造林类型", "WKT"], ["2201120010010012345", "人工造林", PLOT.wkt]]
    features = read_features(table(tmp_path / "a.csv", rows, encoding))
    assert is_plot(features)
    assert features.frame["图斑号"].tolist() == ["2201120010010012345"]


def test_wkt_with_its_srid_is_read_in_that_system(tmp_path: Path) -> None:
    wkt = f"SRID={ZONE};{IN_ZONE.wkt}"
    assert is_plot(read_features(table(tmp_path / "a.csv", [["n", "geom"], ["1", wkt]])))


def _in_hex(srid: int) -> str:
    shape = shapely.set_srid(IN_ZONE if srid else PLOT, srid)
    return str(shapely.to_wkb(shape, hex=True, include_srid=bool(srid)))


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(_in_hex(0), id="WKB"),
        pytest.param(_in_hex(ZONE).lower(), id="EWKB of a zone, as PostGIS copies it"),
        pytest.param("\\x" + _in_hex(0), id="bytea"),
        pytest.param(shapely.to_geojson(PLOT), id="GeoJSON"),
        pytest.param(shapely.to_wkt(shapely.force_3d(PLOT, 210.5)), id="WKT with heights"),
        pytest.param(f"srid = {ZONE} ; {IN_ZONE.wkt.lower()}", id="EWKT in small letters"),
    ],
)
def test_a_shape_in_a_cell_is_read_however_it_is_written(tmp_path: Path, cell: str) -> None:
    assert is_plot(read_features(table(tmp_path / "a.csv", [["n", "geom"], ["1", cell]])))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (_in_hex(0)[:-20], "WKB 有误"),
        ("POLYGON ((1 2, 3 4", "WKT 写法有误"),
        ("POLYGON ((125 43, 126 43, 126 44, 125 44))", "环没有闭合"),
        ("坐标系 4490", "不是 WKT"),
        ("SRID=4326;" + PLOT.wkt, "SRID 与第 1 行不同"),
    ],
)
def test_a_cell_that_is_no_shape_is_refused_with_its_row(
    tmp_path: Path, cell: str, why: str
) -> None:
    rows: Rows = [["图斑号", "WKT"], ["1", PLOT.wkt], ["2", cell]]
    refused = refusal(table(tmp_path / "a.csv", rows))
    assert (refused.code, refused.feature) == ("geometry_damaged", 2)
    assert why in refused.message.zh


def test_a_row_that_explains_the_columns_is_the_one_that_is_refused(tmp_path: Path) -> None:
    rows: Rows = [["图斑号", "WKT"], ["必填", "EPSG:4490"], ["1", PLOT.wkt]]
    assert refusal(table(tmp_path / "a.csv", rows)).feature == 1


def test_a_heading_without_rows_is_refused_as_that(tmp_path: Path) -> None:
    refused = refusal(table(tmp_path / "a.csv", [["图斑号", "WKT"]]))
    assert "表头下没有数据" in refused.message.zh


CORNERS = [
    ["图斑号", "点号", "经度", "纬度", "造林类型"],
    *(["一", n, lon, lat, "人工造林"] for n, (lon, lat) in enumerate(DEGREES[:4], 1)),
    *(["二" if n == 1 else "", n, lon + 0.1, lat, ""] for n, (lon, lat) in enumerate(DEGREES, 1)),
]


def test_corners_row_by_row_become_polygons_by_their_number(tmp_path: Path) -> None:
    features = read_features(table(tmp_path / "a.csv", CORNERS))
    assert is_plot(features)
    assert features.frame[["图斑号", "造林类型"]].values.tolist() == [
        ["一", "人工造林"],
        ["二", None],
    ]
    assert any("9 corners became 2 polygons" in note.en for note in features.notes)


def test_corners_in_metres_are_placed_by_the_zone_of_their_eastings(tmp_path: Path) -> None:
    rows: Rows = [["地块号", "X(北)", "Y(东)"], *(["一", y, x] for x, y in METRES[:4])]
    assert is_plot(read_features(table(tmp_path / "a.csv", rows)))


def test_a_point_a_row_stays_a_point(tmp_path: Path) -> None:
    rows: Rows = [["名称", "lon", "lat"], ["甲", 125.3, 43.9], ["乙", 125.4, 43.9]]
    assert read_features(table(tmp_path / "a.csv", rows)).frame.geometry.geom_type.eq("Point").all()


def test_fixes_of_a_csv_stay_points_for_tracks(tmp_path: Path) -> None:
    rows: Rows = [
        ["编号", "时间", "lon", "lat"],
        *(["1", f"2026-07-01 08:0{n}", 125.3, 43.9] for n in range(4)),
    ]
    assert len(read_walks(table(tmp_path / "a.csv", rows)).frame) == 4


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["name", "kind"], ["一", "二"]], "no_geometry_column"),
        ([["lon", "lat"], ["125.3", "north"]], "geometry_damaged"),
        ([["n", "wkt"], ["1", "POLYGON ((1 2, 3 4"]], "geometry_damaged"),
        ([["lon", "lat"], ["125.3", "43.9", "more"]], "table_damaged"),
        ([["only"], ["1"]], "table_damaged"),
        ([["x", "y"], ["500000", "4860000"]], "crs_missing"),
        ([["x", "y"], ["4860000", "42500000"]], "axes_swapped"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_why(
    tmp_path: Path, rows: Sequence[Sequence[object]], code: str
) -> None:
    assert refusal(table(tmp_path / "a.csv", rows)).code == code


def workbook(path: Path, rows: Sequence[Sequence[object]], **formats: str) -> Path:
    """A workbook by XlsxWriter: `formats` are number formats of columns by their heading."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        sheet = writer.book.add_worksheet("图斑")
        for r, cells in enumerate(rows):
            for c, cell in enumerate(cells):
                shown = formats.get(str(rows[0][c])) if r else None
                style = writer.book.add_format({"num_format": shown}) if shown else None
                sheet.write(r, c, cell, style)
    return path


def test_a_workbook_is_read_cell_by_cell(tmp_path: Path) -> None:
    heads = ["图斑号", "年度", "造林时间", "竣工", "面积（亩）", "lon", "lat"]
    day = 45362  # 2024-03-11
    row = ["007", 2024, day, day, 15.5, 125.3, 43.9]
    path = workbook(tmp_path / "a.xlsx", [heads, row], 造林时间="yyyy-mm-dd", 竣工='yyyy"年"m"月"')
    features = read_features(path)
    assert features.layer == "图斑"
    assert features.frame.iloc[0].tolist()[:5] == ["007", "2024", "2024-03-11", "2024-03", "15.5"]


def test_corners_of_a_workbook_become_polygons(tmp_path: Path) -> None:
    rows = [[cell if cell != "" else None for cell in row] for row in CORNERS]
    assert is_plot(read_features(workbook(tmp_path / "a.xlsx", rows)))


def test_titles_above_the_heading_are_left_out_and_told(tmp_path: Path) -> None:
    rows: Rows = [["2024 年造林图斑", None, None], ["图斑号", "lon", "lat"], ["1", 125.3, 43.9]]
    features = read_features(workbook(tmp_path / "a.xlsx", rows))
    assert features.frame["图斑号"].tolist() == ["1"]
    assert any("before the heading" in note.en for note in features.notes)


def test_lines_of_who_filled_it_in_are_no_heading(tmp_path: Path) -> None:
    titles: Rows = [["2024 年造林图斑表"], ["填报单位：双阳区", "", "日期：2024-05-01"]]
    rows: Rows = [["图斑号", "造林类型", "WKT"], ["1", "人工造林", PLOT.wkt]]
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("图斑")
        for n, cells in enumerate([*titles, *rows]):
            sheet.write_row(n, 0, cells)
        sheet.merge_range(0, 0, 0, 2, titles[0][0])
        sheet.merge_range(1, 0, 1, 1, titles[1][0])
    for path in (tmp_path / "a.xlsx", table(tmp_path / "a.csv", [*titles, *rows])):
        features = read_features(path)
        assert is_plot(features)
        assert features.frame["造林类型"].tolist() == ["人工造林"]


def test_a_row_of_units_below_the_heading_is_joined_to_it(tmp_path: Path) -> None:
    rows: Rows = [["图斑号", "造林面积", "WKT"], ["", "亩", ""], ["1", "15", PLOT.wkt]]
    frame = read_features(table(tmp_path / "a.csv", rows)).frame
    assert frame["造林面积(亩)"].tolist() == ["15"]


def test_a_line_end_that_a_workbook_escapes_is_one(tmp_path: Path) -> None:
    heads = ["造林\r\n时间", "WKT"]
    features = read_features(workbook(tmp_path / "a.xlsx", [heads, ["2024-04-05", PLOT.wkt]]))
    assert "_x000D_" not in "".join(map(str, features.frame.columns))


def test_a_plot_of_two_corners_is_named_among_others(tmp_path: Path) -> None:
    rows: Rows = [["图斑号", "经度", "纬度"], *(["甲", *at] for at in DEGREES)]
    rows = [*rows, ["乙", 125.31, 43.9], ["乙", 125.32, 43.9]]
    refused = refusal(table(tmp_path / "a.csv", rows))
    assert (refused.code, refused.feature) == ("geometry_damaged", 2)
    assert "乙" in refused.message.zh


def test_an_error_in_a_cell_is_told_where_it_is_used(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["年度", "lon", "lat"], ["=1/0", 125.3, 43.9]])
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    broken = re.sub(r'<c r="A2".*?</c>', '<c r="A2" t="e"><v>#DIV/0!</v></c>', sheet)
    parts["xl/worksheets/sheet1.xml"] = broken.encode()
    cell = read_features(zipped(tmp_path / "b.xlsx", dict(parts))).frame["年度"][0]
    assert isinstance(cell, Unreadable)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "b">]><sst/>'
    parts: dict[str, bytes | Path] = {
        "xl/workbook.xml": b"<workbook/>",
        "xl/sharedStrings.xml": doctype,
    }
    assert refusal(zipped(tmp_path / "a.xlsx", parts)).code == "xml_entities"


def test_a_readme_beside_a_layer_is_no_layer(tmp_path: Path) -> None:
    whole = {"type": "FeatureCollection", "features": []}
    parts: dict[str, bytes | Path] = {
        "a.geojson": json.dumps(whole).encode(),
        "readme.txt": b"hello",
    }
    assert read_features(zipped(tmp_path / "a.zip", parts)).layer == "a"


def test_a_workbook_of_merged_cells_gives_each_row_the_value(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("图斑")
        sheet.write_row(0, 0, ["名称", "年度", "WKT"])
        for row, shape in enumerate(squares(2), 1):
            sheet.write_row(row, 0, [f"{row}号", "", shape.wkt])
        sheet.merge_range(1, 1, 2, 1, 2023)
    features = read_features(tmp_path / "a.xlsx")
    assert features.frame["年度"].tolist() == ["2023", "2023"]
    assert any("merged cells" in note.en for note in features.notes)


def test_merged_cells_beyond_the_bound_are_refused_and_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_tables, "_MAX_MERGED", 1)
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("图斑")
        for row in range(2):
            sheet.merge_range(row, 0, row, 1, "名称")
    with pytest.raises(FileRefused) as refused:
        read_xlsx(tmp_path / "a.xlsx", None, Limits(), tmp_path)
    assert refused.value.code == "too_many_cells"


def test_a_heading_of_two_rows_becomes_one(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("图斑")
        sheet.merge_range(0, 0, 1, 0, "名称")
        sheet.merge_range(0, 1, 0, 2, "面积")
        sheet.merge_range(0, 3, 1, 3, "WKT")
        sheet.write_row(1, 1, ["亩", "公顷"])
        sheet.write_row(2, 0, ["一号", 15, 1, PLOT.wkt])
    frame = read_features(tmp_path / "a.xlsx").frame
    assert list(frame.columns.drop(frame.geometry.name)) == ["名称", "面积(亩)", "面积(公顷)"]


def test_a_hidden_sheet_is_left_out_and_told(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        for name, label in (("图斑", "一号"), ("旧表", "旧号")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["名称", "WKT"])
            sheet.write_row(1, 0, [label, PLOT.wkt])
        sheet.hide()
    features = read_features(tmp_path / "a.xlsx")
    assert features.frame["名称"].tolist() == ["一号"]
    assert any("旧表" in note.zh for note in features.notes)
    assert read_features(tmp_path / "a.xlsx", layer="旧表").frame["名称"].tolist() == ["旧号"]


def test_a_formula_without_its_result_is_told_where_it_is_used(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("图斑")
        sheet.write_row(0, 0, ["年度", "WKT"])
        sheet.write_formula(1, 0, "=2000+24", value="")
        sheet.write(1, 1, PLOT.wkt)
    cell = read_features(tmp_path / "a.xlsx").frame["年度"][0]
    assert isinstance(cell, Unreadable)
    assert "formula" in cell.why.en


def _degrees(value: float) -> str:
    minutes = value % 1 * 60
    return f"{int(value)}°{int(minutes)}′{minutes % 1 * 60:.6f}″"


@pytest.mark.parametrize(
    "written",
    [
        _degrees,
        lambda value: _degrees(value).translate(str.maketrans("°′", "  ", "″")),
        lambda value: _degrees(value).translate(str.maketrans("°′", "::", "″")),
        lambda value: _degrees(value).translate(str.maketrans("°′", "--", "″")),
        lambda value: f"{value:.9f}".translate(
            str.maketrans("0123456789.", "０１２３４５６７８９．")
        ),
    ],
)
def test_ordinates_are_read_as_people_write_them(
    tmp_path: Path, written: Callable[[float], str]
) -> None:
    rows: Rows = [
        ["地块", "序号", "经度", "纬度"],
        *(["A", n, written(lon), written(lat)] for n, (lon, lat) in enumerate(DEGREES[:4], 1)),
    ]
    assert is_plot(read_features(table(tmp_path / "a.csv", rows)))


def test_metres_with_their_thousands_set_apart_are_read(tmp_path: Path) -> None:
    rows: Rows = [
        ["图斑号", "横坐标", "纵坐标"],
        *(["A", f"{east:,.4f}", f"{north:,.4f}"] for east, north in METRES[:4]),
    ]
    assert is_plot(read_features(table(tmp_path / "a.csv", rows)))


def test_numbered_corners_and_nothing_else_are_one_plot(tmp_path: Path) -> None:
    rows: Rows = [["序号", "经度", "纬度"], *([n, *at] for n, at in enumerate(DEGREES[:4], 1))]
    assert is_plot(read_features(table(tmp_path / "a.csv", rows)))


def test_points_that_may_be_corners_are_told_how_to_send_them(tmp_path: Path) -> None:
    rows: Rows = [["高程", "经度", "纬度"], *([n, *at] for n, at in enumerate(DEGREES[:4], 1))]
    assert any("图斑号" in note.zh for note in read_features(table(tmp_path / "a.csv", rows)).notes)


def test_a_table_with_full_width_commas_is_read(tmp_path: Path) -> None:
    lines = ["图斑号，经度，纬度", *(f"A，{lon}，{lat}" for lon, lat in DEGREES[:4])]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="gbk")
    assert is_plot(read_features(tmp_path / "a.csv"))


def test_a_table_in_a_txt_is_read_by_its_heading(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"名称\tWKT\n一号\t{PLOT.wkt}\n", encoding="gbk")
    assert is_plot(read_features(tmp_path / "a.txt"))


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_title_above_a_table_parted_by_tabs_hides_nothing(tmp_path: Path, name: str) -> None:
    text = f"2024年造林图斑，双阳区\n名称\tWKT\n一号\t{PLOT.wkt}\n"
    (tmp_path / name).write_text(text, encoding="gbk")
    assert is_plot(read_features(tmp_path / name))


def test_a_txt_of_words_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("坐标系，经度与纬度\n说明\n", encoding="utf-8")
    assert refusal(tmp_path / "a.txt").code == "not_gis"


def test_boundary_points_in_utf_16_are_read(tmp_path: Path) -> None:
    path = boundary_points(tmp_path / "a.txt", parcel([METRES], declared=5), encoding="utf-16")
    assert is_plot(read_features(path))


def test_a_cell_at_the_end_of_a_sheet_costs_no_more_than_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("图斑")
        sheet.write_row(0, 0, ["名称", "年度", "WKT"])
        sheet.write(900_000, 0, "x")
        sheet.write(0, 1_900, "y")
    with pytest.raises(FileRefused) as of_plots:
        read_xlsx(path, None, Limits(), tmp_path)
    with pytest.raises(FileRefused) as of_tasks:
        write_cells(path, tmp_path)
    assert (of_plots.value.code, of_tasks.value.code) == ("too_many_columns", "too_many_cells")


def test_a_far_cell_without_a_value_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("任务")
        sheet.write_row(0, 0, ["指标", "行政区", "任务量"])
        sheet.write_blank(900_000, 16_000, None, book.add_format({"bold": True}))
    write_cells(path, tmp_path)
    assert len(json.loads((tmp_path / CELLS).read_text())[0]["rows"]) == 1


@pytest.mark.parametrize(
    "last", ["合 计,53.9,", "填表人：张三,审核人：李四,", "总计\n\n制表：王五"]
)
def test_sums_and_signatures_below_a_table_are_no_plots(tmp_path: Path, last: str) -> None:
    text = f'name,面积,WKT\n一号,53.9,"{PLOT.wkt}"\n{last}\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    features = read_features(tmp_path / "a.csv")
    assert features.frame["name"].tolist() == ["一号"]
    assert any("合计、填表人" in note.zh for note in features.notes)


def test_rows_that_a_sheet_hides_are_read_and_told(tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row, name in enumerate(["name", "一号", "二号"]):
            sheet.write_row(row, 0, [name, PLOT.wkt if row else "WKT"])
        sheet.set_row(2, None, None, {"hidden": True})
    features = read_features(tmp_path / "a.xlsx")
    assert features.frame["name"].tolist() == ["一号", "二号"]
    assert any("row 2" in note.en and "hidden" in note.en for note in features.notes)
