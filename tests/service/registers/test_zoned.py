"""Findings of patrols are records of the first register: one place, whichever door is used."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, SignIn
from tests.service.patrol.zones.test_zones import inspector_of_a_grid
from tests.service.registers.conftest import match

AT = "/api/registers/finding"
VALUES = {"kind": "野外用火", "found_at": "2026-07-05T17:30:00Z"}


def found(lon: float = 125.025, **said: Any) -> dict[str, Any]:
    """Something burning in the grid G1, as a record."""
    place = {"type": "Point", "coordinates": [lon, 43.025]}
    properties = {"name": "东坡火点", "values": {**VALUES, **said.pop("values", {})}, **said}
    return {"type": "Feature", "geometry": place, "properties": properties}


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 and a grid G1 in it."""
    return inspector_of_a_grid(sign_in)


def test_a_finding_that_is_written_as_a_record_is_a_finding_and_the_other_way_round(
    inspector: httpx.Client,
) -> None:
    made = inspector.post(AT, json=found(note="草堆"))
    assert made.status_code == 201, made.text
    record = made.json()["properties"]
    assert (record["zone"], record["since"], record["number"]) == (
        "G1",
        "2026-07-06",
        "WT22010200001",
    )
    finding = inspector.get(f"/api/findings/{made.json()['id']}").json()["properties"]
    assert (finding["kind"], finding["zone"], finding["note"], finding["steps"][0]["on_day"]) == (
        "HYYH",
        "G1",
        "草堆",
        "2026-07-06",
    )
    body = {**found(125.026), "properties": {"kind": "HYYH", "note": "草堆"}}
    other = inspector.post("/api/findings", json=body)
    there = inspector.get(f"{AT}/{other.json()['id']}").json()["properties"]
    assert (there["number"], there["zone"], there["values"]["kind"]) == (
        "WT22010200002",
        "G1",
        "HYYH",
    )
    assert inspector.get(AT).json()["numberMatched"] == 2


def test_steps_of_both_doors_are_those_of_one_record(inspector: httpx.Client) -> None:
    made = inspector.post(AT, json=found())
    number = made.json()["id"]
    step = {"state": "notice", "on_day": "2026-07-10", "letter_no": "提示〔2026〕1号"}
    noticed = inspector.post(f"{AT}/{number}/steps", json=step, headers=match(made))
    assert noticed.status_code == 200, noticed.text
    done = {"state": "rectified", "on_day": "2026-07-12"}
    inspector.post(f"/api/findings/{number}/steps", json=done, headers=match(noticed))
    for door in (f"{AT}/{number}", f"/api/findings/{number}"):
        properties = inspector.get(door).json()["properties"]
        assert properties["state"] == "rectified"
        assert [one["state"] for one in properties["steps"]] == ["found", "notice", "rectified"]
    versions = inspector.get(f"{AT}/{number}/versions").json()["versions"]
    assert [version["state"] for version in versions] == ["rectified", "notice", "found"]


def test_a_field_that_a_bureau_adds_survives_a_change_by_the_older_door(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    admin = sign_in("admin", name="chief")
    definition = admin.get(f"{AT}/definition").json()
    for name in ("shipped", "local", "version", "changed_at"):
        del definition[name]
    definition["fields"].append({"name": "weather", "type": "text", "label_zh": "天气"})
    assert admin.put(f"{AT}/definition", json=definition).status_code == 200
    made = inspector.post(AT, json=found(values={"weather": "大风"}))
    number = made.json()["id"]
    patch = {"properties": {"note": "已扑灭"}}
    changed = inspector.patch(f"/api/findings/{number}", json=patch, headers=match(made))
    assert changed.status_code == 200, changed.text
    values = inspector.get(f"{AT}/{number}").json()["properties"]["values"]
    assert (values["weather"], values["kind"]) == ("大风", "HYYH")


def test_the_same_finding_is_stored_once_whichever_door_it_comes_by(
    inspector: httpx.Client,
) -> None:
    made = inspector.post(AT, json=found())
    again = inspector.post(AT, json=found(values={"found_at": "2026-07-06T09:00:00+08:00"}))
    assert (again.status_code, again.json()["code"]) == (409, "same_record")
    assert str(made.json()["id"]) in again.json()["detail"]
    body = {**found(), "properties": VALUES}
    other = inspector.post("/api/findings", json=body)
    assert (other.status_code, other.json()["code"]) == (409, "same_finding")
    assert inspector.post(AT, json=found(note="第二堆")).status_code == 201


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        pytest.param({"zone": "G9"}, "properties.zone", "unknown_zone", id="no such zone"),
        pytest.param({"lon": 125.08}, "properties.zone", "unknown_zone", id="no zone there"),
        pytest.param({"plan": "NONE"}, "properties.plan", "unknown_plan", id="no such plan"),
        pytest.param(
            {"values": {"found_at": "2099-01-01T00:00:00Z"}},
            "properties.values.found_at",
            "in_future",
            id="in the future",
        ),
        pytest.param(
            {"values": {"found_at": "1948-12-31T15:59:59Z"}},
            "properties.values.found_at",
            "too_early",
            id="too early",
        ),
        pytest.param(
            {"values": {"found_at": "昨天"}},
            "properties.values.found_at",
            "not_a_moment",
            id="no moment",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_field(
    inspector: httpx.Client, said: dict[str, Any], field: str, code: str
) -> None:
    answer = inspector.post(AT, json=found(**said))
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["field"], answer.json()["code"]) == (field, code)


def test_a_zoned_register_wants_places(sign_in: SignIn) -> None:
    register = {
        "code": "seen",
        "label_zh": "所见",
        "zoned": True,
        "states": [{"code": "seen", "label_zh": "已见", "done": True}],
    }
    answer = sign_in("admin").post("/api/registers", json=register)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "geometry")


def test_findings_of_the_next_county_are_nobodys_here(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    number = inspector.post(AT, json=found()).json()["id"]
    other = sign_in("inspector", EAST)
    assert other.get(f"{AT}/{number}").status_code == 404
    assert other.get(f"/api/findings/{number}").status_code == 404
    assert other.get(AT).json()["numberMatched"] == 0
