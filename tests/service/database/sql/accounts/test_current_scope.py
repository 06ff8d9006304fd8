"""A transaction sees the counties of its signed scope, and nothing without one."""

import pytest

from tests.service.database.sql.conftest import Sql


def test_without_a_scope_it_is_nothing(sql: Sql) -> None:
    assert sql.value("SELECT current_scope()") == []


def test_the_whole_tree_is_a_star(sql: Sql) -> None:
    sql.scope("*")
    assert sql.value("SELECT current_scope()") == ["*"]


def test_a_scope_without_counties_is_nothing(sql: Sql) -> None:
    sql.run("SELECT sealed.set_scope('')")
    assert sql.value("SELECT current_scope()") == []


@pytest.mark.parametrize(
    "setting",
    ["'*'", "repeat('0', 64) || ':*'", "left(current_setting('luotu.scope'), 65) || '*'", "':'"],
)
def test_a_setting_without_its_signature_is_nothing(sql: Sql, setting: str) -> None:
    sql.session("220102")
    sql.run(f"SELECT set_config('luotu.scope', {setting}, true)")
    assert sql.value("SELECT current_scope()") == []


def test_the_service_may_ask(sql: Sql) -> None:
    sql.session("220102")
    assert sql.value("SELECT current_scope()") == ["220102"]
