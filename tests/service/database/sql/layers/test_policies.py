"""Which plots a layer affects is seen by the counties of the scope; layers by everybody."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql


@pytest.fixture
def listed(sql: Sql) -> Sql:
    version = sql.layer()
    sql.layer_feature(version)
    sql.plot()
    sql.run("SELECT recheck_layers(1000)")
    return sql


def test_an_affected_plot_is_seen_in_its_county(listed: Sql) -> None:
    listed.session(WEST)
    assert listed.column("SELECT district FROM layer_affected") == [WEST]


def test_an_affected_plot_is_seen_by_its_unit(listed: Sql) -> None:
    listed.run("INSERT INTO unit (code, name, kind) VALUES ('SLJ', 'Water', 'bureau')")
    listed.run("UPDATE plot_version SET unit = 'SLJ'")
    listed.session("unit:SLJ")
    assert listed.column("SELECT district FROM layer_affected") == [WEST]


def test_it_is_not_seen_elsewhere(listed: Sql) -> None:
    listed.session(EAST)
    assert listed.column("SELECT district FROM layer_affected") == []


def test_layers_are_seen_in_every_scope(listed: Sql) -> None:
    listed.session(EAST)
    assert listed.column("SELECT code FROM layer") == ["JBNT"]
    assert listed.value("SELECT count(*) FROM layer_feature") == 1
