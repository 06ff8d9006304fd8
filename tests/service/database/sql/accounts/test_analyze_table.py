"""The service can have statistics made of the tables that bulk loads fill, and of no other."""

import pytest

from tests.service.database.sql.conftest import Sql

ANALYSED = "SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)"


def test_the_service_has_statistics_made_of_a_table_that_is_not_its_own(sql: Sql) -> None:
    sql.plot()
    sql.plot(125.06)
    sql.as_service()
    sql.run("SELECT analyze_table('plot_version')")
    assert sql.value(ANALYSED, name="plot_version") == 2


@pytest.mark.parametrize("name", ["account", "pg_class", 'plot"; DROP TABLE plot; --', None])
def test_other_tables_are_passed_over(sql: Sql, name: str | None) -> None:
    sql.account()
    before = sql.value(ANALYSED, name="account")
    sql.run("SELECT analyze_table(:name)", name=name)
    assert sql.value(ANALYSED, name="account") == before
