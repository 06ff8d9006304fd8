"""The log of invented layers goes with the demo."""

from tests.service.database.sql.conftest import Sql


def test_only_what_it_says_of_the_demo_goes(sql: Sql) -> None:
    sql.layer("DEMO", demo=True)
    sql.layer("JBNT")
    sql.run("SELECT forget_demo_layers()")
    assert set(sql.column("SELECT layer FROM layer_change")) == {"JBNT"}


def test_the_service_may_call_it(sql: Sql) -> None:
    sql.layer("DEMO", demo=True)
    sql.session("*")
    sql.run("SELECT forget_demo_layers()")
    assert sql.column("SELECT layer FROM layer_change") == []
