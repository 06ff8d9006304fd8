"""TRUNCATE takes every square along, and a kind of another class changes every tile."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

CHANGES = "SELECT sum(changes) FROM plot_change WHERE district = :county"


def test_truncating_the_plots_leaves_no_square(sql: Sql) -> None:
    sql.plot()
    sql.run("TRUNCATE plot_version")
    assert sql.value("SELECT sum(plots) FROM plot_square") is None
    assert sql.value("SELECT sum(plots) FROM plot_square_sum") is None


def test_truncating_the_plots_changes_every_tile_that_had_some(sql: Sql) -> None:
    sql.plot()
    sql.run("TRUNCATE plot_version")
    assert sql.value(CHANGES, county=WEST) == 2


def test_a_kind_of_another_class_changes_tiles_and_leaves_squares(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE kind SET green_class = 'urban' WHERE code = 'RGZL'")
    assert sql.value(CHANGES, county=WEST) == 2
    assert sql.value("SELECT count(*) FROM plot_square") == 2


def test_a_kind_of_another_name_changes_no_tile(sql: Sql) -> None:
    sql.plot()
    sql.run("UPDATE kind SET label_en = 'other', green_class = green_class WHERE code = 'RGZL'")
    assert sql.value(CHANGES, county=WEST) == 1
