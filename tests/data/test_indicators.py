"""Indicators: a closed language of measures, and units that fit."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import data
from data.code_tables import checked_row
from data.indicators import (
    MeasureError,
    RegisterMeasure,
    indicators,
    parse_measure,
    wrong_dimension,
)
from data.quantities import measuring_unit, rounded

REGISTERS = Path(data.__file__).parent / "registers"
REPORTED = '{"of": "reported"}'


def test_every_shipped_indicator_is_of_the_language_and_in_a_unit_of_its_dimension() -> None:
    for indicator in indicators().values():
        assert indicator.unit.dimension == indicator.dimension, indicator.code
        assert wrong_dimension(indicator.measure, indicator.dimension) is None, indicator.code


def test_ratios_name_indicators_that_there_are() -> None:
    known = indicators()
    over = [code for one in known.values() for code in getattr(one.measure, "over", ())]
    assert len(over) > 10
    assert set(over) <= set(known)


def test_shipped_measures_of_records_name_states_of_shipped_registers_that_count() -> None:
    """A count of things that are there; how many were handed out has every state."""
    measures = [one.measure for one in indicators().values()]
    asked = [one for one in measures if isinstance(one, RegisterMeasure)]
    assert len(asked) > 8
    for measure in asked:
        file = REGISTERS / f"{measure.register}.json"
        states = json.loads(file.read_text("utf-8"))["states"]
        counting = {state["code"] for state in states if state.get("counts")}
        assert set(measure.states) <= counting, measure


@pytest.mark.parametrize(
    "measure",
    [
        "",
        "[]",
        "{}",
        "SELECT 1",
        '{"of": "sql", "query": "SELECT 1"}',
        '{"of": "plots"}',
        '{"of": "plots", "what": "area; DROP TABLE plot"}',
        '{"of": "plots", "what": "area", "where": "1=1"}',
        '{"of": "plots", "what": "area", "stages": ["cancelled"]}',
        '{"of": "register:Street", "what": "count"}',
        '{"of": "register:street", "what": "field:x y"}',
        '{"of": "ratio", "over": ["a"]}',
        '{"of": 7}',
        pytest.param("[" * 1999, id="nested deeper than Python's stack"),
    ],
)
def test_what_is_not_of_the_language_is_refused(measure: str) -> None:
    with pytest.raises(MeasureError, match="measure"):
        parse_measure(measure)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "dimension", "missing"),
        ({"dimension": "colour", "unit": "ge", "measure": REPORTED}, "dimension", "unknown_code"),
        ({"dimension": "area", "unit": "石", "measure": REPORTED}, "unit", "unknown_code"),
        ({"dimension": "area", "unit": "km", "measure": REPORTED}, "unit", "wrong_dimension"),
        ({"dimension": "area", "unit": "mu", "measure": "{}"}, "measure", "bad_measure"),
        (
            {"dimension": "area", "unit": "mu", "measure": '{"of": "plots", "what": "stems"}'},
            "measure",
            "wrong_dimension",
        ),
        (
            {"dimension": "ratio", "unit": "percent", "measure": '{"of":"ratio","over":["a","b"]}'},
            "measure",
            "unknown_code",
        ),
        (
            {"dimension": "count", "unit": "ge", "measure": REPORTED, "better": "yes"},
            "better",
            "unknown_code",
        ),
    ],
)
def test_a_wrong_indicator_of_a_bureau_is_refused(
    given: dict[str, Any], field: str, code: str
) -> None:
    _, problems = checked_row("indicator", {"code": "LM", "label_zh": "绿美", **given})
    assert (problems[0].field, problems[0].code) == (field, code)


def test_a_measure_may_be_long() -> None:
    kinds = ["G1"] * 40
    measure = json.dumps({"of": "plots", "what": "area", "kinds": kinds})
    cells = {"code": "LM", "label_zh": "绿美", "dimension": "area", "unit": "mu"}
    assert checked_row("indicator", {**cells, "measure": measure})[1] == []


@pytest.mark.parametrize(
    ("done", "target", "percent"), [("51.3", "50", "102.6"), ("1373", "367", "374.1")]
)
def test_rates_of_the_papers_are_exact_and_rounded_once(
    done: str, target: str, percent: str
) -> None:
    rate = Fraction(Decimal(done)) / Fraction(Decimal(target))
    assert str(rounded(rate * 100, 1)) == percent


def test_a_wan_mu_is_exactly_that() -> None:
    assert measuring_unit("万亩").to_base(Decimal("51.3")) == 342_000_000
    assert rounded(Fraction(-5, 2), 0) == -3
