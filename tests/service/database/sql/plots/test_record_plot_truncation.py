"""TRUNCATE ends every version at once, and the history says so."""

from tests.service.database.sql.conftest import Sql

ROWS = "SELECT plot_id, operation, reason, valid_to IS NULL AS open FROM plot_history ORDER BY id"


def test_every_version_is_ended_with_a_row_of_its_own(sql: Sql) -> None:
    first, second = sql.plot(), sql.plot(125.07)
    sql.run("TRUNCATE plot_version")
    assert sql.rows(ROWS) == [
        (first, "insert", None, False),
        (second, "insert", None, False),
        (first, "delete", "TRUNCATE", False),
        (second, "delete", "TRUNCATE", False),
    ]


def test_the_actor_is_the_user_of_the_database(sql: Sql) -> None:
    sql.plot()
    sql.run("TRUNCATE plot_version")
    query = "SELECT actor = 'sql:' || session_user FROM plot_history WHERE operation = 'delete'"
    assert sql.value(query) is True


def test_an_empty_table_leaves_no_row(sql: Sql) -> None:
    sql.run("TRUNCATE plot_version")
    assert sql.rows(ROWS) == []
