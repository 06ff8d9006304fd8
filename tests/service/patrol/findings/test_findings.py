"""Findings: reported, taken from step to step by letters, closed; with who and when."""

from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from service.web.timestamps import today
from tests.service.conftest import EAST, WEST, SignIn, ring
from tests.service.patrol.zones.test_zones import inspector_of_a_grid
from tests.service.plots.test_two_editors import at_once


def finding(lon: float = 125.025, lat: float = 43.025, **said: Any) -> dict[str, Any]:
    """Something burning in the grid G1."""
    given = {"kind": "野外用火", "found_at": "2026-07-06T08:00:00+08:00", **said}
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": place, "properties": given}


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 and a grid G1 in it."""
    return inspector_of_a_grid(sign_in)


def reported(client: httpx.Client, **said: Any) -> dict[str, Any]:
    """The finding as it was answered."""
    answer = client.post("/api/findings", json=finding(**said))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def step(client: httpx.Client, number: int, version: int, **said: Any) -> httpx.Response:
    """The next step upon a version."""
    held = {"If-Match": f'"{version}"'}
    return client.post(f"/api/findings/{number}/steps", json=said, headers=held)


def test_a_finding_belongs_to_the_smallest_zone_around_it(inspector: httpx.Client) -> None:
    properties = reported(inspector)["properties"]
    place_and_kind = (
        properties["zone"],
        properties["kind"],
        properties["kind_label"],
        properties["state"],
    )
    assert place_and_kind == ("G1", "HYYH", "野外用火", "found")
    assert reported(inspector, lon=125.04)["properties"]["zone"] == "T1"


def test_equal_findings_at_one_moment_are_stored_once(inspector: httpx.Client) -> None:
    answers = at_once(*[partial(inspector.post, "/api/findings", json=finding())] * 4)
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    (written,) = [one.json()["id"] for one in answers if one.status_code == 201]
    for refused in answers:
        if refused.status_code == 409:
            assert refused.json()["code"] == "same_finding"
            assert str(written) in refused.json()["detail"]


@pytest.mark.parametrize(
    "other", [{"note": "第二堆"}, {"kind": "有害生物"}, {"found_at": "2026-07-07T08:00:00+08:00"}]
)
def test_another_finding_at_the_same_place_is_stored(
    inspector: httpx.Client, other: dict[str, Any]
) -> None:
    reported(inspector)
    reported(inspector, **other)


def test_a_finding_goes_by_two_letters_to_its_end_and_says_who_and_when(
    inspector: httpx.Client,
) -> None:
    number = reported(inspector)["id"]
    walk = [
        {"state": "notice", "letter_no": "提示〔2026〕1号", "on_day": "2026-07-10"},
        {"state": "supervision", "letter_no": "督办〔2026〕1号", "on_day": "2026-07-20"},
        {"state": "rectified", "on_day": "2026-07-25"},
        {"state": "closed", "on_day": "2026-07-26"},
    ]
    for version, said in enumerate(walk, start=1):
        answer = step(inspector, number, version, **said)
        assert answer.status_code == 201, answer.text
    steps = inspector.get(f"/api/findings/{number}").json()["properties"]["steps"]
    assert [(step["state"], step["on_day"], step["letter_no"]) for step in steps] == [
        ("found", "2026-07-06", None),
        *((step["state"], step["on_day"], step.get("letter_no")) for step in walk),
    ]
    assert {step["actor"] for step in steps} == {"inspector-0"}


@pytest.mark.parametrize("state", ["found", "closed"])
def test_a_step_that_does_not_follow_is_told_with_those_that_do(
    inspector: httpx.Client, state: str
) -> None:
    answer = step(inspector, reported(inspector)["id"], 1, state=state)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_such_step")
    assert "notice" in answer.json()["detail"]


@pytest.mark.parametrize("when", ["before the finding", "tomorrow"])
def test_a_step_is_taken_between_the_finding_and_today(inspector: httpx.Client, when: str) -> None:
    # Tomorrow is asked for here: while tests are collected it may still be yesterday in Beijing.
    day = (today() + timedelta(days=1)).isoformat() if when == "tomorrow" else "2026-07-05"
    answer = step(inspector, reported(inspector)["id"], 1, state="notice", on_day=day)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "on_day")


def test_of_two_who_take_a_step_the_second_is_told(inspector: httpx.Client) -> None:
    number = reported(inspector)["id"]
    assert step(inspector, number, 1, state="notice").status_code == 201
    assert step(inspector, number, 1, state="rectified").json()["code"] == "stale"


def test_a_finding_past_its_deadline_is_overdue_until_it_is_rectified(
    inspector: httpx.Client,
) -> None:
    number = reported(inspector, deadline="2026-07-31")["id"]
    overdue = {"overdue": "true"}
    assert inspector.get("/api/findings", params=overdue).json()["numberMatched"] == 1
    step(inspector, number, 1, state="rectified")
    assert inspector.get("/api/findings", params=overdue).json()["numberMatched"] == 0


def test_the_duty_meter_counts_what_is_open(inspector: httpx.Client) -> None:
    reported(inspector, deadline="2026-07-31")
    rows = inspector.get("/api/duty", params={"period": "2026-Q3"}).json()["rows"]
    counts = {row["zone"]: (row["open_findings"], row["overdue_findings"]) for row in rows}
    assert counts == {"G1": (1, 1), "T1": (0, 0)}


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        pytest.param("2026-07-05", (0, 0), id="before it was found"),
        pytest.param("2026-07-31", (1, 0), id="the last day of its deadline"),
        pytest.param("2026-08-01", (1, 1), id="past its deadline"),
        pytest.param("2026-08-09", (1, 1), id="the day before it was rectified"),
        pytest.param("2026-08-10", (0, 0), id="rectified"),
    ],
)
def test_the_duty_of_a_day_counts_what_was_open_on_it(
    inspector: httpx.Client, day: str, counted: tuple[int, int]
) -> None:
    number = reported(inspector, deadline="2026-07-31")["id"]
    step(inspector, number, 1, state="rectified", on_day="2026-08-10", deadline="2026-12-31")
    params = {"period": "2026-Q3", "as_of": day, "zone": "G1"}
    (duty_row,) = inspector.get("/api/duty", params=params).json()["rows"]
    assert (duty_row["open_findings"], duty_row["overdue_findings"]) == counted


def test_a_finding_is_patched_but_its_state_is_not(inspector: httpx.Client) -> None:
    number = reported(inspector)["id"]
    held = {"If-Match": '"1"'}
    address = f"/api/findings/{number}"
    refused = inspector.patch(address, json={"properties": {"state": "closed"}}, headers=held)
    assert refused.json()["errors"][0]["field"] == "properties.state"
    answer = inspector.patch(address, json={"properties": {"note": "已扑灭"}}, headers=held)
    assert (answer.json()["properties"]["note"], answer.headers["ETag"]) == ("已扑灭", '"2"')


def test_findings_are_of_the_scope_and_written_by_inspectors(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    number = reported(inspector)["id"]
    assert sign_in("viewer", WEST).get(f"/api/findings/{number}").status_code == 200
    assert sign_in("planner", WEST).post("/api/findings", json=finding()).status_code == 403
    other = sign_in("inspector", EAST)
    assert other.get(f"/api/findings/{number}").status_code == 404
    assert step(other, number, 1, state="notice").status_code == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"kind": "飞碟"}, "properties.kind", id="kind"),
        pytest.param({"zone": "G9"}, "properties.zone", id="zone"),
        pytest.param({"lon": 125.08}, "properties.zone", id="no zone there"),
        pytest.param({"lon": 114.05, "lat": 25.05}, "geometry", id="another county"),
        pytest.param({"lon": 500_000.0}, "geometry", id="metres"),
        pytest.param({"found_at": "2099-01-01T00:00:00Z"}, "properties.found_at", id="future"),
        pytest.param({"found_at": "1948-12-31T15:59:59Z"}, "properties.found_at", id="1948"),
        pytest.param({"found_at": "0001-01-01T00:00:00+23:59"}, "properties.found_at", id="0001"),
        pytest.param({"found_at": "2025-01-01T00:00:00Z"}, "properties.zone", id="before it"),
        pytest.param({"deadline": "2026-07-05"}, "properties.deadline", id="due before it"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_field(
    inspector: httpx.Client, said: dict[str, Any], field: str
) -> None:
    answer = inspector.post("/api/findings", json=finding(**said))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_deadline_on_the_day_itself_is_one(inspector: httpx.Client) -> None:
    # Found at half past one in the night of Beijing, when it is still the day before in UTC.
    properties = {"found_at": "2026-07-05T17:30:00Z", "deadline": "2026-07-06"}
    number = reported(inspector, **properties)["id"]
    late = step(inspector, number, 1, state="notice", on_day="2026-07-08", deadline="2026-07-07")
    assert (late.status_code, late.json()["errors"][0]["field"]) == (422, "deadline")
    due = step(inspector, number, 1, state="notice", on_day="2026-07-08", deadline="2026-07-08")
    assert due.status_code == 201, due.text


def test_a_finding_is_taken_out_with_a_reason_only(inspector: httpx.Client) -> None:
    number = reported(inspector)["id"]
    held = {"If-Match": '"1"'}
    assert inspector.delete(f"/api/findings/{number}", headers=held).status_code == 422
    gone = inspector.delete(f"/api/findings/{number}", headers=held, params={"reason": "误报"})
    assert gone.status_code == 204


def test_a_finding_that_is_no_point_is_refused(inspector: httpx.Client) -> None:
    answer = inspector.post("/api/findings", json={**finding(), "geometry": ring(125.02, 43.02)})
    assert answer.status_code == 422
    assert "not_a_point" in answer.text
