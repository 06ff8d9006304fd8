"""Values of a table as a plot may have them, and what is refused of them."""

import pytest

from data.cell_values import BadValueError
from data.days import day
from data.plots.values import evidence, number


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
