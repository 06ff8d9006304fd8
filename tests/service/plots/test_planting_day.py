"""What is not planted yet is not planted, at any door."""

from datetime import timedelta
from typing import Any

import pytest

from service.web.timestamps import today
from tests.service.conftest import SignIn, feature, ring
from tests.service.imports.conftest import rows, staged
from tests.service.plots.made import approved

TOMORROW = str(today() + timedelta(days=1))


def refused(answer: Any) -> tuple[int, str, str]:
    """Status, and code and field of the only error."""
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["field"]


@pytest.mark.parametrize("stage", ["planted", "accepted", "existing"])
def test_a_plot_that_was_planted_tomorrow_is_refused(sign_in: SignIn, stage: str) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(stage=stage, planted_on=TOMORROW))
    assert refused(answer) == (422, "planted_in_future", "properties.planted_on")


def test_a_planned_plot_may_name_a_day_to_come_and_is_planted_no_sooner(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = planner.post("/api/plots", json=feature(stage="planned", planted_on=TOMORROW))
    assert plot.status_code == 201
    seen = {"If-Match": plot.headers["ETag"]}
    answer = planner.patch(
        plot.headers["Location"], json={"properties": {"stage": "planted"}}, headers=seen
    )
    assert refused(answer) == (422, "planted_in_future", "properties.planted_on")


def test_today_is_no_day_to_come(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(planted_on=str(today())))
    assert answer.status_code == 201


def test_many_at_once_are_told_each(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    body = {"ids": [plot["id"]], "patch": {"planted_on": TOMORROW}}
    told = sign_in("gis").post("/api/plots/changes", json=body).json()["refused"]
    assert [one["code"] for one in told] == ["planted_in_future"]


def test_a_row_of_a_file_is_told_its_field(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    wrong = feature(ring(125.02, 43.02), planted_on=TOMORROW)
    planned = feature(ring(125.04, 43.04), stage="planned", planted_on=TOMORROW)
    state = staged(planner, wrong, planned)
    told = [
        [(one["code"], one["field"]) for one in row["properties"]["problems"]]
        for row in rows(planner, state["id"])
    ]
    assert told == [[("planted_in_future", "planted_on")], []]
