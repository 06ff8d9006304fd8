"""Acceptance: a check on the ground, its record, and the stage that follows from it."""

from typing import Any

import pytest

from tests.service.api.test_plots import approved, drawn
from tests.service.conftest import SOUTH, SignIn

CHECK = {"date": "2026-05-20", "survival_rate": 0.87, "verified_m2": 36_000.0, "note": "合格"}


def test_the_first_check_makes_a_planted_plot_accepted(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert answer.status_code == 200, answer.text
    properties = answer.json()["properties"]
    assert (properties["stage"], properties["review"]) == ("accepted", "approved")


def test_each_check_is_a_record_of_its_own_the_newest_first(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    for date in ("2023-05-20", "2026-05-20"):
        inspector.post(f"/api/plots/{plot['id']}/accept", json={**CHECK, "date": date})
    found = inspector.get(f"/api/plots/{plot['id']}/acceptances").json()["acceptances"]
    assert [one["date"] for one in found] == ["2026-05-20", "2023-05-20"]
    assert {name: found[0][name] for name in CHECK} == CHECK


def test_a_plot_that_is_not_approved_cannot_be_accepted(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_approved")


def test_a_planned_plot_cannot_be_accepted(sign_in: SignIn) -> None:
    plot = approved(sign_in, stage="planned")
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_stage")


def test_a_plot_of_another_county_is_not_found(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector", SOUTH).post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"survival_rate": 1.2},
        {"survival_rate": -0.1},
        {"verified_m2": -1},
        {"date": "2999-01-01"},
        {"date": "soon"},
        {"passed": True},
    ],
)
def test_a_check_that_cannot_be_is_refused(sign_in: SignIn, change: dict[str, Any]) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json={**CHECK, **change})
    assert answer.status_code == 422
