"""Cells that say that there is no value (/, —, 无, N/A): none, and told, in files of every kind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from data.areas import read_areas
from data.code_tables import read_code_table
from data.districts.districts import read_districts
from data.layers.layers import read_layer
from data.patrol.tracks import read_tracks
from data.patrol.zones import read_zones
from data.plots.plots import read_plots
from data.records import FieldWords, read_records
from data.units import read_units
from tests.data.sending import collection, geojson, squares

REGISTER = [
    FieldWords("stems", "株数", "stems", "integer"),
    FieldWords("begun", "开工月份", "begun", "month"),
    FieldWords("seen_at", "发现时间", "seen at", "moment"),
    FieldWords("kind", "类型", "kind", "code", "theme"),
    FieldWords("crew", "班组", "crew", "text"),
]
MARKS = ("/", "—", "-", "无", "未知", "N/A")


Columns = Mapping[str, Sequence[object]]


class Came(NamedTuple):
    """What became of a file."""

    values: Mapping[str, Sequence[object]]
    problems: Sequence[object]
    notes: Sequence[str]


def features(folder: Path, columns: Columns) -> Path:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return geojson(folder / "a.geojson", collection(squares(len(rows)), rows))


def csv(folder: Path, columns: Columns) -> Path:
    lines = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    path = folder / "a.csv"
    path.write_text("".join(",".join(map(str, line)) + "\n" for line in lines), "utf-8")
    return path


def plots(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    told: Columns = {"stage": ["planted"] * rows, "kind": ["RGZL"] * rows, "year": [2024] * rows}
    table = read_plots(features(folder, {**told, **columns}))
    values = {name: table.frame[name].tolist() for name in table.frame.columns}
    return Came(values, table.problems, [note.zh for note in table.notes])


def zones(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    told: dict[str, list[object]] = {
        "code": [f"Z{n}" for n in range(rows)],
        "level": ["grid"] * rows,
    }
    table = read_zones(features(folder, {**told, **columns}))
    values = {name: table.frame[name].tolist() for name in table.frame.columns}
    return Came(values, table.problems, [note.zh for note in table.notes])


def areas(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    told: dict[str, list[object]] = {"code": [f"A{n}" for n in range(rows)], "name": ["甲"] * rows}
    table = read_areas(features(folder, {**told, **columns}))
    values = {name: [row[name] for row in table.rows] for name in table.rows[0]}
    return Came(values, table.problems, [note.zh for note in table.notes])


def layers(folder: Path, **columns: list[object]) -> Came:
    table = read_layer(features(folder, columns))
    values = {name: table.frame[name].tolist() for name in ("code", "name", "class")}
    return Came(values, table.problems, [note.zh for note in table.notes])


def districts(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    codes: list[object] = [220102001 + n for n in range(rows)]
    tree = read_districts(features(folder, {"code": codes, "name": ["镇"] * rows, **columns}))
    values: dict[str, Sequence[object]] = {"valid_from": [tree.valid_from] * rows}
    return Came(values, tree.blocking, [note.zh for note in tree.notes])


def records(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    table = read_records(csv(folder, {"name": ["站"] * rows, **columns}), REGISTER)
    names = {*table.rows[0].said, *table.rows[0].values}
    values = {name: [(row.said | row.values)[name] for row in table.rows] for name in names}
    return Came(values, table.problems, [note.zh for note in table.notes])


def units(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    told: dict[str, list[object]] = {"code": [f"U{n}" for n in range(rows)], "name": ["站"] * rows}
    table = read_units(csv(folder, {**told, **columns}))
    values = {name: [row[name] for row in table.rows] for name in table.rows[0]}
    return Came(values, table.problems, [note.zh for note in table.notes])


def codes(folder: Path, **columns: list[object]) -> Came:
    rows = len(next(iter(columns.values())))
    told: dict[str, list[object]] = {
        "code": [f"K{n}" for n in range(rows)],
        "label_zh": ["类"] * rows,
    }
    told = {**told, "green_class": ["urban"] * rows}
    table = read_code_table(csv(folder, {**told, **columns}), "kind")
    values = {name: [row.more.get(name) or None for row in table.rows] for name in columns}
    return Came(values, table.problems, [note.zh for note in table.notes])


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    ("read", "column", "given", "kept"),
    [
        (plots, "planted_on", "2024-04-05", date(2024, 4, 5)),
        (plots, "declared_m2", 12.5, 12.5),
        (plots, "density_per_ha", 1650, 1650.0),
        (plots, "town", "220102001", "220102001"),
        (plots, "theme", "党员林", "DYL"),
        (plots, "plot_no", "00012", "00012"),
        (zones, "valid_from", "2026-01-01", date(2026, 1, 1)),
        (zones, "parent", "T9", "T9"),
        (zones, "ranger", "甲", "甲"),
        (areas, "valid_to", "2026-01-01", date(2026, 1, 1)),
        (areas, "unit", "LYJ", "LYJ"),
        (layers, "class", "0101", "0101"),
        (layers, "code", "7", "7"),
        (districts, "valid_from", "2026-01-01", None),
        (districts, "parent", "220102", None),
        (records, "deadline", "2026-01-01", date(2026, 1, 1)),
        (records, "number", "F1", "F1"),
        (records, "stems", "1200", "1200"),
        (records, "begun", "2026-05", "2026-05"),
        (records, "seen_at", "2026-05-01T08:00", "2026-05-01T08:00:00"),
        (units, "parent", "LYJ", "LYJ"),
        (units, "valid_to", "2026-01-01", date(2026, 1, 1)),
        (codes, "min_m2", "400", "400"),
        (codes, "valid_to", "2026-12-31", "2026-12-31"),
    ],
)
def test_a_mark_for_no_value_is_none_and_told(
    read: Callable[..., Came], column: str, given: object, kept: object, mark: str, tmp_path: Path
) -> None:
    came = read(tmp_path, **{column: [given, mark]})
    assert not came.problems
    assert any(column in note and "第 2 行" in note and f"“{mark}”" in note for note in came.notes)
    if read is not districts:
        assert list(came.values[column]) == [kept, None]


@pytest.mark.parametrize(
    ("read", "column"),
    [
        (layers, "name"),
        (plots, "name"),
        (plots, "note"),
        (zones, "name"),
        (areas, "name"),
        (records, "crew"),
    ],
)
def test_a_text_may_be_a_mark(read: Callable[..., Came], column: str, tmp_path: Path) -> None:
    came = read(tmp_path, **{column: ["甲", "无"]})
    assert list(came.values[column]) == ["甲", "无"]
    assert not any("按没有填写读取" in note for note in came.notes)


def test_a_year_without_a_value_is_missing_and_takes_the_default(tmp_path: Path) -> None:
    came = plots(tmp_path, year=[2024, "/"])
    assert [(problem.row, problem.code) for problem in _of(came)] == [(2, "missing")]
    path = features(tmp_path, {"year": [2024, "/"]})
    table = read_plots(path, defaults={"year": 2026, "stage": "planted", "kind": "RGZL"})
    assert (table.frame["year"].tolist(), table.problems) == ([2024, 2026], [])


def test_a_track_whose_walker_is_unknown_has_none(tmp_path: Path) -> None:
    rows = [f"/,125.{62 + n},43.5,2026-07-01 08:0{n}" for n in range(3)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["护林员,经度,纬度,时间", *rows]), "utf-8")
    table = read_tracks(path)
    assert (table.frame["ranger"].tolist(), table.problems) == ([None], [])
    assert any("护林员" in note.zh and "“/”" in note.zh for note in table.notes)


def _of(came: Came) -> Sequence[Any]:
    return came.problems


@pytest.mark.parametrize("read", [plots, zones, areas, layers, districts])
def test_columns_of_which_nothing_is_read_are_named(
    read: Callable[..., Came], tmp_path: Path
) -> None:
    came = read(tmp_path, 地点=["7"])
    assert any("未识别的列：地点" in note for note in came.notes)
