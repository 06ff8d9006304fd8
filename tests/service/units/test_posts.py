"""Members of units, and posts: terms of people, who may know them, and how they are forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from service.run.retention_worker import forget_posts
from service.settings import Settings
from service.web.timestamps import today
from tests.service.conftest import EAST, WEST, Database, SignIn, ring

POST = {"unit": "LYJ", "function": "联络员", "person": "示例甲", "phone": "0431-0000"}


@pytest.fixture
def admin(sign_in: SignIn) -> Any:
    """An administrator, and two units."""
    client = sign_in("admin")
    for code, name in (("LYJ", "林业局"), ("LW", "绿化委员会")):
        assert client.put(f"/api/units/{code}", json={"name": name}).status_code == 201
    return client


def test_members_of_a_unit_have_roles(admin: Any) -> None:
    sent = {"members": [{"body": "LYJ", "role": "牵头"}]}
    answer = admin.put("/api/units/LW/members", json=sent)
    assert answer.status_code == 200
    rows = admin.get("/api/units/LW/members").json()["rows"]
    assert rows == [{"body": "LYJ", "name": "林业局", "role": "lead"}]
    assert admin.put("/api/units/LW/members", json={"members": []}).json()["rows"] == []


def test_members_have_the_version_of_their_unit(admin: Any) -> None:
    address = "/api/units/LW/members"
    first = admin.get(address).headers["ETag"]
    sent = {"members": [{"body": "LYJ"}]}
    second = admin.put(address, json=sent, headers={"If-Match": first}).headers["ETag"]
    assert second == admin.get(address).headers["ETag"] != first
    # The same again changes nothing.
    assert admin.put(address, json=sent).headers["ETag"] == second
    late = admin.put(address, json={"members": []}, headers={"If-Match": first})
    assert (late.status_code, late.json()["code"], late.headers["ETag"]) == (412, "stale", second)
    assert len(admin.get(address).json()["rows"]) == 1


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ({"body": "NONE"}, "unknown_unit"),
        ({"body": "LW"}, "own_member"),
        ({"body": "LYJ", "role": "什么"}, "unknown_unit_role"),
    ],
)
def test_a_wrong_member_is_refused(admin: Any, member: dict[str, str], code: str) -> None:
    answer = admin.put("/api/units/LW/members", json={"members": [member]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_member_is_not_deleted(admin: Any) -> None:
    admin.put("/api/units/LW/members", json={"members": [{"body": "LYJ"}]})
    assert admin.delete("/api/units/LYJ").json()["code"] == "unit_in_use"
    assert admin.delete("/api/units/LW").status_code == 204


def test_a_post_is_written_changed_and_deleted(admin: Any) -> None:
    answer = admin.post("/api/posts", json={**POST, "unit": "林业局"})
    assert answer.status_code == 201
    post = answer.json()
    assert (post["unit"], post["unit_name"], post["person"]) == ("LYJ", "林业局", "示例甲")
    ended = {**POST, "valid_to": "2026-06-30"}
    address = answer.headers["Location"]
    assert admin.put(address, json=ended, headers={"If-Match": '"9"'}).status_code == 412
    assert admin.put(address, json=ended).json()["version"] == 2
    assert admin.get("/api/posts?on=2026-07-01").json()["rows"] == []
    assert admin.get("/api/posts?unit=LYJ").json()["numberMatched"] == 1
    assert admin.delete(address).status_code == 204
    assert admin.put(address, json=POST).status_code == 404


def test_the_same_post_twice_is_refused(admin: Any) -> None:
    admin.post("/api/posts", json=POST)
    answer = admin.post("/api/posts", json=POST)
    assert (answer.status_code, answer.json()["code"]) == (409, "post_exists")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"unit": None}, "one_holder"),
        ({"zone": "Z1"}, "one_holder"),
        ({"unit": "NONE"}, "unknown_unit"),
        ({"unit": None, "zone": "Z1"}, "unknown_zone"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "out_of_range"),
    ],
)
def test_a_wrong_post_is_refused(admin: Any, sent: dict[str, Any], code: str) -> None:
    answer = admin.post("/api/posts", json={**POST, **sent})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_a_blank_zone_is_none(admin: Any, blank: str) -> None:
    answer = admin.post("/api/posts", json={**POST, "zone": blank})
    assert (answer.status_code, answer.json()["zone"]) == (201, None)
    body = {**POST, "zone": blank, "person": "示例乙"}
    changed = admin.put(answer.headers["Location"], json=body)
    assert (changed.status_code, changed.json()["zone"]) == (200, None)


def test_a_post_without_words_for_what_it_is_is_refused(admin: Any) -> None:
    refused = admin.post("/api/posts", json={**POST, "function": " "}).json()
    assert (refused["code"], refused["errors"][0]["field"]) == ("missing", "function")


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector", "gis"])
def test_only_administrators_keep_posts(admin: Any, sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.post("/api/posts", json=POST).status_code == 403
    assert client.put("/api/posts/1", json=POST).status_code == 403
    assert client.put("/api/units/LW/members", json={"members": []}).status_code == 403


def test_people_are_told_to_inspectors_and_to_the_unit_alone(
    admin: Any, sign_in: SignIn, database: Database, service: Any
) -> None:
    admin.post("/api/posts", json=POST)

    def people(client: Any) -> list[tuple[Any, Any]]:
        rows = client.get("/api/posts").json()["rows"]
        return [(row["person"], row["phone"]) for row in rows]

    known, unknown = [("示例甲", "0431-0000")], [(None, None)]
    assert people(sign_in("inspector")) == known
    for role in ("viewer", "planner", "gis"):
        assert people(sign_in(role)) == unknown
    for code, told in (("LYJ", known), ("LW", unknown)):
        with service.client(database.account(f"of-{code}", "viewer", units=[code])) as client:
            assert people(client) == told


def test_people_of_a_unit_elsewhere_are_told_to_no_inspector(admin: Any, sign_in: SignIn) -> None:
    admin.put("/api/units/LYJ", json={"name": "林业局", "district": EAST})
    admin.put("/api/units/TEAM", json={"name": "造林队", "parent": "LYJ"})
    for unit in ("LYJ", "TEAM", "LW"):
        admin.post("/api/posts", json={**POST, "unit": unit})

    def known(client: Any) -> set[str]:
        rows = client.get("/api/posts").json()["rows"]
        assert len(rows) == 3
        return {row["unit"] for row in rows if row["person"] or row["phone"]}

    assert known(sign_in("inspector", EAST)) == {"LYJ", "TEAM", "LW"}
    assert known(sign_in("inspector", WEST)) == known(sign_in("admin", WEST)) == {"LW"}


def test_posts_of_a_zone_are_seen_with_the_zone(admin: Any, sign_in: SignIn) -> None:
    zone = {"code": "Z1", "name": "一号", "level": "town"}
    drawn = {"type": "Feature", "geometry": ring(125.02, 43.02, 0.02, 0.02), "properties": zone}
    assert sign_in("inspector").post("/api/zones", json=drawn).status_code == 201
    sent = {"zone": "Z1", "function": "副林长", "person": "示例乙"}
    assert admin.post("/api/posts", json=sent).status_code == 201
    assert sign_in("inspector", WEST).get("/api/posts").json()["numberMatched"] == 1
    assert sign_in("inspector", EAST).get("/api/posts").json()["numberMatched"] == 0
    refused = sign_in("admin", EAST).post("/api/posts", json=sent)
    assert refused.json()["code"] == "unknown_zone"


def test_people_of_ended_posts_are_forgotten_after_their_time(
    admin: Any, database: Database, settings: Settings
) -> None:
    kept = settings.model_copy(update={"post_retention_days": 7})
    for days, person in ((10, "旧"), (5, "近")):
        ends = today() - timedelta(days=days)
        admin.post("/api/posts", json={**POST, "person": person, "valid_to": ends.isoformat()})
    count, _ = forget_posts(database.service, kept.post_retention_days)
    assert count == 1
    rows = admin.get("/api/posts").json()["rows"]
    assert {(row["person"], row["forgotten_at"] is None) for row in rows} == {
        (None, False),
        ("近", True),
    }


def test_the_log_of_changes_has_no_names(admin: Any, database: Database) -> None:
    admin.post("/api/posts", json=POST)
    told = "SELECT after::text FROM office_change WHERE what = 'post'"
    assert "联络员" in database.scalar(told)
    assert "示例甲" not in database.scalar(told)
    assert "0431" not in database.scalar(told)
