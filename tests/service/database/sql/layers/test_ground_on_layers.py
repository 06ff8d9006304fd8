"""What shapes share with layers, by the rules of the layers."""

from typing import Any

import pytest

from tests.service.database.sql.conftest import Sql

GROUND = """
SELECT g.* FROM ground_on_layers(
    ARRAY[ST_Multi(ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051, 4490))],
    ARRAY[:stage], ARRAY[:kind], CAST(:day AS date)) g
"""


def ground(sql: Sql, stage: str = "planted", kind: str = "RGZL", day: str = "2026-06-01") -> Any:
    return sql.rows(GROUND, stage=stage, kind=kind, day=day)


def test_the_shared_area_is_told_with_its_share_and_a_spot_on_it(sql: Sql) -> None:
    sql.layer_feature(sql.layer(), wide=0.0005, name="一号")
    (row,) = ground(sql)
    assert (row.layer, row.severity, row.feature_name, row.features) == ("JBNT", "block", "一号", 1)
    assert row.area_m2 == pytest.approx(sql.area_m2(0.0005, 0.001), rel=1e-9)
    assert row.share == pytest.approx(0.5, rel=1e-6)
    assert 125.05 < row.longitude < 125.0505
    assert 43.05 < row.latitude < 43.051


def test_what_only_touches_shares_nothing(sql: Sql) -> None:
    sql.layer_feature(sql.layer(), 125.051)
    assert ground(sql) == []


def test_features_of_a_layer_are_put_together_and_the_largest_names_them(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version, wide=0.0002, name="small")
    sql.layer_feature(version, 125.0502, wide=0.0005, name="large")
    (row,) = ground(sql)
    assert (row.feature_name, row.features) == ("large", 2)
    assert row.share == pytest.approx(0.7, rel=1e-6)


def test_ground_that_two_features_share_counts_once(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version, wide=0.0005)
    sql.layer_feature(version, wide=0.0005)
    (row,) = ground(sql)
    assert row.share == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("role", "severity"),
    [("block", "block"), ("warn", "warn"), ("info", "info"), ("report", "info")],
)
def test_the_severity_is_that_of_the_role(sql: Sql, role: str, severity: str) -> None:
    sql.layer_feature(sql.layer(role=role))
    assert [row.severity for row in ground(sql)] == [severity]


def test_a_base_layer_tells_nothing(sql: Sql) -> None:
    sql.layer_feature(sql.layer(role="base"))
    assert ground(sql) == []


def test_within_the_tolerance_it_is_only_told(sql: Sql) -> None:
    sql.layer_feature(sql.layer(rule='{"tolerance_m2": 1000000}'))
    assert [row.severity for row in ground(sql)] == ["info"]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('{"kinds": ["RGZL"]}', True),
        ('{"kinds": ["G1"]}', False),
        ('{"stages": ["planted"]}', True),
        ('{"stages": ["existing"]}', False),
        ('{"classes": ["0101"]}', True),
        ('{"classes": ["0201"]}', False),
    ],
)
def test_a_rule_narrows_kinds_stages_and_classes(sql: Sql, rule: str, told: bool) -> None:
    sql.layer_feature(sql.layer(rule=rule), cls="0101")
    assert bool(ground(sql)) is told


@pytest.mark.parametrize(
    ("stage", "told"),
    [("planned", True), ("planted", True), ("accepted", True), ("existing", False)],
)
def test_without_stages_ground_that_was_green_before_is_exempt(
    sql: Sql, stage: str, told: bool
) -> None:
    sql.layer_feature(sql.layer())
    assert bool(ground(sql, stage=stage)) is told


def test_a_stage_that_no_rule_asks_for_is_compared_with_no_ground(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    before = sql.rows_read("layer_cell")
    assert ground(sql, stage="existing") == []
    assert sql.rows_read("layer_cell") == before
    assert len(ground(sql)) == 1


def test_an_informing_layer_tells_each_class(sql: Sql) -> None:
    version = sql.layer("SD", role="info")
    sql.layer_feature(version, wide=0.0005, cls="0101")
    sql.layer_feature(version, 125.0505, wide=0.0005, cls="0301")
    assert [row[4] for row in ground(sql)] == ["0101", "0301"]


@pytest.mark.parametrize(
    ("day", "told"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_version_holds_from_its_first_day_to_before_its_last(
    sql: Sql, day: str, told: bool
) -> None:
    sql.layer_feature(sql.layer(valid_to="2026-07-01"))
    assert bool(ground(sql, day=day)) is told


def test_many_shapes_are_answered_by_their_number(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    rows = sql.rows(
        "SELECT g.shape_no FROM ground_on_layers(ARRAY[NULL, ST_MakeEnvelope(1, 1, 2, 2, 4490),"
        " ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051, 4490)], ARRAY['planted', 'planted',"
        " 'planted'], ARRAY['RGZL', 'RGZL', 'RGZL'], CAST('2026-06-01' AS date)) g"
    )
    assert [row.shape_no for row in rows] == [3]


def test_only_named_versions_are_looked_at(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    rows = sql.rows(
        "SELECT 1 FROM ground_on_layers(ARRAY[ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051,"
        " 4490)], ARRAY['planted'], ARRAY['RGZL'], CAST('2026-06-01' AS date), ARRAY[-1]::bigint[])"
    )
    assert rows == []


LONG = """
SELECT g.* FROM ground_on_layers(
    ARRAY[ST_Multi(ST_Segmentize(ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051, 4490), 2e-6))],
    ARRAY['planted'], ARRAY['RGZL'], '2026-06-01') g
"""


def test_a_shape_of_many_vertices_shares_as_much_as_one_of_few(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version, wide=0.0005, name="一号")
    for n in range(40):
        sql.layer_feature(version, 125.0506, 43.05 + n * 2e-5, wide=0.0001, tall=1e-5)
    (few,), (many,) = ground(sql), sql.rows(LONG)
    assert (many.feature_name, many.features, many.severity) == ("一号", 41, "block")
    assert many.area_m2 == pytest.approx(few.area_m2, rel=1e-6)
    assert many.share == pytest.approx(few.share, rel=1e-6)
