"""Figures stand under the level of their district."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

FIGURES = "SELECT DISTINCT level FROM coverage_district"
STAMPS = "SELECT array_agg(stamp ORDER BY grouping) FROM coverage_district"


def test_figures_of_a_district_of_another_level_go_along_with_new_stamps(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    stamps = sql.value(STAMPS)
    sql.run("UPDATE district SET level = 'town' WHERE code = :code", code=WEST)
    assert sql.column(FIGURES) == ["town"]
    assert not set(stamps) & set(sql.value(STAMPS))


def test_another_name_changes_no_figure(sql: Sql) -> None:
    sql.plot()
    sql.drain()
    stamps = sql.value(STAMPS)
    sql.run("UPDATE district SET name = 'other', level = level WHERE code = :code", code=WEST)
    assert sql.value(STAMPS) == stamps
