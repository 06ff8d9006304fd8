"""Every cell is marked when all plots go or a kind changes its class."""

from tests.service.conftest import EAST, SOUTH, WEST
from tests.service.database.sql.conftest import Sql

ALL = [WEST, EAST, SOUTH]


def test_a_kind_of_another_class_marks_every_cell(sql: Sql) -> None:
    sql.run("UPDATE kind SET green_class = 'urban' WHERE code = 'RGZL'")
    assert sql.marked() == ALL


def test_a_kind_of_another_name_marks_nothing(sql: Sql) -> None:
    sql.run("UPDATE kind SET label_en = 'other', green_class = green_class WHERE code = 'RGZL'")
    assert sql.marked() == []


def test_truncating_the_plots_marks_every_cell(sql: Sql) -> None:
    sql.run("TRUNCATE plot_version")
    assert sql.marked() == ALL


def test_cells_of_a_boundary_that_ended_are_not_marked(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() WHERE code = :c", c=WEST)
    sql.run("TRUNCATE plot_version")
    assert sql.marked() == [EAST, SOUTH]
