"""Every version of a plot is kept, with who wrote it and when."""

import pytest

from tests.service.database.sql.conftest import Sql

ROWS = "SELECT operation, version, note, valid_to IS NULL AS open FROM plot_history ORDER BY id"


def test_a_new_version_opens_a_row(sql: Sql) -> None:
    sql.plot()
    assert sql.rows(ROWS) == [("insert", 1, None, True)]


def test_a_change_ends_the_row_before_and_opens_one(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.rows(ROWS) == [("insert", 1, None, False), ("update", 2, "seen", True)]


def test_a_deletion_ends_the_row_and_says_so(sql: Sql) -> None:
    number = sql.plot()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    assert sql.rows(ROWS) == [("insert", 1, None, False), ("delete", 1, None, False)]


def test_a_statement_without_rows_is_not_recorded(sql: Sql) -> None:
    sql.run("UPDATE plot_version SET note = 'none'")
    sql.run("DELETE FROM plot_version")
    assert sql.rows(ROWS) == []


def test_all_that_a_transaction_writes_has_one_moment(sql: Sql) -> None:
    sql.plot()
    sql.run("SELECT pg_sleep(0.01)")
    sql.plot(125.07)
    assert sql.value("SELECT count(DISTINCT valid_from) FROM plot_history") == 1


def test_the_account_and_the_reason_come_from_settings(sql: Sql) -> None:
    account = sql.account("wang")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(account))
    sql.run("SELECT set_config('luotu.reason', 'a survey', true)")
    sql.plot()
    query = "SELECT account_id, actor, reason FROM plot_history"
    assert sql.rows(query) == [(account, "wang", "a survey")]


@pytest.mark.parametrize("given", ["", "-1", "9" * 30, "wang", "999999"])
def test_an_account_that_is_none_names_the_user_of_the_database(sql: Sql, given: str) -> None:
    sql.run("SELECT set_config('luotu.account', :given, true)", given=given)
    sql.plot()
    query = "SELECT account_id, actor = 'sql:' || session_user FROM plot_history"
    assert sql.rows(query) == [(None, True)]


def test_a_version_number_that_somebody_brought_is_not_given_again(sql: Sql) -> None:
    number = sql.plot()
    sql.run(
        "INSERT INTO plot_version (plot_id, slot, version, geom, district, stage, kind, year,"
        " plot_no, review) SELECT plot_id, 'working', 9, geom, district, stage, kind, year,"
        " plot_no, 'draft' FROM plot_version"
    )
    assert sql.value("SELECT last_version FROM plot WHERE id = :id", id=number) == 9
