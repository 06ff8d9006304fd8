"""Cells of task tables as papers write them, and whatever else people type."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cell_values import BadValueError
from data.codes import code_list
from data.quantities import measuring_unit
from data.task_cells import parse_task_cell, task_cell_text, unit_in_heading


@pytest.mark.parametrize(
    ("written", "lower", "upper", "unit", "strictness"),
    [
        ("50万亩", "50", None, "wan_mu", "must"),
        ("２—３条", "2", "3", "tiao", "must"),
        ("2条-3条", "2", "3", "tiao", "must"),
        ("≥50公里", "50", None, "km", "at_least"),
        ("不少于40处", "40", None, "chu", "at_least"),
        ("4000万株以上", "4000", None, "wan_zhu", "at_least"),
        ("力争完成1000个", "1000", None, "ge", "strive"),
        ("力争达到≥50公里", "50", None, "km", "strive"),
        ("8 800亩", "8800", None, "mu", "must"),
        ("1,373 个", "1373", None, "ge", "must"),
        ("1500万平方米", "1500", None, "wan_m2", "must"),
        ("3千亩", "3000", None, "mu", "must"),
        ("0.5万株", "0.5", None, "wan_zhu", "must"),
    ],
)
def test_the_papers_are_understood(
    written: str, lower: str, upper: str | None, unit: str, strictness: str
) -> None:
    cell = parse_task_cell(written)
    assert cell is not None
    assert (cell.lower, cell.unit.code, cell.strictness) == (Decimal(lower), unit, strictness)
    assert cell.upper == (None if upper is None else Decimal(upper))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("约50", "no_unit"),
        ("约50万亩", "about_figure"),
        ("50", "no_unit"),
        ("50石", "unknown_unit_of_measure"),
        ("2条-3公里", "unknown_unit_of_measure"),
        ("3-2条", "out_of_range"),
        ("2-条", "no_figure"),
        ("若干条", "no_figure"),
        ("-5亩", "no_figure"),
        ("#REF!", "no_figure"),
        ("1234567890123456亩", "too_long"),
        ("5" * 101, "too_long"),
    ],
)
def test_what_is_not_definite_is_refused(written: str, code: str) -> None:
    with pytest.raises(BadValueError) as refused:
        parse_task_cell(written)
    assert refused.value.code == code


@pytest.mark.parametrize("written", [None, "", " ", "—", "-", "/", "无", "N/A", "未知"])
def test_an_empty_cell_asks_nothing(written: Any) -> None:
    assert parse_task_cell(written) is None


def test_the_unit_of_the_heading_serves_cells_without_one() -> None:
    name, unit = unit_in_heading("新增城市绿地面积（万平方米）")
    cell = parse_task_cell(1500, unit)
    assert cell is not None
    assert (name, cell.lower, cell.unit.code) == ("新增城市绿地面积", Decimal(1500), "wan_m2")
    assert unit_in_heading("街路/条")[1] == measuring_unit("条")
    assert unit_in_heading("绿道（新建）") == ("绿道(新建)", None)


UNITS = st.sampled_from([row.code for row in code_list("unit_of_measure")])
FIGURES = st.decimals(0, 10**8, allow_nan=False, allow_infinity=False, places=3)


@given(FIGURES, st.none() | FIGURES, UNITS, st.sampled_from(["must", "at_least", "strive"]))
def test_what_is_written_is_read_back_the_same(
    lower: Decimal, more: Decimal | None, unit: str, strictness: str
) -> None:
    upper = None if more is None else lower + more
    written = task_cell_text(lower, upper, strictness, measuring_unit(unit))
    cell = parse_task_cell(written)
    assert cell is not None
    assert (cell.lower, cell.upper) == (lower, upper)
    assert (cell.unit.code, cell.strictness) == (unit, strictness)


@given(st.text(max_size=40) | st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_whatever_is_typed_is_read_or_refused_in_words(written: Any) -> None:
    try:
        cell = parse_task_cell(written, measuring_unit("亩"))
    except BadValueError:
        return
    assert cell is None or cell.lower >= 0


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("20 ten thousand mu", "wan_mu"),
        ("3 ten thousand stems", "wan_zhu"),
        ("1.5 ten thousand m²", "wan_m2"),
    ],
)
def test_a_unit_of_several_words_is_known_in_a_cell(cell: str, code: str) -> None:
    asked = parse_task_cell(cell)
    assert asked is not None
    assert asked.unit.code == code
