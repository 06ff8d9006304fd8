"""What we write we read back whole."""

import csv
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from data.demo.demo import demo_districts
from data.districts.districts import read_districts
from data.patrol.tracks import read_tracks
from data.patrol.zones import read_zones
from data.plots.plots import PROPERTIES, read_plots
from data.reading.features import read_features
from data.schemas import Encoding
from data.timestamps import BEIJING
from data.writing.dispatch import write
from tests.data.sending import squares, table

PLOT: dict[str, list[object]] = {
    "stage": ["planted", "planned"],
    "kind": ["RGZL", "G1"],
    "year": [2026, 2025],
    "name": ["一号", "二号"],
    "plot_no": ["007", "008"],
    "category": ["ZDGC", None],
    "method": ["ZM", None],
    "species": [[{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}], None],
    "density_per_ha": [1665.0, None],
    "compartment_no": ["12", None],
    "subcompartment_no": ["3", None],
    "town": ["220102001", None],
    "village": ["220102001002", None],
    "land_ownership": ["20", None],
    "tree_ownership": ["21", None],
    "declared_m2": [1200.5, None],
    "plans": [["2025/00003", "2025/甲15"], None],
    "note": ["北坡", None],
    "unit": ["22-lyj", None],
}


def plots() -> geopandas.GeoDataFrame:
    return table(PLOT, squares(2))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("a.zip", "UTF-8"),
        ("a.zip", "GBK"),
        ("a.zip", "GB18030"),
        ("a.gpkg", "UTF-8"),
        ("a.gdb.zip", "UTF-8"),
        ("a.fgb", "UTF-8"),
        ("a.geojson", "UTF-8"),
        ("a.geojsonl", "UTF-8"),
        ("a.csv", "UTF-8"),
        ("a.xlsx", "UTF-8"),
        ("a.kml", "UTF-8"),
        ("a.parquet", "UTF-8"),
    ],
)
def test_plots_come_back_with_every_property(tmp_path: Path, name: str, encoding: Encoding) -> None:
    write(plots(), tmp_path / name, encoding=encoding)
    back = read_plots(tmp_path / name)
    assert back.problems == []
    rows = back.frame.sort_values("plot_no")
    assert {column: rows[column].tolist() for column in PLOT} == PLOT
    drawn = sorted(squares(2), key=lambda square: square.bounds)
    came_back = sorted(rows.geometry, key=lambda plot: plot.bounds)
    assert max(map(shapely.hausdorff_distance, came_back, drawn)) < 2e-9  # degrees: the grid


def test_the_short_names_of_the_interface_come_back_with_every_property(tmp_path: Path) -> None:
    write(plots(), tmp_path / "a.zip", schema="plain")
    back = read_plots(tmp_path / "a.zip")
    assert back.problems == []
    assert {column: back.frame[column].tolist() for column in PLOT} == PLOT


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ("ldbg", {"BHYY": "10", "YU_BI_DU": 0.7, "Q_DI_LEI": "0301"}),
        ("dltb", {"DLBM": "0301", "QSXZ": "30", "KCXS": 0.12}),
    ],
)
def test_fields_of_other_official_layers_come_back_by_their_schema(
    tmp_path: Path, schema: str, values: dict[str, object]
) -> None:
    frame = plots().iloc[[0]].assign(extra=[{schema: values}])
    write(frame, tmp_path / "a.zip", schema=schema, encoding="GBK")
    given = {"stage": "planted", "kind": "RGZL", "year": 2026}
    (extra,) = read_plots(tmp_path / "a.zip", defaults=given).frame["extra"]
    assert values.items() <= extra[schema].items()


def test_official_fields_come_back_by_their_schema(tmp_path: Path) -> None:
    extra = [{"lcxzgx": {"yu_bi_du": 0.7, "di_lei": "0301"}}, {"lcxzgx": {"di_lei": "0302"}}]
    frame = plots().assign(extra=extra, stage=["planted", "existing"])
    write(frame, tmp_path / "a.zip", schema="lcxzgx")
    back = read_plots(tmp_path / "a.zip", defaults={"stage": "planted", "kind": "RGZL"}).frame
    fields = [row["lcxzgx"] for row in back["extra"]]
    assert [row["di_lei"] for row in fields] == ["0301", "0302"]
    assert fields[0]["yu_bi_du"] == 0.7


def test_every_property_of_the_interface_is_a_column() -> None:
    assert set(PLOT) < set(PROPERTIES)


# What a database and pandas put into a column: every type that a writer may meet.
EVERY_TYPE: dict[str, list[object]] = {
    "listed": [[1, 2], None],
    "mapped": [{"a": [True, None], "中": "文"}, {}],
    "day": [date(2026, 4, 5), None],
    "moment": [datetime(2026, 4, 5, 8, 30, tzinfo=BEIJING), None],
    "yes": [True, False],
    "maybe": [True, None],
    "decimal": [Decimal("0.25"), None],
    "nested": [{"share": Decimal("0.5"), "on": date(2026, 4, 5), "unknown": float("nan")}, None],
    "numpy": [np.int64(7), np.float64(2.5)],
    "huge": [2**70, 1],
    "array": [np.array([1, 2]), None],
}
PYTHON = re.compile(r"datetime\.|Decimal\(|array\(|Timestamp|\bNone\b|\bTrue\b|\bFalse\b|nan|'")


