"""The tree of districts has a random version, another one after every change."""

import pytest
from sqlalchemy import Engine

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

VERSION = "SELECT version FROM district_state"


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO district (code, name, level) VALUES ('110000', '北京', 'province')",
        "UPDATE district SET name = '西区' WHERE code = '220102'",
        "UPDATE district_boundary SET source = 'other'",
        "DELETE FROM district_boundary",
    ],
)
def test_a_change_of_the_tree_changes_its_version(sql: Sql, change: str) -> None:
    before = sql.value(VERSION)
    sql.run(change)
    assert sql.value(VERSION) != before


def test_a_second_change_of_the_same_transaction_keeps_the_version(sql: Sql) -> None:
    sql.county("220104")
    before = sql.value(VERSION)
    sql.county("220105", west=126.0)
    assert sql.value(VERSION) == before


def test_a_change_that_was_rolled_back_leaves_the_version(drained: Engine) -> None:
    with drained.connect() as connection:
        before = Sql(connection).value(VERSION)
        Sql(connection).run("DELETE FROM district_boundary WHERE code = :code", code=WEST)
        connection.rollback()
        assert Sql(connection).value(VERSION) == before


def test_plots_do_not_change_it(sql: Sql) -> None:
    before = sql.value(VERSION)
    sql.plot()
    assert sql.value(VERSION) == before
