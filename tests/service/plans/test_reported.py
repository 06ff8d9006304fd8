"""Reported figures: written by who carries a target out, reviewed by another, then locked."""

from typing import Any

import pytest
from sqlalchemy import text

from service.plans.db.reported import current_figures
from tests.service.conftest import CITY, EAST, WEST, Database, Server, SignIn, feature
from tests.service.plans.test_targets import gis, refusal, target

__all__ = ["gis"]

FIGURE = {"on_day": "2023-12-20", "value": 51.3, "measured_in": "万亩", "qualifier": "exact"}
FIGURE |= {"source": "年度总结"}


@pytest.fixture
def number(gis: Any) -> int:
    """An issued target."""
    made = target(gis)
    gis.post(f"/api/targets/{made['id']}/issue")
    return int(made["id"])


def reported(client: Any, number: int, **given: Any) -> Any:
    """A figure on a target, as a draft."""
    answer = client.post("/api/reported", json={**FIGURE, "target": number, **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_figure_is_submitted_and_approved_by_another(
    number: int, sign_in: SignIn, database: Database
) -> None:
    figure = reported(sign_in("planner"), number)
    address = f"/api/reported/{figure['id']}"
    assert (figure["value"], figure["measured_in"], figure["review"]) == (51.3, "万亩", "draft")
    admin = sign_in("admin")
    assert admin.post(f"{address}/submit").json()["review"] == "submitted"
    assert refusal(admin.post(f"{address}/approve"))[:2] == (403, "four_eyes")
    answer = sign_in("inspector").post(f"{address}/approve")
    assert (answer.json()["review"], answer.headers["ETag"]) == ("approved", '"3"')
    with database.owner.connect() as connection:
        assert str(current_figures(connection, [number])[number]["value"]) == "51.3"


def test_a_reviewed_figure_is_locked(number: int, sign_in: SignIn) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    address = f"/api/reported/{reported(planner, number)['id']}"
    planner.post(f"{address}/submit")
    assert refusal(planner.patch(address, json={"value": 1}))[:2] == (409, "locked_figure")
    inspector.post(f"{address}/approve")
    for answer in (
        planner.patch(address, json={"value": 1}),
        planner.delete(address),
        inspector.post(f"{address}/return", json={"reason": "x"}),
    ):
        assert refusal(answer)[:2] == (409, "locked_figure")


def test_a_returned_figure_is_changed_and_submitted_again(number: int, sign_in: SignIn) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    address = f"/api/reported/{reported(planner, number)['id']}"
    early = inspector.post(f"{address}/approve", headers={"Accept-Language": "zh"})
    assert refusal(early)[:2] == (409, "wrong_state")
    assert early.json()["detail"] == "上报数现为“草稿”，此操作需要“已提交”"
    planner.post(f"{address}/submit")
    returned = inspector.post(f"{address}/return", json={"reason": "来源不清"}).json()
    assert (returned["review"], returned["reason"]) == ("returned", "来源不清")
    changed = planner.patch(address, json={"source": "验收台账"})
    assert (changed.json()["source"], changed.json()["value"]) == ("验收台账", 51.3)
    assert planner.post(f"{address}/submit").json()["reason"] is None
    assert planner.patch(address, json={}, headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize("source", [None, "", " \u3000"])
def test_a_figure_without_a_source_is_a_draft_and_no_more(
    number: int, sign_in: SignIn, database: Database, source: str | None
) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    address = f"/api/reported/{reported(planner, number, source=source)['id']}"
    answer = planner.post(f"{address}/submit")
    assert refusal(answer) == (422, "missing", "source")
    assert "which paper" in answer.json()["detail"]
    assert planner.get(address).json()["review"] == "draft"
    assert unreported(planner) == [number]
    # One that was submitted before sources were asked for is not approved either.
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE reported SET review = 'submitted'"))
    answer = inspector.post(f"{address}/approve")
    assert refusal(answer) == (422, "missing", "source")
    assert "return it" in answer.json()["detail"]
    assert inspector.post(f"{address}/return", json={"reason": "补来源"}).status_code == 200
    planner.patch(address, json={"source": "林业局台账第 3 页"})
    assert planner.post(f"{address}/submit").json()["review"] == "submitted"


def unreported(client: Any) -> list[int]:
    """Targets on which nothing was submitted."""
    rows = client.get("/api/reported/missing").json()["rows"]
    return [row["target"]["id"] for row in rows]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"measured_in": "公里"}, (422, "wrong_dimension", "measured_in")),
        ({"on_day": "2099-01-01"}, (422, "date_in_future", "on_day")),
        ({"on_day": "2022-12-31"}, (422, "out_of_range", "on_day")),
        ({"unit": "NONE"}, (422, "unknown_unit", "unit")),
        ({"qualifier": "maybe"}, (422, "invalid_request", "qualifier")),
        ({"value": True}, (422, "invalid_request", "value")),
        ({"target": 99}, (404, "not_found", None)),
    ],
)
def test_a_wrong_figure_is_refused_by_its_field(
    number: int, sign_in: SignIn, given: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    answer = sign_in("planner").post("/api/reported", json={**FIGURE, "target": number, **given})
    assert refusal(answer) == expected


PDF = b"%PDF-1.7 proof"


def proof(client: Any, content: bytes = PDF) -> Any:
    """A paper, kept at a plot of its own."""
    plot = client.post("/api/plots", json=feature()).headers["Location"]
    sent = client.post(f"{plot}/files", files={"file": ("验收.pdf", content)})
    return {"at": f"{plot}/files/{sent.json()['id']}", "sha256": sent.json()["sha256"]}


def test_what_proves_a_figure_is_a_file_that_its_writer_sees(number: int, sign_in: SignIn) -> None:
    planner, gis = sign_in("planner"), sign_in("gis", EAST)
    paper = proof(planner)
    strange = {"target": number, **FIGURE, "file": "0" * 64}
    assert refusal(planner.post("/api/reported", json=strange)) == (422, "unknown_file", "file")
    figure = reported(planner, number, file=paper["sha256"])
    address = f"/api/reported/{figure['id']}"
    patched = planner.patch(address, json={"file": "f" * 64})
    assert refusal(patched) == (422, "unknown_file", "file")
    assert planner.get(address).json()["file"] == paper["sha256"]
    # The hash of a paper of another county tells nothing of it.
    foreign = target(gis, district=EAST, lower=1)
    gis.post(f"/api/targets/{foreign['id']}/issue")
    taken = {**FIGURE, "target": foreign["id"], "file": paper["sha256"]}
    assert refusal(gis.post("/api/reported", json=taken)) == (422, "unknown_file", "file")


def test_what_proves_a_figure_stays_while_the_figure_is_under_review(
    number: int, sign_in: SignIn
) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    paper = proof(planner)
    address = f"/api/reported/{reported(planner, number, file=paper['sha256'])['id']}"
    assert planner.post(f"{address}/submit").status_code == 200
    kept = planner.delete(paper["at"])
    assert (kept.status_code, kept.json()["code"]) == (409, "file_proves_figure")
    inspector.post(f"{address}/return", json={"reason": "x"})
    assert planner.delete(paper["at"]).status_code == 204
    assert refusal(planner.post(f"{address}/submit")) == (422, "unknown_file", "file")


def test_a_figure_is_not_approved_by_who_cannot_look_at_what_proves_it(
    number: int, sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    paper = proof(planner)
    address = f"/api/reported/{reported(planner, number, file=paper['sha256'])['id']}"
    planner.post(f"{address}/submit")
    with database.owner.begin() as connection:
        connection.execute(text("DELETE FROM file"))
    refused = sign_in("inspector").post(f"{address}/approve")
    assert refusal(refused) == (422, "unknown_file", "file")


def test_nothing_is_reported_on_a_draft(gis: Any, sign_in: SignIn) -> None:
    draft = target(gis)["id"]
    answer = sign_in("planner").post("/api/reported", json={**FIGURE, "target": draft})
    assert refusal(answer)[:2] == (409, "not_issued")


def test_a_unit_reports_on_its_own_targets_alone(
    gis: Any, database: Database, service: Server
) -> None:
    own = target(gis, lead="LYJ")["id"]
    other = target(gis, district=WEST, lower=20)["id"]
    gis.post("/api/plans/CC-2023/issue?acknowledge=children_sum")
    with service.client(database.account("lyj", "planner", units=["LYJ"])) as client:
        figure = reported(client, own)
        assert (figure["unit"], figure["unit_name"]) == ("LYJ", "林业局")
        answer = client.post("/api/reported", json={**FIGURE, "target": other})
        assert answer.status_code == 404
        strange = client.post("/api/reported", json={**FIGURE, "target": own, "unit": "JTJ"})
        assert refusal(strange) == (422, "not_responsible", "unit")


def test_who_has_not_reported_is_told(gis: Any, sign_in: SignIn) -> None:
    numbers = [
        target(gis, district=district, lower=lower)["id"]
        for district, lower in ((CITY, 50), (WEST, 20), (EAST, 30))
    ]
    gis.post("/api/plans/CC-2023/issue")
    planner = sign_in("planner")
    figure = reported(planner, numbers[1], on_day="2023-06-30")
    planner.post(f"/api/reported/{figure['id']}/submit")

    def missing(**query: str) -> list[int]:
        rows = gis.get("/api/reported/missing", params={"plan": "CC-2023", **query}).json()["rows"]
        return [row["target"]["id"] for row in rows]

    assert missing() == [numbers[0], numbers[2]]
    assert missing(since="2023-07-01") == numbers
    assert gis.get("/api/reported?plan=CC-2023&review=submitted").json()["numberMatched"] == 1


def test_the_last_of_a_day_counts(number: int, sign_in: SignIn, database: Database) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    for value, day in ((10, "2023-06-30"), (12, "2023-06-30"), (11, "2023-03-31")):
        figure = reported(planner, number, value=value, on_day=day)
        planner.post(f"/api/reported/{figure['id']}/submit")
        inspector.post(f"/api/reported/{figure['id']}/approve")
    with database.owner.connect() as connection:
        assert current_figures(connection, [number])[number]["value"] == 12
