"""Patrol zones out of files, and whether they cover their ground once."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from data.errors import FileRefused
from data.patrol.zone_findings import Finding, zone_findings
from data.patrol.zones import ZoneTable, read_zones, zone_table
from gis.errors import GeometryError
from tests.data.sending import collection, geojson, table

WEST = shapely.box(125.00, 43.00, 125.01, 43.01)
EAST = shapely.box(125.01, 43.00, 125.02, 43.01)
BOTH = shapely.box(125.00, 43.00, 125.02, 43.01)


def zones_of(
    columns: Mapping[str, Sequence[object]], shapes: Sequence[Any] | None = None
) -> ZoneTable:
    return zone_table(table(columns, shapes), fields={}, defaults={})


def faults(zones: ZoneTable) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.field, problem.code) for problem in zones.problems]


@pytest.mark.parametrize(
    ("heading", "written", "name", "expected"),
    [
        pytest.param("网格号", 12.0, "code", "12", id="number as text"),
        pytest.param("级别", "镇", "level", "town", id="level in words"),
        pytest.param("级别", "护林员网格", "level", "grid", id="label of a level"),
        pytest.param("护林员", " 甲 ", "ranger", "甲", id="blanks around"),
        pytest.param("责任林长", "乙", "chief", "乙", id="chief"),
        pytest.param("xian", 360702, "district", "360702", id="district"),
        pytest.param("启用日期", "2026年1月1日", "valid_from", date(2026, 1, 1), id="date"),
        pytest.param("公示牌", "进村路口", "board", "进村路口", id="board"),
    ],
)
def test_a_column_becomes_its_property(
    heading: str, written: object, name: str, expected: object
) -> None:
    columns: dict[str, list[object]] = {"网格号": ["1"], "级别": ["town"], heading: [written]}
    zones = zones_of(columns)
    assert zones.problems == []
    assert zones.frame[name][0] == expected


def test_a_zone_without_a_name_is_called_by_its_code() -> None:
    assert zones_of({"code": ["N-1"], "level": ["grid"]}).frame["name"].tolist() == ["N-1"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param({"level": ["grid"]}, (None, "code", "missing"), id="no column of codes"),
        pytest.param(
            {"code": ["1", None], "level": ["grid"] * 2}, (2, "code", "missing"), id="gap"
        ),
        pytest.param(
            {"code": ["1", "1"], "level": ["grid"] * 2}, (2, "code", "duplicate_code"), id="twice"
        ),
        pytest.param(
            {"code": ["1" * 33], "level": ["grid"]}, (1, "code", "too_long"), id="long code"
        ),
        pytest.param(
            {"code": ["1"], "level": ["片区"]}, (1, "level", "unknown_code"), id="unknown level"
        ),
        pytest.param(
            {"code": ["1"], "level": ["grid"], "district": ["章贡"]},
            (1, "district", "not_a_code"),
            id="no district",
        ),
        pytest.param(
            {"code": ["1"], "level": ["grid"], "valid_from": ["明年"]},
            (1, "valid_from", "not_a_date"),
            id="no date",
        ),
        pytest.param(
            {
                "code": ["1"],
                "level": ["grid"],
                "valid_from": ["2026-02-01"],
                "valid_to": ["2026-01-01"],
            },
            (1, "valid_to", "dates_reversed"),
            id="ends before it begins",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_row(
    columns: dict[str, list[object]], expected: tuple[int | None, str, str]
) -> None:
    assert faults(zones_of(columns)) == [expected]


def test_a_zone_of_crossing_rings_is_told_and_has_no_shape() -> None:
    bow = shapely.Polygon([(125, 43), (125.1, 43.1), (125.1, 43), (125, 43.1)])
    zones = zones_of({"code": ["1", "2"], "level": ["grid"] * 2}, [bow, WEST])
    assert [(fault[0], fault[1]) for fault in faults(zones)] == [(1, "geometry")]
    assert zones.frame.geometry.isna().tolist() == [True, False]
    assert zones.bad_rows == {1}


def test_a_level_can_be_given_for_all(tmp_path: Path) -> None:
    file = geojson(tmp_path / "grids.geojson", collection([WEST], [{"编号": "1", "色": "红"}]))
    zones = read_zones(file, defaults={"level": "网格"})
    assert zones.frame["level"].tolist() == ["grid"]
    assert zones.problems == []
    assert "色" in str(zones.notes[-1])


@pytest.mark.parametrize(
    ("fields", "defaults", "code"),
    [
        pytest.param({"code": "没有"}, {}, "no_such_column", id="no such column"),
        pytest.param({"colour": "编号"}, {}, "unknown_field", id="no such word"),
        pytest.param({}, {"level": "片区"}, "bad_default", id="no such level"),
        pytest.param({}, {"colour": "红"}, "unknown_field", id="default of no field"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    tmp_path: Path, fields: dict[str, str], defaults: dict[str, object], code: str
) -> None:
    file = geojson(tmp_path / "grids.geojson", collection([WEST], [{"编号": "1"}]))
    with pytest.raises(FileRefused) as refused:
        read_zones(file, fields=fields, defaults=defaults)
    assert refused.value.code == code
    assert "grids.geojson" in str(refused.value)


def found(columns: dict[str, list[object]], shapes: list[Any]) -> list[Finding]:
    rows = len(shapes)
    whole: dict[str, list[object]] = {
        "level": ["grid"] * rows,
        "parent": [None] * rows,
        "ranger": [f"r{i}" for i in range(rows)],
        **columns,
    }
    return zone_findings(table(whole, shapes))


def test_a_parent_that_is_shared_out_whole_is_fine() -> None:
    tree: dict[str, list[object]] = {
        "code": ["T", "T-1", "T-2"],
        "level": ["town", "grid", "grid"],
        "parent": [None, "T", "T"],
    }
    assert found(tree, [BOTH, WEST, EAST]) == []


def test_zones_of_two_levels_lie_on_each_other_and_do_not_overlap() -> None:
    levels: dict[str, list[object]] = {"code": ["T", "T-1"], "level": ["town", "grid"]}
    assert found(levels, [BOTH, WEST]) == []


def test_an_overlap_of_neighbours_is_measured() -> None:
    [overlap] = found({"code": ["1", "2"]}, [BOTH, EAST])
    assert (overlap.kind, overlap.codes) == ("overlap", ("1", "2"))
    assert overlap.area_m2 == pytest.approx(906_213, rel=1e-3)


def test_ground_of_the_parent_that_nobody_has_is_a_gap() -> None:
    tree: dict[str, list[object]] = {
        "code": ["T", "T-1"],
        "level": ["town", "grid"],
        "parent": [None, "T"],
    }
    [gap] = found(tree, [BOTH, WEST])
    assert (gap.kind, gap.codes) == ("gap", ("T",))
    assert gap.at
    assert shapely.Point(gap.at).within(EAST)


def test_ground_beyond_the_parent_is_told_with_its_size() -> None:
    tree: dict[str, list[object]] = {
        "code": ["T", "T-1"],
        "level": ["town", "grid"],
        "parent": [None, "T"],
    }
    [outside] = found(tree, [WEST, BOTH])
    assert (outside.kind, outside.codes) == ("outside_parent", ("T-1", "T"))
    assert outside.area_m2 == pytest.approx(906_213, rel=1e-3)


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        pytest.param({"parent": ["?", None]}, "unknown_parent", id="parent that is not there"),
        pytest.param({"parent": [None, "1"]}, "parent_level", id="parent of the same level"),
        pytest.param({"ranger": ["甲", None]}, "no_ranger", id="nobody walks it"),
        pytest.param({"ranger": ["甲", "甲"]}, "two_grids", id="one ranger for two"),
    ],
)
def test_persons_and_parents_are_looked_at(columns: dict[str, list[object]], kind: str) -> None:
    kinds = [one.kind for one in found({"code": ["1", "2"], **columns}, [WEST, EAST])]
    assert kind in kinds


def comb(*, lying: bool) -> shapely.Polygon:
    """A valid comb of 400 teeth that are as long as its box."""
    at = [(n / 800, float(n % 2)) for n in range(800)]
    outline = np.array([*at, (1.0, 0.0), (1.0, -0.1), (0.0, -0.1)])
    return shapely.Polygon((outline[:, ::-1] if lying else outline) * 0.02 + (125.02, 43.02))


@pytest.mark.parametrize("parent", [None, "T1"])
def test_zones_across_each_other_tooth_by_tooth_are_refused_before_they_are_cut(
    parent: str | None,
) -> None:
    zones = {"code": ["T1", "T2"], "level": ["town", "grid" if parent else "town"]}
    whole = table(
        {**zones, "parent": [None, parent], "ranger": ["甲", "乙"]},
        [comb(lying=False), comb(lying=True)],
    )
    with pytest.raises(GeometryError) as refused:
        zone_findings(whole)
    assert refused.value.code == ("too_many_edges" if parent else "too_many_pairs")
