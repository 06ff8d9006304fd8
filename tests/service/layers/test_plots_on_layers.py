"""A plot across farmland is refused with the spot and the layer, clipped, saved, approved."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, WEST, Database, Server, SignIn, feature, ring
from tests.service.layers.conftest import file_of, finished, send, square
from tests.service.plots.made import approved

Farmland = Callable[..., dict[str, Any]]
# Half of it lies on the farmland of 0.002° from 125.05 on.
ACROSS = ring(125.051, 43.05)


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    """Of the western county."""
    return sign_in("planner", WEST, name="planner")


def on_line(answer: httpx.Response) -> dict[str, Any]:
    """The problem of the layer in an answer of a check."""
    (problem,) = [
        problem for problem in answer.json()["problems"] if problem["code"] == "on_control_line"
    ]
    found: dict[str, Any] = problem
    return found


def check(client: httpx.Client, geometry: Any = ACROSS, **properties: Any) -> httpx.Response:
    return client.post("/api/plots/check", json=feature(geometry, **properties))


def affected(client: httpx.Client, **query: str) -> dict[str, Any]:
    """The list of affected plots, when all plots have been compared."""
    end = time.monotonic() + 20
    while True:
        body: dict[str, Any] = client.get("/api/layers/JBNT/affected", params=query).json()
        if body["complete"]:
            return body
        assert time.monotonic() < end, body
        time.sleep(0.05)


def test_a_drawing_across_farmland_is_refused_with_layer_area_share_and_spot(
    farmland: Farmland, planner: httpx.Client
) -> None:
    farmland(square(125.05, 43.05, name="一号地"))
    answer = check(planner)
    assert answer.json()["valid"] is False
    problem = on_line(answer)
    assert (problem["layer"], problem["severity"]) == ("JBNT", "block")
    assert problem["share"] == pytest.approx(0.5, rel=1e-5)
    assert problem["area_m2"] == pytest.approx(answer.json()["area_m2"] / 2, rel=1e-5)
    assert 125.051 < problem["at"][0] < 125.052
    assert "Farmland (一号地)" in problem["message"]


def test_it_is_not_stored(farmland: Farmland, planner: httpx.Client) -> None:
    farmland(square(125.05, 43.05))
    answer = planner.post("/api/plots", json=feature(ACROSS))
    assert (answer.status_code, answer.json()["code"]) == (422, "on_control_line")
    assert answer.json()["errors"][0]["layer"] == "JBNT"


def test_clipped_it_is_stored_and_approved(
    farmland: Farmland, planner: httpx.Client, sign_in: SignIn
) -> None:
    farmland(square(125.05, 43.05))
    mended = planner.post("/api/plots/mend", json=feature(ACROSS) | {"way": "keep_off"}).json()
    assert mended["change_m2"] == pytest.approx(-mended["area_m2"], rel=1e-4)
    drawn = planner.post("/api/plots", json=feature(mended["geometry"]))
    assert drawn.status_code == 201, drawn.text
    plot = drawn.json()["id"]
    assert planner.post(f"/api/plots/{plot}/submit").status_code == 200
    assert sign_in("inspector", WEST).post(f"/api/plots/{plot}/approve").status_code == 200


def test_a_new_version_lists_the_plots_that_it_touches(
    farmland: Farmland, planner: httpx.Client
) -> None:
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    plot = planner.post("/api/plots", json=feature(ACROSS)).json()["id"]
    assert affected(planner)["rows"] == []
    farmland(square(125.05, 43.05), valid_from="2026-03-01")
    body = affected(planner)
    (row,) = body["rows"]
    assert (row["plot_id"], row["severity"], body["valid_from"]) == (plot, "block", "2026-03-01")
    assert row["share"] == pytest.approx(0.5, rel=1e-5)
    assert body["area_m2"] == pytest.approx(row["area_m2"])


def test_affected_plots_are_those_of_the_districts_of_the_account(
    farmland: Farmland, planner: httpx.Client, sign_in: SignIn
) -> None:
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    planner.post("/api/plots", json=feature(ACROSS))
    farmland(square(125.05, 43.05), valid_from="2026-03-01")
    assert affected(planner, district=WEST)["numberMatched"] == 1
    assert affected(sign_in("planner", EAST))["numberMatched"] == 0
    assert affected(sign_in("viewer", WEST))["numberMatched"] == 0  # a draft


def test_affected_plots_of_a_unit_are_shown_to_its_accounts(
    farmland: Farmland, sign_in: SignIn, database: Database, service: Server
) -> None:
    bureau = {"name": "市水务局", "kind": "bureau"}
    assert sign_in("admin").put("/api/units/SWJ", json=bureau).status_code == 201
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    plot = approved(sign_in, geometry=ACROSS, unit="SWJ")
    approved(sign_in, geometry=ring(125.0505, 43.0505, 0.0003))
    farmland(square(125.05, 43.05), valid_from="2026-03-01")
    with service.client(database.account("li", "planner", units=["SWJ"])) as client:
        assert [row["plot_id"] for row in affected(client)["rows"]] == [plot["id"]]


def test_a_warning_layer_is_acknowledged(farmland: Farmland, planner: httpx.Client) -> None:
    farmland(square(125.05, 43.05), body={"role": "warn"})
    answer = planner.post("/api/plots", json=feature(ACROSS))
    assert (answer.status_code, answer.json()["code"]) == (409, "warnings")
    again = planner.post(
        "/api/plots", json=feature(ACROSS), params={"acknowledge": "on_control_line"}
    )
    assert again.status_code == 201


def test_an_informing_layer_tells_each_class(gis: httpx.Client, planner: httpx.Client) -> None:
    gis.put("/api/layers/SD", json={"label_zh": "三调", "role": "info"})
    content = file_of(square(125.05, 43.05, DLBM="0101"), square(125.052, 43.05, DLBM="0301"))
    finished(gis, send(gis, content, code="SD"))
    problems = check(planner).json()["problems"]
    messages = [problem["message"] for problem in problems if problem["layer"] == "SD"]
    assert ["0101" in messages[0], "0301" in messages[1]] == [True, True]
    assert check(planner).json()["valid"] is True


def test_kinds_of_a_rule_are_looked_at_while_drawing(
    farmland: Farmland, planner: httpx.Client
) -> None:
    farmland(square(125.05, 43.05), body={"rule": {"kinds": ["FSYL"]}})
    assert check(planner, kind="人工造林").json()["valid"] is True
    assert check(planner, kind="封山育林").json()["valid"] is False


def test_a_change_onto_farmland_is_refused_by_put_and_patch(
    farmland: Farmland, planner: httpx.Client
) -> None:
    farmland(square(125.05, 43.05))
    drawn = planner.post("/api/plots", json=feature(ring(125.06, 43.05)))
    address, headers = drawn.headers["Location"], {"If-Match": drawn.headers["ETag"]}
    put = planner.put(address, json=feature(ACROSS), headers=headers)
    patch = planner.patch(address, json={"geometry": ACROSS}, headers=headers)
    assert [put.json()["code"], patch.json()["code"]] == ["on_control_line"] * 2


def test_splitting_and_merging_are_checked(farmland: Farmland, planner: httpx.Client) -> None:
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    drawn = planner.post("/api/plots", json=feature(ACROSS))
    beside = planner.post("/api/plots", json=feature(ring(125.053, 43.05)))
    farmland(square(125.05, 43.05), valid_from="2026-03-01")
    line = {"type": "LineString", "coordinates": [[125.0515, 43.04], [125.0515, 43.06]]}
    split = planner.post(
        f"{drawn.headers['Location']}/split",
        json={"line": line},
        headers={"If-Match": drawn.headers["ETag"]},
    )
    merge = planner.post(
        "/api/plots/merge", json={"ids": [drawn.json()["id"], beside.json()["id"]]}
    )
    assert [split.json()["code"], merge.json()["code"]] == ["on_control_line"] * 2


def test_a_cancelled_plot_may_lie_on_it(farmland: Farmland, planner: httpx.Client) -> None:
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    drawn = planner.post("/api/plots", json=feature(ACROSS))
    farmland(square(125.05, 43.05), valid_from="2026-03-01")
    patch = planner.patch(
        drawn.headers["Location"],
        json={"properties": {"stage": "cancelled"}},
        headers={"If-Match": drawn.headers["ETag"]},
    )
    assert patch.status_code == 200, patch.text


def test_ground_beyond_the_scope_is_told_of_layers_as_everywhere(
    farmland: Farmland, sign_in: SignIn
) -> None:
    farmland(square(125.05, 43.05))
    assert on_line(check(sign_in("planner", EAST)))["layer"] == "JBNT"


def test_features_of_a_layer_are_listed_in_a_box(farmland: Farmland, planner: httpx.Client) -> None:
    farmland(square(125.05, 43.05, name="一号", DLBM="0101"), square(125.08, 43.05))
    address = "/api/layers/JBNT/features"
    (found,) = planner.get(address, params={"bbox": "125.04,43.04,125.06,43.06"}).json()["features"]
    assert (found["properties"]["name"], found["properties"]["class"]) == ("一号", "0101")
    first = planner.get(address, params={"limit": 1}).json()
    assert (first["numberMatched"], first["numberReturned"]) == (2, 1)
    assert planner.get(first["next"]).json()["next"] is None


def test_features_of_a_day_are_those_of_its_version(
    farmland: Farmland, planner: httpx.Client
) -> None:
    farmland(square(125.05, 43.05), valid_from="2026-01-01")
    farmland(square(125.06, 43.05), square(125.07, 43.05), valid_from="2026-03-01")
    counts = [
        planner.get("/api/layers/JBNT/features", params={"on": day}).json()["numberMatched"]
        for day in ("2025-12-31", "2026-02-01", "2026-03-01")
    ]
    assert counts == [0, 1, 2]


def test_nothing_left_after_clipping_is_told(farmland: Farmland, planner: httpx.Client) -> None:
    farmland(square(125.05, 43.05, 0.01))
    mend = planner.post("/api/plots/mend", json=feature(ACROSS) | {"way": "keep_off"})
    assert mend.json()["code"] == "nothing_left"


def test_the_code_of_the_verdict_is_listed(planner: httpx.Client) -> None:
    codes = [entry["code"] for entry in planner.get("/api/codes/problems").json()["codes"]]
    assert "on_control_line" in codes
