"""A signature fits one scope in one transaction, and only the owner can make it."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.database.sql.conftest import Sql


def test_it_is_a_sha256_in_hexadecimal(sql: Sql) -> None:
    assert sql.value("SELECT sealed.scope_signature('220102') ~ '^[0-9a-f]{64}$'") is True


def test_it_is_the_same_throughout_a_transaction(sql: Sql) -> None:
    query = "SELECT sealed.scope_signature('220102')"
    assert sql.value(query) == sql.value(query)


@pytest.mark.parametrize("other", ["220103", "220102,220103", "*", ""])
def test_another_scope_has_another_signature(sql: Sql, other: str) -> None:
    query = "SELECT sealed.scope_signature('220102') = sealed.scope_signature(:other)"
    assert sql.value(query, other=other) is False


def test_another_key_makes_another_signature(sql: Sql) -> None:
    query = "SELECT sealed.scope_signature('220102')"
    before = sql.value(query)
    sql.run("UPDATE sealed.scope_key SET key = sha256('another')")
    assert sql.value(query) != before


def test_null_has_none(sql: Sql) -> None:
    assert sql.value("SELECT sealed.scope_signature(NULL)") is None


def test_the_service_may_not_call_it(sql: Sql) -> None:
    sql.as_service()
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql.value("SELECT sealed.scope_signature('*')")
