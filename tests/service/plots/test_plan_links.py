"""``plan_ids`` names planned plots of the same county that the plot meets."""

from typing import Any

import pytest

from tests.service.conftest import EAST, WEST, SignIn, feature, ring
from tests.service.plots.made import approved, drawn


def drawing(client: Any, geometry: Any, **properties: Any) -> Any:
    address = "/api/plots?acknowledge=overlap,same_ground,crosses_district"
    return client.post(address, json=feature(geometry, **properties))


def refusal(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["code"], body["errors"][0]["field"]


def test_a_plot_that_is_not_planned_is_no_plan(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    green = drawn(planner, geometry=ring(125.05, 43.05))
    answer = drawing(planner, ring(125.05, 43.05), plan_ids=[green["id"]])
    assert refusal(answer) == (409, "not_a_plan", "properties.plan_ids")
    assert green["properties"]["plot_no"] in answer.json()["detail"]


def seen(plot: Any) -> dict[str, str]:
    return {"If-Match": f'"{plot["properties"]["version"]}"'}


@pytest.mark.parametrize(
    "west",
    [
        pytest.param(125.07, id="far away"),
        pytest.param(125.051, id="touching only"),
    ],
)
def test_a_plan_that_the_plot_does_not_meet_is_far(sign_in: SignIn, west: float) -> None:
    planner = sign_in("planner")
    plan = drawn(planner, geometry=ring(125.05, 43.05, 0.001), stage="planned")
    answer = drawing(planner, ring(west, 43.05, 0.001), plan_ids=[plan["id"]])
    assert refusal(answer) == (409, "far_from_plan", "properties.plan_ids")


def test_a_plan_of_another_county_is_far(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plan = drawn(planner, geometry=ring(125.0995, 43.05, 0.0012), stage="planned")
    assert plan["properties"]["district"] == EAST
    answer = drawing(planner, ring(125.0990, 43.05, 0.0012), plan_ids=[plan["id"]])
    assert refusal(answer) == (409, "far_from_plan", "properties.plan_ids")
    assert EAST in answer.json()["detail"]
    assert WEST in answer.json()["detail"]


def test_the_check_before_saving_says_the_same(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plan = drawn(planner, geometry=ring(125.05, 43.05), stage="planned")
    body = {
        "type": "Feature",
        "geometry": ring(125.07, 43.07),
        "properties": {"stage": "planted", "plan_ids": [plan["id"]]},
    }
    report = planner.post("/api/plots/check", json=body).json()
    assert report["valid"] is False
    assert [(found["code"], found["plot_id"]) for found in report["problems"]] == [
        ("far_from_plan", plan["id"])
    ]


def test_a_plan_that_was_planted_since_may_go_on_being_named(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plan = drawn(planner, geometry=ring(125.05, 43.05), stage="planned")
    plot = drawn(planner, geometry=ring(125.05, 43.05), plan_ids=[plan["id"]])
    acknowledged = "?acknowledge=overlap,same_ground"
    planted = planner.patch(
        f"/api/plots/{plan['id']}{acknowledged}",
        json={"type": "Feature", "properties": {"stage": "planted"}},
        headers=seen(plan),
    )
    assert planted.status_code == 200, planted.text
    renamed = planner.patch(
        f"/api/plots/{plot['id']}{acknowledged}",
        json={"type": "Feature", "properties": {"name": "乙"}},
        headers=seen(plot),
    )
    assert renamed.status_code == 200, renamed.text


def test_pieces_of_a_split_name_the_plans_that_they_meet(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    west = drawn(planner, geometry=ring(125.05, 43.05, 0.002), stage="planned")
    east = drawn(planner, geometry=ring(125.052, 43.05, 0.002), stage="planned")
    wide = ring(125.05, 43.05, 0.004, 0.002)
    plot = drawn(planner, geometry=wide, plan_ids=[west["id"], east["id"]])
    answer = planner.post(
        f"/api/plots/{plot['id']}/split",
        json={"line": {"type": "LineString", "coordinates": [[125.052, 43.04], [125.052, 43.06]]}},
        headers=seen(plot),
    )
    assert answer.status_code == 201, answer.text
    pieces = [planner.get(f"/api/plots/{number}").json() for number in answer.json()["ids"]]
    named = sorted(piece["properties"]["plan_ids"] for piece in pieces)
    assert named == [[west["id"]], [east["id"]]]


def test_the_fulfilled_share_of_a_plan_is_the_done_ground_that_names_it(sign_in: SignIn) -> None:
    plan = approved(sign_in, geometry=ring(125.05, 43.05, 0.002), stage="planned")
    planner = sign_in("planner")

    def fulfilled() -> Any:
        return planner.get(f"/api/plots/{plan['id']}").json()["properties"]["fulfilled_share"]

    assert fulfilled() == 0
    half = ring(125.05, 43.05, 0.001, 0.002)
    plot = drawn(planner, geometry=half, plan_ids=[plan["id"]])
    assert fulfilled() == 0, "a draft has done nothing yet"
    assert planner.post(f"/api/plots/{plot['id']}/submit").status_code == 200
    assert sign_in("inspector").post(f"/api/plots/{plot['id']}/approve").status_code == 200
    assert fulfilled() == pytest.approx(0.5, rel=1e-6)
    # Ground that two plots carry out counts once, and what does not name the plan not at all.
    approved(sign_in, geometry=half, plan_ids=[plan["id"]])
    approved(sign_in, geometry=ring(125.05, 43.05, 0.002))
    assert fulfilled() == pytest.approx(0.5, rel=1e-6)


def test_a_plot_that_is_not_planned_has_no_fulfilled_share(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    assert plot["properties"]["fulfilled_share"] is None


def test_a_plan_that_does_not_exist_is_refused_by_name(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(plan_ids=[999_999]))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_plan")
    assert answer.json()["errors"][0]["field"] == "properties.plan_ids"
