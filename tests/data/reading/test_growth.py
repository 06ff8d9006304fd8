"""No cell, name or tag of a file costs more time than its length."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from data.cell_values import BadValueError
from data.code_tables import checked_row
from data.codes import UnknownCodeError, code_list
from data.days import day
from data.districts.codes import plain_code
from data.errors import FileRefused
from data.headings import plain_heading
from data.patrol.tracks import TrackTable, track_table
from data.plots.parsers import PARSERS
from data.plots.species import species_mix
from data.reading.boundary_points import read_boundary_points
from data.reading.cells import _CELL, _PLACE, SheetCells, sheet_of_text
from data.reading.csv_tables import read_csv
from data.reading.dxf import read_dxf
from data.reading.encoding import Table, TextField, choose
from data.reading.geojson import read_geojson
from data.reading.gpx import read_gpx
from data.reading.kml import read_kml
from data.reading.kml_tracks import read_kml_tracks
from data.reading.layers import _module
from data.reading.limits import Limits
from data.reading.named_crs import reference_system
from data.reading.sniff import format_of
from data.reading.tables import layer_of_grid
from data.reading.text_files import read_text_file
from data.reading.track_points import tracks_of_points
from data.task_cells import parse_task_cell, unit_in_heading
from data.task_tables import Names, read_task_table
from data.text_cleaning import Unprintable
from data.timestamps import moment
from gis.declared import declared_areas
from service.patrol.tracks.importing import refused_rows
from tests.growth import N, assert_grows_as_its_input

# What makes one part of a pattern stand where another could, over and over.
REPEATED = {
    "blanks": " ",
    "digits": "1",
    "dots": "1.",
    "commas": ",1",
    "plus": "红+",
    "shares": "1%",
    "tenths": "6红",
    "brackets": "[",
    "braces": '{"a":',
    "quotes": '"',
    "escaped quotes": '\\"',
    "slashes": "/",
    "letters": "a",
    "words": "virtual table ",
    "using": "using ",
}


def times(text: str, size: int) -> str:
    """A text of about ``size`` characters."""
    return text * (size // len(text))


def columns_of(name: str) -> object:
    return declared_areas(pd.DataFrame({name: [1.0]}), np.array([1.0]))


CELLS: dict[str, Callable[[Any], object]] = {
    **PARSERS,
    "moment": moment,
    "district code": plain_code,
    "heading": plain_heading,
    "declared area": columns_of,
    "the .prj or crs of a file": lambda text: reference_system(text, None),
    "SQL of a GeoPackage": _module,
    "unprintable text": lambda text: Unprintable().cleaned(text, row=1, column="note"),
    "cell of a task table": parse_task_cell,
    "heading of a task table": unit_in_heading,
    "number of a code list": lambda text: checked_row("unit_of_measure", {"factor": text}),
    "code list": lambda text: code_list("kind").find(text),
}


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_takes_time_by_its_length(cell: str) -> None:
    for text in REPEATED.values():
        for before, after in (("", ""), ("红松", "x"), ("EPSG:", "!"), ("", "%")):
            assert_grows_as_its_input(
                CELLS[cell],
                lambda size, t=text, b=before, a=after: b + times(t, size) + a,  # type: ignore[misc]
            )


def test_blanks_in_a_cell_of_species_are_read_at_once() -> None:
    assert species_mix(f"红松{' ' * 50_000}60%+落叶松40 %") == species_mix("红松60%+落叶松40%")


@pytest.mark.parametrize(
    "cell", ["9" * 400 + "红松", "红松" + "9" * 400 + "%", "9" * 5_000 + "红松"]
)
def test_a_share_of_hundreds_of_digits_is_refused_in_words(cell: str) -> None:
    with pytest.raises(ValueError, match="树种比例之和是 inf"):
        species_mix(cell)


@pytest.mark.parametrize("name", ["year", "plan_ids"])
def test_a_number_of_thousands_of_digits_is_refused_in_words(name: str) -> None:
    with pytest.raises(BadValueError):
        PARSERS[name]("9" * 5_000)


def test_an_unknown_word_is_shown_shortened() -> None:
    with pytest.raises(UnknownCodeError) as refused:
        code_list("kind").find("甲" * 100_000)
    assert len(str(refused.value)) < 1_000


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE a USING/**/other(id)",
        "CREATE VIRTUAL/* */TABLE a USING other(id)",
        "CREATE VIRTUAL TABLE a--rtree\nUSING other(id)",
    ],
)
def test_a_comment_does_not_hide_a_virtual_table(sql: str) -> None:
    assert _module(sql) == "other"


def test_an_encoding_is_found_by_the_length_of_the_table() -> None:
    def table(rows: int) -> Table:
        values = ["长春市".encode("gbk")] * rows
        return Table(rows, [b"name"], [TextField(0, 20, values, [])])

    assert_grows_as_its_input(lambda t: choose(t, declared=None, forced=None), table)


def gpx(inner: str) -> str:
    return f"<gpx><trk>{inner}</trk></gpx>"


def placemarks(inner: str) -> str:
    return f"<kml>{inner}</kml>"


XML: dict[str, tuple[Callable[[Path], object], Callable[[int], str]]] = {
    "an attribute": (
        lambda path: read_gpx(path, None, Limits(), path.parent),
        lambda size: gpx(f'<a b="{"x" * 100 * size}"/>'),
    ),
    "a comment": (
        lambda path: read_gpx(path, None, Limits(), path.parent),
        lambda size: gpx(f"<!--{'x' * 100 * size}-->"),
    ),
    "tracks": (
        lambda path: read_gpx(path, None, Limits(), path.parent),
        lambda size: gpx('<trkpt lat="43" lon="126"><time>a</time></trkpt>' * (size // 4)),
    ),
    "elements in each other": (
        lambda path: read_gpx(path, None, Limits(), path.parent),
        lambda size: gpx("<a>" * size + "</a>" * size),
    ),
    "placemarks in each other": (
        lambda path: read_kml_tracks(path, None, Limits(), path.parent),
        lambda size: placemarks("<Placemark>" * (size // 4) + "</Placemark>" * (size // 4)),
    ),
}


def coordinates(text: str) -> str:
    line = f"<LineString><coordinates>{text}</coordinates></LineString>"
    return placemarks(f"<Placemark>{line}</Placemark>")


def kml(path: Path) -> object:
    return read_kml(path, None, Limits(), path.parent)


XML |= {
    "digits without a comma": (kml, lambda size: coordinates("1" * 10 * size)),
    "commas": (kml, lambda size: coordinates("1,2 " * size)),
    "blanks around a comma": (kml, lambda size: coordinates(f"1{' ' * 10 * size},2 3,4")),
    "placemarks": (
        kml,
        lambda size: placemarks("<Placemark><name>a</name></Placemark>" * (size // 4)),
    ),
}

LINES: dict[str, tuple[Callable[[Path], object], Callable[[int], str]]] = {
    "points of a parcel": (
        lambda path: read_boundary_points(path, None, Limits()),
        lambda size: "[地块坐标]\n,,,@\n" + "J1,1,4862948.7,42443841.7\n" * size,
    ),
    "a long line of points": (
        lambda path: read_boundary_points(path, None, Limits()),
        lambda size: "[地块坐标]\n,,,@\nJ1" + " " * size,
    ),
    "vertices of a drawing": (
        lambda path: read_dxf(path, None, Limits()),
        lambda size: "0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n" + "10\n1\n20\n2\n" * size,
    ),
    "comments before a drawing": (format_of, lambda size: "999\n\n\n" * size),
    "an open quotation in a table": (
        lambda path: read_csv(path, None, Limits()),
        lambda size: 'a,b\n"' + "x,\n" * size,
    ),
    "rows of a table": (
        lambda path: layer_of_grid(read_csv(path, None, Limits()), Limits(), points_only=False),
        lambda size: "图斑号,经度,纬度\n" + "1,125.3,43.9\n,125.4,43.9\n" * size,
    ),
    "text in two encodings": (read_text_file, lambda size: "长春 " * size),
}


# Every word that ends with 县 is a district of its own, in none of the others.
PLACES = Names(
    indicator=lambda word: "villages.greened" if word.startswith("村屯") else None,
    holder=lambda word: ("district", word) if word.endswith("县") else None,
)
TABLES: dict[str, Callable[[int], str]] = {
    "rows": lambda size: "指标\t行政区\t任务量\n" + "村屯绿化\t西县\t3个\n" * size,
    "unreadable rows": lambda size: "指标\t行政区\t任务量\n" + "村屯绿化\t火星\tx\n" * size,
    "districts and totals in columns": lambda size: (
        "指标\t" + "\t".join([f"{n}县" for n in range(size)] + ["合计"] * size)
        + f"\n村屯绿化{chr(9)}" + "1个\t" * size + f"{size}个\t" * size
    ),
    "districts and totals in rows": lambda size: (
        "行政区\t村屯绿化（个）\n" + "".join(f"{n}县\t1\n" for n in range(size))
        + f"合计\t{size}\n" * size
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_task_table_takes_time_by_its_cells(name: str) -> None:
    assert_grows_as_its_input(
        lambda text: read_task_table([sheet_of_text(text)], PLACES), TABLES[name], n=N // 20
    )


@pytest.mark.parametrize("part", [b"<c ", b'<c r="A1" ', b"<c a='", b" r=", b"<a:c\t"])
def test_cells_of_a_workbook_are_looked_for_in_time_by_its_length(part: bytes) -> None:
    def places(written: bytes) -> object:
        return [_PLACE.search(tag[1]) for tag in _CELL.finditer(b"<c " + written + b">")]

    assert_grows_as_its_input(places, lambda size: part * size)


def merged_pairs(rows: int) -> SheetCells:
    """A long table in which the first two cells of every row are one."""
    sheet = sheet_of_text("指标\t行政区\t任务量\n" + "村屯绿化\t西县\t3个\n" * rows)
    return replace(sheet, merged=[((n, 0), (n, 1)) for n in range(1, rows + 1)])


def test_merged_cells_of_a_task_table_take_time_by_their_number() -> None:
    assert_grows_as_its_input(
        lambda sheet: read_task_table([sheet], PLACES), merged_pairs, n=N // 20
    )


@pytest.mark.parametrize("ranges", [[((1, 0), (2, 0))] * 2, [((1, 0), (9**9, 0))] * 9**6])
def test_merged_cells_over_each_other_are_refused_at_once(ranges: list[Any]) -> None:
    sheet = replace(merged_pairs(2_000), merged=ranges)
    with pytest.raises(FileRefused) as refused:
        read_task_table([sheet], PLACES)
    assert refused.value.code == "file_damaged"


@pytest.mark.parametrize("name", LINES)
def test_a_file_of_lines_takes_time_by_its_length(name: str, tmp_path: Path) -> None:
    read, make = LINES[name]

    def file(size: int) -> Path:
        path = tmp_path / f"{size}.csv"
        path.write_bytes(make(size).encode("gbk") + b"\xff")
        return path

    assert_grows_as_its_input(read, file, n=N // 2)


def test_a_day_takes_time_by_its_length() -> None:
    assert_grows_as_its_input(day, lambda size: "2024-01-01 :" + " " * size + "x")


@pytest.mark.parametrize("name", XML)
def test_an_xml_file_takes_time_by_its_length(name: str, tmp_path: Path) -> None:
    read, make = XML[name]

    def file(size: int) -> Path:
        path = tmp_path / f"{size}.xml"
        path.write_text(make(size), encoding="utf-8")
        return path

    assert_grows_as_its_input(read, file, n=N)


def named_apart(path: Path, features: int) -> Path:
    """A file in which every feature has a property of its own."""
    point = {"type": "Point", "coordinates": [126, 43]}
    rows = [
        {"type": "Feature", "geometry": point, "properties": {f"k{n}": n}} for n in range(features)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def test_properties_of_their_own_for_every_feature_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read_geojson(named_apart(tmp_path / "a.geojson", 2_000), None, Limits())
    assert refused.value.code == "too_many_columns"


def test_a_name_of_its_own_for_every_placemark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    data = '<ExtendedData><Data name="k{}"><value>1</value></Data></ExtendedData>'
    rows = (f"<Placemark>{data.format(n)}</Placemark>" for n in range(2_000))
    path.write_text(placemarks("".join(rows)))
    with pytest.raises(FileRefused) as refused:
        read_kml_tracks(path, None, Limits(), path.parent)
    assert refused.value.code == "too_many_columns"


@pytest.mark.parametrize("depth", [100, 400, 900, 100_000])
def test_a_property_of_many_levels_is_refused_in_words(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    nested = "[" * depth + "]" * depth
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,'
        f'"properties":{{"a":{nested}}}}}]}}'
    )
    with pytest.raises(FileRefused) as refused:
        read_geojson(path, None, Limits())
    assert refused.value.code == "json_damaged"


def test_fixes_each_of_a_track_of_its_own() -> None:
    def table(count: int) -> geopandas.GeoDataFrame:
        columns = {"time": ["2026-07-01 08:00"] * count, "track": list(range(count))}
        points = shapely.points(np.full((count, 2), (125.6, 43.5)))
        return geopandas.GeoDataFrame(columns, geometry=points)

    assert_grows_as_its_input(
        lambda fixes: tracks_of_points(fixes, {"time": "time", "track": "track"}), table, n=4_000
    )


def test_tracks_that_cannot_be_stored_are_told_one_after_the_other() -> None:
    def tracks(count: int) -> TrackTable:
        points = shapely.points(np.full((count, 2), (125.6, 43.5)))
        return track_table(geopandas.GeoDataFrame({"n": range(count)}, geometry=points), fields={})

    assert_grows_as_its_input(refused_rows, tracks, n=4_000)
