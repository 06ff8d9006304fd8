"""Values of a table as a plot may have them, and what is refused of them."""

import pytest

from data.cell_values import BadValueError
from data.days import day
from data.plots.list_values import evidence
from data.plots.values import code_of, number, without_unit, year
from gis.measure import M2_PER_MU


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"kind": "photo"}, id="no name"),
        pytest.param("a.jpg", id="no object"),
        pytest.param({"name": None}, id="an empty name"),
    ],
)
def test_evidence_without_a_name_is_refused(item: object) -> None:
    with pytest.raises(BadValueError) as refused:
        evidence([item])
    assert refused.value.code == "not_evidence"


@pytest.mark.parametrize("written", ["12,34", "1,2345", "1,23,456", ",5"])
def test_a_comma_that_sets_no_thousands_apart_makes_no_number(written: str) -> None:
    with pytest.raises(BadValueError) as refused:
        number(written)
    assert refused.value.code == "not_a_number"


def test_a_serial_number_of_excel_is_no_day_and_is_told_which_it_would_be() -> None:
    with pytest.raises(BadValueError) as refused:
        day("45601")
    assert "2024-11-05" in refused.value.message.en


@pytest.mark.parametrize(
    ("name", "written", "factor", "expected"),
    [
        ("declared_m2", "1.2万亩", M2_PER_MU, 12_000.0),
        ("declared_m2", "0.5 万", M2_PER_MU, 5_000.0),
        ("declared_m2", "0.8 hm²", 10_000.0, "0.8"),
        ("declared_m2", "１２.５亩", M2_PER_MU, "12.5"),
        ("density_per_ha", "110株/亩", 15.0, "110"),
        ("density_per_ha", "1650 株／公顷", 1.0, "1650"),
        ("year", "2026年", 1.0, "2026年"),
    ],
)
def test_an_amount_is_read_with_the_unit_of_its_column(
    name: str, written: str, factor: float, expected: object
) -> None:
    assert without_unit(name, written, factor) == expected


@pytest.mark.parametrize(
    ("name", "written", "factor"),
    [("declared_m2", "0.8公顷", M2_PER_MU), ("density_per_ha", "1650株/公顷", 15.0)],
)
def test_an_amount_in_another_unit_than_its_column_is_refused(
    name: str, written: str, factor: float
) -> None:
    with pytest.raises(BadValueError) as refused:
        without_unit(name, written, factor)
    assert "单位" in refused.value.message.zh


@pytest.mark.parametrize(
    "written", ["2026-04-05", "2026年4月", "2026/4/5", "2026.04", "2026年4月5日"]
)
def test_a_date_in_a_column_of_years_gives_its_year(written: str) -> None:
    assert year(written) == 2026


@pytest.mark.parametrize("written", ["2025-2026", "2026-13", "26-04-05"])
def test_what_names_no_year_is_refused(written: str) -> None:
    with pytest.raises(BadValueError) as refused:
        year(written)
    assert refused.value.code == "not_a_year"


@pytest.mark.parametrize("written", ["人 工 造 林", "人工　造林", " 人工造林\n"])
def test_blanks_within_a_word_of_a_code_list_are_nothing(written: str) -> None:
    assert code_of("kind", written) == "RGZL"