def every_type() -> geopandas.GeoDataFrame:
    return table(EVERY_TYPE, squares(2))


def test_a_csv_holds_json_and_iso_8601_and_nothing_of_python(tmp_path: Path) -> None:
    write(every_type(), tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert PYTHON.search(text) is None
    first, second = csv.DictReader(text.splitlines())
    assert json.loads(first["mapped"]) == {"a": [True, None], "中": "文"}
    assert json.loads(first["nested"]) == {"share": 0.5, "on": "2026-04-05", "unknown": None}
    assert (first["day"], first["moment"]) == ("2026-04-05", "2026-04-05T08:30:00+08:00")
    assert (first["yes"], second["yes"], second["maybe"]) == ("true", "false", "")
    assert (first["decimal"], first["huge"], first["array"]) == ("0.25", str(2**70), "[1, 2]")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson"])
def test_every_type_comes_back_from_our_own_file(tmp_path: Path, name: str) -> None:
    write(every_type(), tmp_path / name)
    back = read_features(tmp_path / name).frame
    yes, maybe = back["yes"].tolist(), back["maybe"].tolist()
    assert (yes, maybe) == ([True, False], [True, None])
    assert back["decimal"].tolist()[0] == 0.25
    assert str(back["day"][0])[:10] == "2026-04-05"
    assert datetime.fromisoformat(str(back["moment"][0])) == EVERY_TYPE["moment"][0]
    assert all(
        PYTHON.search(str(value)) is None for value in back["nested"] if isinstance(value, str)
    )


def test_a_boolean_with_a_gap_is_read_as_booleans(tmp_path: Path) -> None:
    frame = table({"flag": [True, None, False]}, squares(3))
    write(frame, tmp_path / "a.gpkg")
    assert read_features(tmp_path / "a.gpkg").frame["flag"].tolist() == [True, None, False]


def test_every_boolean_format_of_gdal_is_read(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"flag": [True, False]}, geometry=squares(2), crs=4490)
    for name, driver in (("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf")):
        frame.to_file(tmp_path / name, driver=driver)
        back = read_features(tmp_path / name).frame["flag"].tolist()
        assert sorted(back, key=bool) == [False, True]
        assert all(type(value) is bool for value in back)


@pytest.mark.parametrize("name", ["a.zip", "a.gpkg", "a.geojson"])
def test_districts_come_back(tmp_path: Path, name: str) -> None:
    frame = demo_districts().head(5).assign(source="自绘", complete=True)
    write(frame, tmp_path / name)
    tree = read_districts(tmp_path / name)
    back = tree.frame.set_index("code")
    assert tree.blocking == []
    for row in frame.itertuples():
        assert (back.loc[row.code, "name"], back.loc[row.code, "level"]) == (row.name, row.level)
        assert shapely.equals(back.loc[row.code, "geometry"], row.geometry)


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.gpx"])
def test_tracks_come_back_with_the_moment_of_every_fix(tmp_path: Path, name: str) -> None:
    times = [datetime(2026, 7, 1, 8, minute, tzinfo=UTC) for minute in range(3)]
    line = shapely.LineString([(126.0, 43.8), (126.001, 43.8), (126.002, 43.8)])
    frame = geopandas.GeoDataFrame(
        {
            "zone": ["220112-01"],
            "ranger": ["甲"],
            "started_at": [times[0]],
            "ended_at": [times[-1]],
            "times": [times],
            "source": ["walk.gpx"],
        },
        geometry=[line],
        crs=4490,
    )
    write(frame, tmp_path / name)
    back = read_tracks(tmp_path / name)
    assert back.problems == []
    assert back.frame["times"].tolist() == [times]
    assert back.frame["started_at"].tolist() == [times[0]]
    assert shapely.equals(back.frame.geometry[0], line)


@pytest.mark.parametrize("name", ["a.zip", "a.gpkg", "a.geojson"])
def test_zones_come_back(tmp_path: Path, name: str) -> None:
    columns: dict[str, list[object]] = {
        "code": ["T1", "G1"],
        "name": ["示例镇", "一号网格"],
        "level": ["town", "grid"],
        "parent": [None, "T1"],
        "chief": ["张三", None],
        "ranger": [None, "李四"],
        "valid_from": [date(2026, 1, 1), date(2026, 1, 1)],
    }
    write(table(columns, squares(2)), tmp_path / name)
    back = read_zones(tmp_path / name)
    assert back.problems == []
    assert {heading: back.frame[heading].tolist() for heading in columns} == columns
