"""Numbers of a body: ``true`` and ``false`` are none, at any door."""

from typing import Any

import pytest

from service.plots.api.acceptance_schemas import Acceptance
from tests.service.conftest import SignIn, feature
from tests.service.plots.made import approved

ACCEPT: dict[str, Any] = {"date": "2026-05-20"}


@pytest.mark.parametrize("name", ["survival_rate", "preservation_rate", "verified_m2"])
@pytest.mark.parametrize("value", [True, False])
def test_a_check_on_the_ground_is_measured_in_numbers(
    sign_in: SignIn, name: str, value: bool
) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    answer = inspector.post(f"/api/plots/{plot['id']}/accept", json={**ACCEPT, name: value})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == name
    assert inspector.get(f"/api/plots/{plot['id']}/acceptances").json()["acceptances"] == []


def test_a_number_of_a_check_is_taken_as_before() -> None:
    check = Acceptance.model_validate({**ACCEPT, "survival_rate": 1, "verified_m2": 0})
    assert (check.survival_rate, check.verified_m2) == (1.0, 0.0)


@pytest.mark.parametrize(
    "properties",
    [
        {"declared_m2": True},
        {"density_per_ha": True},
        {"species": [{"code": "PINKOR", "share": True}]},
        {"plan_ids": [True]},
        {"year": True},
    ],
)
def test_a_drawing_is_described_in_numbers(sign_in: SignIn, properties: dict[str, Any]) -> None:
    planner = sign_in("planner")
    plot = feature()
    plot["properties"] |= properties
    assert planner.post("/api/plots", json=plot).status_code == 422
    if "plan_ids" in properties:
        assert planner.post("/api/plots/check", json=plot).status_code == 422


def test_plots_are_named_by_numbers(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = feature()
    merged = planner.post("/api/plots/merge", json={"ids": [True, 2]})
    checked = planner.post("/api/plots/check", json={**plot, "id": True})
    mended = planner.post(
        "/api/plots/mend", json={"geometry": plot["geometry"], "way": "subtract", "id": True}
    )
    assert [answer.status_code for answer in (merged, checked, mended)] == [422, 422, 422]
