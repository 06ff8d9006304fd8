"""Many plots in one request: each is done or refused alone."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, WEST, SignIn, ring
from tests.service.plots.made import drawn

PLACES = [ring(125.02 + 0.01 * n, 43.05) for n in range(3)]


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    return sign_in("planner", name="planner")


@pytest.fixture
def three(planner: httpx.Client) -> list[int]:
    """Three drafts of the planner."""
    return [drawn(planner, geometry=place)["id"] for place in PLACES]


def reviewed(client: httpx.Client, verb: str, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/reviews", json={"verb": verb, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def changed(client: httpx.Client, patch: Any, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/plots/changes", json={"patch": patch, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def codes(told: dict[str, Any]) -> list[tuple[int, str]]:
    return [(entry["id"], entry["code"]) for entry in told["refused"]]


def reviews(client: httpx.Client) -> list[str]:
    features = client.get("/api/plots").json()["features"]
    return [plot["properties"]["review"] for plot in features]


def test_plots_are_submitted_at_once_and_each_is_answered_alone(
    planner: httpx.Client, three: list[int]
) -> None:
    planner.post(f"/api/plots/{three[1]}/submit")
    told = reviewed(planner, "submit", ids=[*three, 999])
    assert told["done"] == [three[0], three[2]]
    assert codes(told) == [(three[1], "wrong_state"), (999, "not_found")]
    assert reviews(planner) == ["submitted"] * 3


def test_a_dry_run_keeps_nothing(planner: httpx.Client, three: list[int]) -> None:
    told = reviewed(planner, "submit", ids=three, dry_run=True)
    assert (told["done"], told["dry_run"], reviews(planner)) == (three, True, ["draft"] * 3)


@pytest.mark.parametrize(
    ("verb", "more"),
    [("submit", {}), ("withdraw", {}), ("approve", {}), ("return", {"reason": "补"})],
)
def test_a_dry_run_refuses_what_the_step_refuses(
    planner: httpx.Client, three: list[int], sign_in: SignIn, verb: str, more: dict[str, Any]
) -> None:
    inspector = sign_in("inspector", name="inspector")
    reviewed(planner, "submit", ids=three[:2])
    reviewed(inspector, "approve", ids=three[:1])
    client = planner if verb in ("submit", "withdraw") else inspector
    tried = reviewed(client, verb, ids=[*three, 999], dry_run=True, **more)
    assert reviews(planner) == ["approved", "submitted", "draft"]
    done = reviewed(client, verb, ids=[*three, 999], **more)
    assert len(done["done"]) == 1
    assert (tried["done"], codes(tried)) == (done["done"], codes(done))


def test_plots_are_chosen_by_a_filter_within_the_scope(
    planner: httpx.Client, three: list[int], sign_in: SignIn
) -> None:
    western = sign_in("planner", WEST)
    assert reviewed(western, "submit", filter={"review": ["draft"], "year": 2026})["done"] == three
    assert reviewed(sign_in("planner", EAST), "submit", filter={})["done"] == []


def test_an_inspector_approves_and_returns_many(
    planner: httpx.Client, three: list[int], sign_in: SignIn
) -> None:
    inspector = sign_in("inspector")
    reviewed(planner, "submit", ids=three)
    assert reviewed(inspector, "approve", ids=three[:1])["done"] == three[:1]
    told = reviewed(
        inspector,
        "return",
        ids=three,
        reasons=["WZPY"],
        reason="北移 20 米",
        pins=[{"at": [125.03, 43.05], "text": "沟边"}],
    )
    assert (told["done"], codes(told)) == (three[1:], [(three[0], "nothing_to_review")])
    plot = planner.get(f"/api/plots/{three[1]}").json()["properties"]
    assert plot["return_reason"] == "位置偏移；北移 20 米；沟边（125.030000, 43.050000）"


def test_nobody_approves_what_they_submitted(three: list[int], sign_in: SignIn) -> None:
    admin = sign_in("admin")
    reviewed(admin, "submit", ids=three)
    assert codes(reviewed(admin, "approve", ids=three)) == [(one, "four_eyes") for one in three]


def test_who_submitted_takes_back_and_nobody_else_but_staff(
    planner: httpx.Client, three: list[int], sign_in: SignIn
) -> None:
    reviewed(planner, "submit", ids=three)
    other = reviewed(sign_in("planner"), "withdraw", ids=three[:1])
    assert codes(other) == [(three[0], "not_your_submission")]
    assert reviewed(planner, "withdraw", ids=three[:1])["done"] == three[:1]
    assert reviewed(sign_in("gis"), "withdraw", ids=three[1:])["done"] == three[1:]
    assert reviews(planner) == ["draft"] * 3


@pytest.mark.parametrize(
    ("verb", "role"), [("approve", "planner"), ("return", "gis"), ("submit", "inspector")]
)
def test_a_step_of_another_role_is_refused_whole(sign_in: SignIn, verb: str, role: str) -> None:
    body = {"verb": verb, "ids": [1], "reason": "x"}
    answer = sign_in(role).post("/api/reviews", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verb": "submit"}, "invalid_request"),
        ({"verb": "submit", "ids": [1], "filter": {}}, "invalid_request"),
        ({"verb": "submit", "ids": []}, "invalid_request"),
        ({"verb": "submit", "ids": [True]}, "invalid_request"),
        ({"verb": "submit", "filter": {"reviews": ["draft"]}}, "invalid_request"),
        ({"verb": "submit", "filter": {"district": "220101"}}, "unknown_district"),
        ({"verb": "return", "ids": [1]}, "reason_missing"),
        ({"verb": "return", "ids": [1], "reasons": ["无此"]}, "unknown_return_reason"),
        ({"verb": "return", "ids": [1], "pins": [{"at": [1e9, 0]}]}, "invalid_request"),
        ({"verb": "burn", "ids": [1]}, "invalid_request"),
    ],
)
def test_a_body_that_cannot_be_is_refused(sign_in: SignIn, body: dict[str, Any], code: str) -> None:
    answer = sign_in("admin").post("/api/reviews", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_too_many_plots_are_refused(
    planner: httpx.Client, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.plots.many.MAX_PLOTS", 2)
    answer = planner.post("/api/reviews", json={"verb": "submit", "filter": {}})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_plots")
    assert reviews(planner) == ["draft"] * 3


def test_attributes_of_many_plots_change_at_once(planner: httpx.Client, three: list[int]) -> None:
    reviewed(planner, "submit", ids=three[:1])
    told = changed(planner, {"programme": None, "theme": "党员林"}, ids=[*three, 999])
    assert told["done"] == three[1:]
    assert codes(told) == [(three[0], "submitted"), (999, "not_found")]
    plot = planner.get(f"/api/plots/{three[2]}").json()["properties"]
    assert (plot["theme"], plot["version"]) == ("DYL", 2)


def test_a_change_that_does_not_fit_is_told_of_each_plot(
    planner: httpx.Client, three: list[int]
) -> None:
    told = changed(planner, {"year": 1800}, ids=three[:1])
    assert codes(told) == [(three[0], "invalid_request")]
    assert codes(changed(planner, {"kind": "花坛"}, ids=three[:1])) == [(three[0], "unknown_code")]
    assert codes(changed(planner, {"plot_no": "X"}, ids=three[:2])) == [(three[1], "plot_no_taken")]


def test_a_dry_run_of_a_change_says_what_would_be_refused(
    planner: httpx.Client, three: list[int]
) -> None:
    told = changed(planner, {"plot_no": "X"}, ids=three, dry_run=True)
    assert (told["done"], told["dry_run"]) == (three, True)
    plot = planner.get(f"/api/plots/{three[0]}").json()["properties"]
    assert (plot["plot_no"], plot["version"]) == ("00001", 1)


def test_own_drafts_are_deleted_at_once_and_what_others_drew_is_not(
    planner: httpx.Client, three: list[int], sign_in: SignIn
) -> None:
    reviewed(planner, "submit", ids=three[:1])
    theirs = drawn(sign_in("planner"), geometry=ring(125.06, 43.05))["id"]
    assert reviewed(planner, "delete", ids=[*three, theirs], dry_run=True)["done"] == three[1:]
    told = reviewed(planner, "delete", ids=[*three, theirs])
    assert codes(told) == [(three[0], "submitted"), (theirs, "not_your_draft")]
    assert [plot["id"] for plot in planner.get("/api/plots").json()["features"]] == [
        three[0],
        theirs,
    ]


def test_approved_plots_are_deleted_by_staff_with_a_reason(
    planner: httpx.Client, three: list[int], sign_in: SignIn
) -> None:
    reviewed(planner, "submit", ids=three)
    reviewed(sign_in("inspector"), "approve", ids=three)
    gis = sign_in("gis")
    assert codes(reviewed(gis, "delete", ids=three[:1])) == [(three[0], "reason_missing")]
    assert reviewed(gis, "delete", ids=three, reason="重复录入")["done"] == three


@pytest.mark.parametrize(
    "chosen",
    [{"bbox": "125.029,43.04,125.031,43.06"}, {"q": "城南"}, {"cql2": "name = '城南林'"}],
    ids=str,
)
def test_a_filter_takes_a_box_words_and_cql2(
    planner: httpx.Client, three: list[int], chosen: dict[str, Any]
) -> None:
    changed(planner, {"name": "城南林"}, ids=three[1:2])
    assert reviewed(planner, "submit", filter=chosen, dry_run=True)["done"] == three[1:2]


def test_a_filter_of_many_says_where_it_is_wrong(planner: httpx.Client) -> None:
    for chosen, code in (({"bbox": "1,2"}, "invalid_request"), ({"cql2": "="}, "bad_filter")):
        answer = planner.post("/api/reviews", json={"verb": "submit", "filter": chosen})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("dry_run", [True, False])
def test_plots_that_are_not_reached_in_time_are_told_and_left(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    monkeypatch.setattr("service.plots.many.MAX_SECONDS", 0.0)
    planner = sign_in("planner")
    three = [drawn(planner, geometry=ring(125.01 + n / 100, 43.01))["id"] for n in range(3)]
    body = {"ids": three, "patch": {"note": "改"}, "dry_run": dry_run}
    told = planner.post("/api/plots/changes", json=body).json()
    assert told["done"] == three[:1]
    late = [(one["id"], one["code"]) for one in told["refused"]]
    assert late == [(plot_id, "out_of_time") for plot_id in three[1:]]
    notes = [planner.get(f"/api/plots/{n}").json()["properties"]["note"] for n in three]
    assert notes == [None if dry_run else "改", None, None]
