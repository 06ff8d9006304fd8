"""Whoever writes approved green ground marks the cells in which it lies or lay."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql


def test_a_new_plot_marks_its_cell(sql: Sql) -> None:
    sql.plot()
    assert sql.marked() == [WEST]


def test_a_plot_across_the_border_marks_both_counties(sql: Sql) -> None:
    sql.plot(125.099, wide=0.003)
    assert sql.marked() == [WEST, EAST]


def test_a_broad_plot_marks_only_cells_that_it_meets(sql: Sql) -> None:
    # Its box meets the eastern county, its ground does not.
    number = sql.plot()
    sql.drain()
    shape = "POLYGON((125.05 43.05,125.11 43.15,125.05 43.15,125.05 43.05))"
    sql.run(
        "UPDATE plot_version SET geom = ST_Multi(ST_GeomFromText(:shape, 4490))"
        " WHERE plot_id = :id",
        shape=shape,
        id=number,
    )
    assert sql.marked() == [WEST]


@pytest.mark.parametrize("stage", ["planned", "cancelled"])
def test_ground_that_is_not_green_marks_nothing(sql: Sql, stage: str) -> None:
    sql.plot(stage=stage)
    assert sql.marked() == []


def test_a_working_version_marks_nothing(sql: Sql) -> None:
    sql.plot(slot="working")
    assert sql.marked() == []


def test_a_deleted_plot_marks_where_it_lay(sql: Sql) -> None:
    number = sql.plot()
    sql.drain()
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    assert sql.marked() == [WEST]


def test_a_plot_that_moves_marks_where_it_was_and_where_it_is(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.run("UPDATE plot_version SET geom = ST_Translate(geom, 0.1, 0)")
    assert sql.marked() == [WEST, EAST]


@pytest.mark.parametrize("change", ["kind = 'G1'", "stage = 'existing'", "stage = 'planned'"])
def test_a_plot_that_counts_otherwise_marks_its_cell(sql: Sql, change: str) -> None:
    sql.plot()
    sql.drain()
    sql.run(f"UPDATE plot_version SET {change}")
    assert sql.marked() == [WEST]


def test_a_change_that_tells_nothing_of_ground_marks_nothing(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    sql.run("UPDATE plot_version SET note = 'seen'")
    assert sql.marked() == []


def test_cells_of_a_boundary_that_ended_are_not_marked(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET valid_to = beijing_today() WHERE code = :c", c=WEST)
    sql.plot()
    assert sql.marked() == []


def test_plots_are_not_written_from_an_old_snapshot(drained: Engine) -> None:
    engine = drained.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, pytest.raises(DBAPIError, match="READ COMMITTED"):
        Sql(connection).plot()
