"""Files as people really send them, whole: what an import of plots makes of each."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import shapely
from xlsxwriter import Workbook

from data.errors import FileRefused
from data.plots.plots import PlotTable, read_plots
from gis.crs import CGCS2000
from tests.data.reading.test_geopackage import left_open
from tests.data.reading.test_kml import kml, nested, placemark
from tests.data.reading.test_more_formats import METRES, boundary_points, dxf, parcel, polyline
from tests.data.reading.test_more_formats import table as csv_table
from tests.data.sending import (
    CGCS2000_PRJ,
    collection,
    geojson,
    parts,
    squares,
    table,
    typed_shapefile,
    zipped,
)

DEFAULTS = {"stage": "planted", "kind": "RGZL", "year": 2024}
Make = Callable[[Path], Path]


class Answer(NamedTuple):
    """What is said of a file: the refusal of all of it, or the problems of its rows."""

    refused: str | None = None
    problems: Sequence[tuple[int, str]] = ()
    told: str = ""
    """Part of a note, or of the refusal."""
    values: tuple[str, Sequence[Any]] | None = None
    """A property and its values."""


def dbf_zip(field: tuple[bytes, bytes, int, int], *cells: bytes, memo: bytes = b"") -> Make:
    """A zipped shapefile with one column, its rows the cells."""

    def make(folder: Path) -> Path:
        version = 0x83 if field[1] == b"M" else 3
        shp = typed_shapefile(folder / "in", [field], [[c] for c in cells], version=version)
        shp.with_suffix(".prj").write_text(CGCS2000_PRJ)
        if memo:
            shp.with_suffix(".dbt").write_bytes(bytes(512) + memo + b"\x1a\x1a")
        return zipped(folder / "a.zip", parts(shp))

    return make


def properties(**values: Sequence[object]) -> Make:
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return lambda folder: geojson(folder / "a.geojson", collection(squares(len(rows)), rows))


def without_prj(folder: Path, epsg: int) -> Path:
    """A zipped shapefile in a reference system that it does not name."""
    table({"name": ["甲"]}, crs=CGCS2000).to_crs(epsg).to_file(folder / "in.shp", encoding="GBK")
    (folder / "in.prj").unlink()
    return zipped(folder / "a.zip", parts(folder / "in.shp"))


def workbook(folder: Path) -> Path:
    """An Excel file with plots on its second sheet, and words on the others."""
    with Workbook(folder / "a.xlsx") as book:
        for name, rows in (
            ("说明", [["本表由林业站填报"], ["共 1 个图斑"]]),
            ("图斑", [["名称", "WKT"], ["北坡", squares(1)[0].wkt]]),
            ("字典", [["代码", "名称"], ["RGZL", "人工造林"]]),
        ):
            sheet = book.add_worksheet(name)
            for n, cells in enumerate(rows):
                sheet.write_row(n, 0, cells)
    return folder / "a.xlsx"


PLOT_NO = (b"plot_no", b"N", 19, 0)
DAY = (b"planted_on", b"D", 8, 0)
CASES: dict[str, tuple[Make, Answer]] = {
    "19 digits": (
        dbf_zip(PLOT_NO, b"2201120010010012345", b"2201120010010012346"),
        Answer(values=("plot_no", ["2201120010010012345", "2201120010010012346"])),
    ),
    "the 30th of February": (
        dbf_zip(DAY, b"20240312", b"20240230"),
        Answer(problems=[(2, "unreadable_value")]),
    ),
    "a month in a field of days": (
        dbf_zip(DAY, b"20240312", b"202411"),
        Answer(problems=[(2, "unreadable_value")]),
    ),
    "months as text": (
        dbf_zip((b"planted_on", b"C", 12, 0), b"2024.11", b"202411", b"2024-11-05"),
        Answer(problems=[(1, "month_only"), (2, "month_only")]),
    ),
    "months as numbers": (
        properties(planted_on=[202411, 2024.11, 20241105]),
        Answer(problems=[(1, "month_only"), (2, "month_only")]),
    ),
    "an overflown year": (
        dbf_zip((b"year", b"N", 4, 0), b"2024", b"****"),
        Answer(problems=[(2, "unreadable_value")]),
    ),
    "a declared area of asterisks, as QGIS writes where there is none": (
        dbf_zip((b"declared_m2", b"N", 8, 2), b"12.5", b"********"),
        Answer(values=("declared_m2", [12.5, None])),
    ),
    "a day of 1899, which a spreadsheet makes of 0": (
        properties(planted_on=["2024-03-12", "1899-12-30", "2101-01-01"]),
        Answer(problems=[(2, "out_of_range"), (3, "out_of_range")]),
    ),
    "a day that a table made a number of": (
        properties(planted_on=["20240312.0"]),
        Answer(values=("planted_on", [date(2024, 3, 12)])),
    ),
    "two columns of one meaning that differ": (
        properties(tbh=["1", "2"], TBH=["1", "3"], 造林时间=["2024-03-12", None]),
        Answer(
            told="columns tbh and TBH are both plot_no and differ in row 2",
            values=("plot_no", ["1", "2"]),
        ),
    ),
    "two columns of one meaning that agree": (
        properties(year=[2024, 2024], 年度=["2024年", None]),
        Answer(values=("year", [2024, 2024])),
    ),
    "an overflown column that nobody uses": (
        dbf_zip((b"SHAPE_Leng", b"N", 8, 2), b"12.5", b"********"),
        Answer(told="column SHAPE_Leng, row 2"),
    ),
    "a memo": (
        dbf_zip((b"note", b"M", 10, 0), b"1", memo="北坡有坟地".encode("gbk")),
        Answer(values=("note", ["北坡有坟地"])),
    ),
    "a memo without its file": (
        dbf_zip((b"note", b"M", 10, 0), b"1"),
        Answer(problems=[(1, "unreadable_value")]),
    ),
    "two encodings": (
        dbf_zip((b"name", b"C", 40, 0), "红旗林场".encode("gbk"), "双阳湖东".encode()),
        Answer(refused="mixed_encodings", told="column name, row"),
    ),
    "a day in UTC": (
        properties(planted_on=["2024-03-11T16:00:00Z", "2024-12-31T16:00:00.000Z"]),
        Answer(told="2024-03-12"),
    ),
    "a year out of range": (properties(year=[1930]), Answer(problems=[(1, "not_a_year")])),
    "a share of 400 digits": (
        properties(species=["1" * 400 + "红松"]),
        Answer(problems=[(1, "species_shares")]),
    ),
    "an answer that was cut": (
        lambda folder: geojson(
            folder / "a.geojson", {**collection(squares(1)), "exceededTransferLimit": True}
        ),
        Answer(told="not whole"),
    ),
    "chinese names in KML": (
        lambda folder: kml(
            folder / "a.kml", placemark("一号", {"造林方式": "植苗造林", "造林密度": "1110"})
        ),
        Answer(values=("density_per_ha", [1110.0])),
    ),
    "folders in KML": (
        lambda folder: nested(folder / "a.kml"),
        Answer(values=("name", ["K0", "K1", "K2", "K3"]), told="3 folders"),
    ),
    "a GeoPackage with its log": (
        lambda folder: zipped(folder / "a.zip", left_open(folder)),
        Answer(values=("name", ["after"]), told="its log"),
    ),
    "points of a parcel": (
        lambda folder: boundary_points(folder / "a.txt", parcel([METRES], declared=4)),
        Answer(values=("declared_m2", [10_000.0]), told="zone 42"),
    ),
    "a drawing": (
        lambda folder: dxf(folder / "a.dxf", polyline(METRES[:4])),
        Answer(told="zone 42"),
    ),
    "areas with their unit": (
        properties(**{"面积（亩）": ["15亩", "1公顷", "约30"]}),
        Answer(problems=[(2, "not_a_number"), (3, "not_a_number")]),
    ),
    "a year as a text of a number": (properties(year=["2024.0"]), Answer(values=("year", [2024]))),
    "a walk around a plot": (
        lambda folder: geojson(
            folder / "a.geojson", collection([s.exterior for s in squares(2)], [{}, {}])
        ),
        Answer(told="end where they begin"),
    ),
    "a line that is open": (
        lambda folder: geojson(
            folder / "a.geojson",
            collection([shapely.LineString(squares(1)[0].exterior.coords[:-1])], [{}]),
        ),
        Answer(problems=[(1, "not_polygon")]),
    ),
    "a shapefile without .prj whose eastings bear the zone": (
        lambda folder: without_prj(folder, 4530),
        Answer(refused="crs_missing", told="--crs EPSG:4530"),
    ),
    "a workbook with a sheet of explanations": (
        workbook,
        Answer(values=("name", ["北坡"])),
    ),
    "a number that a spreadsheet rounded": (
        lambda folder: csv_table(
            folder / "a.csv", [["图斑号", "WKT"], ["2.20112E+18", squares(1)[0].wkt]]
        ),
        Answer(problems=[(1, "digits_lost")]),
    ),
}


def said(table: PlotTable) -> str:
    return " ".join(note.en for note in table.notes)


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_answered_with_row_column_and_remedy(name: str, tmp_path: Path) -> None:
    make, right = CASES[name]
    path = make(tmp_path)
    before = path.read_bytes()
    if right.refused is not None:
        with pytest.raises(FileRefused) as refused:
            read_plots(path, defaults=DEFAULTS)
        assert refused.value.code == right.refused
        assert right.told in refused.value.message.en
        return
    table = read_plots(path, defaults=DEFAULTS)
    assert [(problem.row, problem.code) for problem in table.problems] == list(right.problems)
    assert all(problem.column in problem.message.en for problem in table.problems if problem.column)
    assert right.told in said(table)
    if right.values is not None:
        column, values = right.values
        assert table.frame[column].tolist() == list(values)
    assert path.read_bytes() == before
