"""Who holds credit on some ground."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

LEDGER = """
SELECT * FROM ledger_of_ground(ST_MakeEnvelope(:west, 43.04, :east, 43.07, 4490), :most)
"""


def ledger(sql: Sql, west: float = 125.04, east: float = 125.07, most: int = 10) -> list[Any]:
    return sql.rows(LEDGER, west=west, east=east, most=most)


def test_the_holder_is_told_with_who_covers_it_too(sql: Sql) -> None:
    first = sql.plot(125.05, year=2024, programme="SB")
    second = sql.plot(125.05, year=2025)
    sql.session(WEST)
    (row,) = ledger(sql)
    assert (row.plot_id, row.district, row.year, row.programme) == (first, WEST, 2024, "SB")
    assert row.also == [second]
    assert row.since is not None


def test_ground_is_cut_to_the_shape(sql: Sql) -> None:
    sql.plot(125.05, wide=0.02)
    sql.session(WEST)
    (whole,), (half,) = ledger(sql, 125.04, 125.08), ledger(sql, 125.06, 125.08)
    assert abs(half.area_m2 * 2 - whole.area_m2) < 1


def test_nobody_holds_ground_that_layers_refuse(sql: Sql) -> None:
    sql.layer_feature(sql.layer(), 125.05, wide=0.0005)
    sql.plot(125.05)
    standing = sql.plot(125.05, stage="existing", wide=0.0002)
    sql.session(WEST)
    held = {row.plot_id: row.area_m2 for row in ledger(sql)}
    assert held.pop(standing) == pytest.approx(sql.area_m2(0.0002, 0.001), rel=1e-6)
    assert list(held.values()) == [pytest.approx(sql.area_m2(0.0005, 0.001), rel=1e-6)]


def test_drafts_and_plans_hold_nothing(sql: Sql) -> None:
    sql.plot(slot="working")
    sql.plot(stage="planned")
    sql.session(WEST)
    assert ledger(sql) == []


def test_of_a_foreign_holder_county_place_and_area_are_told(sql: Sql) -> None:
    sql.plot(125.0995, county=EAST)
    own = sql.plot(125.0995)
    sql.session(WEST)
    (row,) = ledger(sql, 125.09, 125.11)
    assert (row.plot_id, row.plot_no, row.year, row.since) == (None, None, None, None)
    assert row.district == EAST
    assert 125.09 < row.lon < 125.11
    assert row.also == [own]


def test_foreign_ground_far_beyond_the_border_is_not_told(sql: Sql) -> None:
    sql.plot(125.15, county=EAST)
    sql.session(WEST)
    assert ledger(sql, 125.14, 125.17) == []


def test_too_many_plots_are_one_empty_row(sql: Sql) -> None:
    for _ in range(3):
        sql.plot()
    sql.session(WEST)
    (row,) = ledger(sql, most=2)
    assert (row.plot_id, row.area_m2) == (None, None)


def test_without_a_scope_there_is_nothing(sql: Sql) -> None:
    sql.plot()
    sql.session()
    assert ledger(sql) == []


def test_a_plot_of_a_unit_of_the_scope_is_told_as_ones_own_wherever_it_lies(sql: Sql) -> None:
    number = sql.plot(125.15, county=EAST)
    beneath = sql.plot(125.15, county=EAST)
    for plot in (number, beneath):
        sql.of_unit(plot, "LYJ")
    sql.session(WEST, "unit:LYJ")
    (row,) = ledger(sql, 125.14, 125.17)
    assert (row.plot_id, row.plot_no, row.also) == (number, str(number), [beneath])


TWO_PARTS = """
SELECT * FROM ledger_of_ground(ST_Multi(ST_Union(
    ST_MakeEnvelope(125.05, 43.04, 125.052, 43.07, 4490),
    ST_MakeEnvelope(125.055, 43.04, 125.06, 43.07, 4490))), 10)
"""


def test_ground_of_one_holder_in_two_parts_is_what_it_is_beside_another_plot(sql: Sql) -> None:
    number = sql.plot(125.05, wide=0.01)
    sql.session(WEST)
    (alone,) = sql.rows(TWO_PARTS)
    assert alone.plot_id == number
    assert 125.055 < alone.lon < 125.06, "it is a point of the larger part"
    sql.as_owner()
    sql.plot(125.0515, wide=0.0005)
    sql.session(WEST)
    held = sql.rows(TWO_PARTS)
    assert {row.since for row in held} == {alone.since}
    assert sum(row.area_m2 for row in held) == pytest.approx(alone.area_m2, rel=1e-9)


def test_a_speck_of_one_holder_is_nobodys(sql: Sql) -> None:
    sql.plot(125.05, wide=0.01)
    sql.session(WEST)
    assert ledger(sql, 125.04, 125.05 + 1e-9) == []
