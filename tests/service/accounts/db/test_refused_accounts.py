"""Accounts that are not made, and passwords that are not taken."""

import pytest

from service.accounts.db import accounts
from service.accounts.db.accounts import AccountRefused
from tests.service.conftest import WEST, Database


@pytest.mark.parametrize(
    ("name", "role", "districts", "code"),
    [
        pytest.param("li", "boss", (), "unknown_role", id="a role that there is not"),
        pytest.param("wang", "viewer", (), "name_taken", id="a name that somebody has"),
        pytest.param("a b", "viewer", (), "bad_name", id="a name with a space"),
        pytest.param("a\u202eb", "viewer", (), "bad_name", id="a name that turns about"),
        pytest.param("wang\u200b", "viewer", (), "bad_name", id="a name that looks like another"),
        pytest.param("li", "viewer", ("999999",), "unknown_district", id="no such district"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_its_reason(
    database: Database, name: str, role: str, districts: tuple[str, ...], code: str
) -> None:
    database.account("wang", "viewer", WEST)
    with (
        pytest.raises(AccountRefused) as refused,
        database.service.begin() as connection,
    ):
        accounts.add_account(connection, name, role, districts)
    assert refused.value.code == code


@pytest.mark.parametrize("length", [9, 1025])
def test_a_password_out_of_bounds_is_refused(database: Database, length: int) -> None:
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "wang", "viewer")
    with (
        pytest.raises(AccountRefused) as refused,
        database.service.begin() as connection,
    ):
        accounts.set_password(connection, number, "x" * length)
    assert refused.value.code == "weak_password"
