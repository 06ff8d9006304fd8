"""A change by SQL gets a version number, a moment and an author of its own."""

import pytest

from tests.service.database.sql.conftest import Sql

VERSION = "SELECT version FROM plot_version"


def test_a_change_gets_the_next_number(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE plot_version SET note = 'seen'")
    sql.run("UPDATE plot_version SET note = 'again'")
    assert sql.value(VERSION) == 3
    assert sql.value("SELECT last_version FROM plot") == 3


def test_it_is_above_every_number_that_the_plot_ever_had(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE plot SET last_version = 8")
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.value(VERSION) == 9


def test_a_number_that_the_writer_gives_stays(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE plot_version SET version = 5, changed_at = '2026-01-01'")
    assert sql.value(VERSION) == 5


def test_the_moment_is_that_of_the_transaction_unless_one_is_given(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE plot_version SET version = 2, changed_at = '2026-01-01'")
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.value("SELECT changed_at = now() FROM plot_version") is True
    sql.run("UPDATE plot_version SET changed_at = '2026-02-01'")
    assert sql.value("SELECT changed_at = '2026-02-01' FROM plot_version") is True


@pytest.mark.parametrize("given", ["", "wang", "999999"])
def test_the_author_is_nobody_where_no_account_is_set(sql: Sql, given: str) -> None:
    sql.plot()
    sql.run("UPDATE plot_version SET version = 2, changed_by = :id", id=sql.account())
    sql.run("SELECT set_config('luotu.account', :given, true)", given=given)
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.value("SELECT changed_by FROM plot_version") is None


def test_the_author_is_the_account_that_is_set(sql: Sql) -> None:
    sql.plot()
    account = sql.account()
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(account))
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.value("SELECT changed_by FROM plot_version") == account
