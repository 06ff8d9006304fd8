"""Who holds credit in counties, from the kept pieces."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

LEDGER = "SELECT * FROM ledger_of_counties(CAST(:codes AS text[]), :few)"
GREEN = "SELECT green_m2 FROM live_coverage(:codes, NULL, 'all', 1000) WHERE code IS NOT NULL"


def ledger(sql: Sql, *codes: str, few: int = 1_000) -> tuple[Any, list[Any]]:
    first, *rows = sql.rows(LEDGER, codes=list(codes or (WEST,)), few=few)
    return first, rows


@pytest.mark.parametrize("stored_pieces", [False, True])
def test_the_areas_add_up_to_the_green_area(sql: Sql, stored_pieces: bool) -> None:
    alone = sql.plot(125.02)
    one, other = sql.plot(125.04), sql.plot(125.0405)
    three = [sql.plot(125.06 + n * 0.0003) for n in range(3)]
    mate = sql.plot(125.0615, wide=0.002)  # meets the last of the three alone
    if stored_pieces:
        while sql.value("SELECT drain_coverage(1000)"):
            pass
    sql.session(WEST)
    _first, rows = ledger(sql)
    (green,) = sql.column(GREEN, codes=[WEST])
    assert sum(row.area_m2 for row in rows) == pytest.approx(green, rel=1e-6)
    held = {(row.plot_id, tuple(row.also)) for row in rows}
    assert {(alone, ()), (one, ()), (one, (other,)), (other, ())} <= held
    assert (three[0], (three[1], three[2])) in held
    assert (mate, ()) in held


@pytest.mark.parametrize("stored_pieces", [False, True])
def test_nobody_holds_ground_that_layers_refuse(sql: Sql, stored_pieces: bool) -> None:
    sql.layer_feature(sql.layer(), 125.02, wide=0.0005)  # half of the first
    sql.layer_feature(sql.layer("HX"), 125.0407, wide=0.03)  # of the pair, and of the three
    half = sql.plot(125.02)
    one, other = sql.plot(125.04), sql.plot(125.0405, stage="existing")
    three = [
        sql.plot(125.06 + n * 0.0003, stage=("planted", "existing", "accepted")[n])
        for n in range(3)
    ]
    if stored_pieces:
        sql.drain()
    sql.session(WEST)
    _first, rows = ledger(sql)
    (green,) = sql.column(GREEN, codes=[WEST])
    assert sum(row.area_m2 for row in rows) == pytest.approx(green, rel=1e-6)
    held = {(row.plot_id, tuple(row.also)): row.area_m2 for row in rows}
    strip = sql.area_m2(0.0001, 0.001)
    assert held == {
        (half, ()): pytest.approx(5 * strip, rel=1e-6),
        (one, ()): pytest.approx(5 * strip, rel=1e-6),
        (one, (other,)): pytest.approx(2 * strip, rel=1e-6),
        (other, ()): pytest.approx(8 * strip, rel=1e-6),
        (three[1], ()): pytest.approx(10 * strip, rel=1e-6),
    }


def test_cells_that_wait_are_counted(sql: Sql) -> None:
    sql.plot()
    sql.session(WEST)
    first, rows = ledger(sql, few=0)
    assert (first.plot_id, first.area_m2, rows) == (None, 1, [])
    assert first.since is not None


def test_a_foreign_holder_has_no_number(sql: Sql) -> None:
    sql.plot(125.0995, county=EAST)
    sql.session(WEST)
    _first, (row,) = ledger(sql)
    assert (row.plot_id, row.plot_no, row.district) == (None, None, EAST)
    assert row.lon < 125.1


def test_counties_out_of_scope_are_left_out(sql: Sql) -> None:
    sql.plot(125.15, county=EAST)
    sql.session(WEST)
    assert ledger(sql, EAST)[1] == []


def test_a_plot_of_a_unit_of_the_scope_is_told_as_ones_own(sql: Sql) -> None:
    number = sql.plot(125.0995, county=EAST)
    beneath = sql.plot(125.0995, county=EAST)
    for plot in (number, beneath):
        sql.of_unit(plot, "LYJ")
    sql.session(WEST, "unit:LYJ")
    (row,) = ledger(sql)[1]
    assert (row.plot_id, row.plot_no, row.also) == (number, str(number), [beneath])
