"""Who makes a change, and why, is told by the settings of the transaction."""

from tests.service.database.sql.conftest import Sql

AUTHOR = "SELECT account_id, actor, reason FROM change_author(CAST(:written_by AS bigint))"


def test_account_and_reason_are_those_of_the_settings(sql: Sql) -> None:
    number = sql.account("li")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(number))
    sql.run("SELECT set_config('luotu.reason', 'redrawn', true)")
    assert sql.rows(AUTHOR, written_by=None) == [(number, "li", "redrawn")]


def test_the_account_of_the_setting_goes_before_the_one_that_the_row_names(sql: Sql) -> None:
    li, wang = sql.account("li"), sql.account("wang")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(li))
    assert sql.rows(AUTHOR, written_by=wang) == [(li, "li", None)]


def test_without_a_setting_it_is_the_account_that_the_row_names(sql: Sql) -> None:
    number = sql.account("wang")
    assert sql.rows(AUTHOR, written_by=number) == [(number, "wang", None)]


def test_without_both_it_is_the_user_of_the_database(sql: Sql) -> None:
    (row,) = sql.rows(AUTHOR, written_by=None)
    assert (row.account_id, row.reason) == (None, None)
    assert row.actor.startswith("sql:")


def test_a_setting_that_is_no_number_names_nobody(sql: Sql) -> None:
    sql.run("SELECT set_config('luotu.account', 'li; DROP TABLE plot', true)")
    (row,) = sql.rows(AUTHOR, written_by=None)
    assert row.account_id is None
