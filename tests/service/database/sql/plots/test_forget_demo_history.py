"""The history of invented plots goes with them, and no other."""

from tests.service.database.sql.conftest import Sql

FORGET = "SELECT forget_demo_history()"
LEFT = "SELECT DISTINCT plot_id FROM plot_history ORDER BY 1"


def test_the_history_of_an_invented_plot_that_is_gone_is_deleted(sql: Sql) -> None:
    number = sql.plot(demo=True)
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    sql.as_service()
    sql.run(FORGET)
    sql.as_owner()
    assert sql.column(LEFT) == []


def test_one_that_is_there_keeps_its_history(sql: Sql) -> None:
    number = sql.plot(demo=True)
    sql.run(FORGET)
    assert sql.column(LEFT) == [number]


def test_a_real_plot_that_is_gone_keeps_its_history(sql: Sql) -> None:
    number = sql.plot()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    sql.run(FORGET)
    assert sql.column(LEFT) == [number]


def test_a_plot_that_was_real_once_keeps_its_history(sql: Sql) -> None:
    number = sql.plot()
    sql.run("UPDATE plot SET demo = true")
    sql.run("UPDATE plot_version SET note = 'invented now'")
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    sql.run(FORGET)
    assert sql.column(LEFT) == [number]
