"""The ground of a shape that counts as green, by the rules of the layers."""

import pytest

from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT ST_Area(allowed_ground(
    ST_Multi(ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051, 4490)), :stage, 'RGZL',
    blocking_versions(NULL))::geography)
"""


@pytest.mark.parametrize(
    ("wide", "stage", "share"),
    [(0.0005, "planted", 0.5), (0.001, "planted", 0), (0.0005, "existing", 1)],
)
def test_it_is_the_shape_without_what_is_refused(
    sql: Sql, wide: float, stage: str, share: float
) -> None:
    sql.layer_feature(sql.layer(), wide=wide)
    expected = pytest.approx(share * sql.area_m2(0.001, 0.001), rel=1e-5)
    assert sql.value(QUERY, stage=stage) == expected


def test_without_layers_it_is_the_shape(sql: Sql) -> None:
    assert sql.value(QUERY, stage="planted") == pytest.approx(sql.area_m2(0.001, 0.001))
