"""The cells of layers that began or ended at midnight are marked once."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

COUNT = "SELECT count(*) FROM coverage_dirty"


def test_the_first_call_of_a_day_marks_them(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    sql.run("UPDATE layer_version SET valid_from = beijing_today()")
    sql.run("DELETE FROM coverage_dirty")
    sql.run("UPDATE coverage_layer_day SET day = beijing_today() - 3")
    sql.run("SELECT mark_layer_day()")
    assert (sql.marked(), sql.value(COUNT)) == ([WEST], 1)
    sql.run("SELECT mark_layer_day()")
    assert sql.value(COUNT) == 1


def test_a_day_without_change_marks_nothing(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    sql.run("DELETE FROM coverage_dirty")
    sql.run("UPDATE coverage_layer_day SET day = beijing_today() - 3")
    sql.run("SELECT mark_layer_day()")
    assert (sql.marked(), sql.value("SELECT day = beijing_today() FROM coverage_layer_day")) == (
        [],
        True,
    )
