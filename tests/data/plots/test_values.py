"""Values of a table as a plot may have them, and what is refused of them."""

import pytest

from data.cell_values import BadValueError
from data.plots.values import evidence


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
