"""The owner's functions set a scope that the policies believe."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.database.sql.conftest import Sql


def test_the_scope_that_was_set_is_the_scope(sql: Sql) -> None:
    sql.run("SELECT sealed.set_scope('220102,220103')")
    assert sql.value("SELECT current_scope()") == ["220102", "220103"]


def test_the_setting_is_signature_colon_scope(sql: Sql) -> None:
    sql.run("SELECT sealed.set_scope('220102')")
    assert sql.value("SELECT current_setting('luotu.scope')") == sql.value(
        "SELECT sealed.scope_signature('220102') || ':' || '220102'"
    )


def test_null_sets_nothing(sql: Sql) -> None:
    sql.run("SELECT sealed.set_scope('220102')")
    sql.run("SELECT sealed.set_scope(NULL)")
    assert sql.value("SELECT current_scope()") == ["220102"]


def test_the_service_may_not_call_it(sql: Sql) -> None:
    sql.as_service()
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql.value("SELECT sealed.set_scope('*')")
