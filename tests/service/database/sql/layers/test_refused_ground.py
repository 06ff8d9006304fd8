"""The ground of a shape that does not count as green, by the rules of the layers."""

import pytest

from tests.gis.ajar import CELLS, WOOD
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT ST_Area(ground::geography) FROM refused_ground(
    ST_Multi(ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051, 4490)), :stage, :kind,
    blocking_versions(NULL)) ground
"""


def refused(sql: Sql, stage: str = "planted", kind: str | None = "RGZL") -> float | None:
    """Its area, m²."""
    area: float | None = sql.value(QUERY, stage=stage, kind=kind)
    return area


def test_the_part_on_all_features_counts_once(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version, wide=0.0004)
    sql.layer_feature(version, 125.0502, wide=0.0004)
    assert refused(sql) == pytest.approx(sql.area_m2(0.0006, 0.001), rel=1e-6)


def test_layers_are_put_together(sql: Sql) -> None:
    sql.layer_feature(sql.layer("AA"), wide=0.0004)
    sql.layer_feature(sql.layer("BB"), wide=0.0006)
    assert refused(sql) == pytest.approx(sql.area_m2(0.0006, 0.001), rel=1e-6)


def test_a_feature_that_only_touches_refuses_nothing(sql: Sql) -> None:
    sql.layer_feature(sql.layer(), 125.051)
    assert refused(sql) is None


@pytest.mark.parametrize(
    ("rule", "stage", "kind", "binds"),
    [
        ("{}", "planted", "RGZL", True),
        ("{}", "accepted", "RGZL", True),
        ("{}", "existing", "RGZL", False),
        ('{"stages": ["existing"]}', "existing", "RGZL", True),
        ('{"stages": ["existing"]}', "planted", "RGZL", False),
        ('{"kinds": ["FSYL"]}', "planted", "RGZL", False),
        ('{"kinds": ["FSYL"]}', "planted", "FSYL", True),
        ('{"kinds": ["FSYL"]}', "planted", None, True),
        ('{"classes": ["0101"]}', "planted", "RGZL", True),
        ('{"classes": ["0301"]}', "planted", "RGZL", False),
        ('{"tolerance_m2": 1e9}', "planted", "RGZL", True),
    ],
)
def test_a_rule_says_whom_and_where_it_binds(
    sql: Sql, rule: str, stage: str, kind: str | None, binds: bool
) -> None:
    sql.layer_feature(sql.layer(rule=rule), cls="0101")
    assert (refused(sql, stage, kind) is not None) is binds


def test_without_versions_nothing_is_refused(sql: Sql) -> None:
    sql.layer_feature(sql.layer(role="warn"))
    assert refused(sql) is None


def test_a_plot_on_fields_whose_borders_were_cut_apart_is_refused_whole(sql: Sql) -> None:
    version = sql.layer()
    for number, cell in enumerate(CELLS):
        sql.run(
            "INSERT INTO layer_feature (version_id, code, name, class, geom) VALUES "
            "(:version, :code, '', '', ST_Multi(ST_GeomFromText(:wkt, 4490)))",
            version=version,
            code=str(number),
            wkt=cell.wkt,
        )
    share = """SELECT ST_Area(refused_ground(wood, 'planted', 'RGZL', blocking_versions(NULL)))
                      / ST_Area(wood) FROM ST_GeomFromText(:wood, 4490) wood"""
    assert sql.value(share, wood=WOOD.wkt) == 1
