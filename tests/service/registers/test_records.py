"""Records: written, stepped, linked, listed and deleted, by whom they may be."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from service.web.timestamps import today
from tests.service.conftest import EAST, WEST, Database, SignIn
from tests.service.registers.conftest import AT, WETLAND, match, wetland


def test_a_record_goes_from_state_to_state_and_its_versions_tell(admin: httpx.Client) -> None:
    made = admin.post(AT, json=wetland(number="A-1", values={"depth_m": "1.5"}))
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    properties = made.json()["properties"]
    assert (properties["state"], properties["county"]) == ("found", WEST)
    assert properties["values"] == {"depth_m": 1.5}
    assert properties["area_m2"] == pytest.approx(9041, rel=0.01)
    at = made.headers["Location"]
    missing = admin.post(f"{at}/steps", json={"state": "built"}, headers=match(made))
    assert (missing.status_code, missing.json()["code"]) == (422, "missing")
    assert missing.json()["errors"][0]["field"] == "values.owner"
    step = {"state": "built", "on_day": str(today()), "note": "验收", "values": {"owner": "张三"}}
    assert admin.post(f"{at}/steps", json=step).status_code == 428
    built = admin.post(f"{at}/steps", json=step, headers=match(made))
    assert (built.status_code, built.json()["properties"]["state"]) == (200, "built")
    assert [one["state"] for one in built.json()["properties"]["steps"]] == ["found", "built"]
    again = admin.post(f"{at}/steps", json={"state": "found"}, headers=match(built))
    assert (again.status_code, again.json()["code"]) == (409, "no_such_step")
    versions = admin.get(f"{at}/versions").json()["versions"]
    assert [version["version"] for version in versions] == [2, 1]
    assert versions[0]["changed"] == ["state", "values.owner"]


def test_a_refused_step_names_the_states_that_may_follow(admin: httpx.Client) -> None:
    made = admin.post(AT, json=wetland())
    at = made.headers["Location"]
    answer = admin.post(f"{at}/steps", json={"state": "found"}, headers=match(made))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_such_step")
    assert "built" in answer.json()["detail"]


def test_steps_of_old_papers_lie_before_the_day_of_entry_and_after_a_day_that_was_stated(
    admin: httpx.Client,
) -> None:
    step = {"state": "built", "on_day": "2026-05-01", "values": {"owner": "张三"}}
    entered = admin.post(AT, json=wetland())
    built = admin.post(f"{entered.headers['Location']}/steps", json=step, headers=match(entered))
    assert (built.status_code, built.json()["properties"]["since"]) == (200, "2026-05-01")
    stated = admin.post(AT, json=wetland(125.06, on_day="2026-06-01"))
    early = admin.post(f"{stated.headers['Location']}/steps", json=step, headers=match(stated))
    assert (early.status_code, early.json()["code"]) == (422, "day_out_of_range")
    assert "2026-06-01" in early.json()["detail"]


def test_a_record_is_replaced_patched_and_stale_changes_are_refused(admin: httpx.Client) -> None:
    made = admin.post(AT, json=wetland(values={"depth_m": 1, "owner": "李四"}))
    at = made.headers["Location"]
    patch = {"properties": {"name": "二号", "values": {"depth_m": None}}}
    patched = admin.patch(at, json=patch, headers=match(made))
    assert patched.status_code == 200, patched.text
    properties = patched.json()["properties"]
    assert (properties["name"], properties["values"]) == ("二号", {"owner": "李四"})
    assert patched.json()["geometry"] == made.json()["geometry"]
    replaced = admin.put(at, json=wetland(125.05, name="三号"), headers=match(patched))
    assert (replaced.status_code, replaced.json()["properties"]["values"]) == (200, {})
    stale = admin.put(at, json=wetland(), headers=match(made))
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    jump = admin.put(at, json=wetland(state="built"), headers=match(replaced))
    assert (jump.status_code, jump.json()["code"]) == (409, "state_by_steps")
    assert admin.get(at, headers={"If-None-Match": '"3"'}).status_code == 304


@pytest.mark.parametrize(
    ("properties", "code", "field"),
    [
        pytest.param({"name": " "}, "missing", "properties.name", id="name"),
        pytest.param({"colour": 1}, "unknown_field", "properties.values.colour", id="field"),
        pytest.param(
            {"values": {"depth_m": "deep"}},
            "not_a_number",
            "properties.values.depth_m",
            id="number",
        ),
        pytest.param(
            {"values": {"depth_m": 10}}, "out_of_range", "properties.values.depth_m", id="range"
        ),
        pytest.param({"state": "sold"}, "unknown_state", "properties.state", id="state"),
        pytest.param({"state": "built"}, "missing", "properties.values.owner", id="needed"),
        pytest.param({"unit": "NONE"}, "unknown_unit", "properties.unit", id="unit"),
        pytest.param({"zone": "NONE"}, "unknown_zone", "properties.zone", id="zone"),
        pytest.param({"on_day": "2100-01-01"}, "in_future", "properties.on_day", id="day"),
    ],
)
def test_wrong_properties_are_refused_at_their_field(
    admin: httpx.Client, properties: dict[str, Any], code: str, field: str
) -> None:
    answer = admin.post(AT, json=wetland(**properties))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        pytest.param({"type": "Point", "coordinates": [125.05, 43.05]}, "wrong_shape", id="point"),
        pytest.param(None, "missing", id="none"),
        pytest.param(
            {"type": "GeometryCollection", "geometries": []}, "mixed_shape", id="collection"
        ),
        pytest.param(
            {"type": "Polygon", "coordinates": [[[10, 1], [11, 1], [11, 2], [10, 1]]]},
            "outside_districts",
            id="no county",
        ),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(
    admin: httpx.Client, geometry: Any, code: str
) -> None:
    answer = admin.post(AT, json={**wetland(), "geometry": geometry})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_scopes_keep_records_apart(admin: httpx.Client, sign_in: SignIn) -> None:
    west, east = sign_in("planner", WEST), sign_in("inspector", EAST)
    made = west.post(AT, json=wetland())
    assert made.status_code == 201
    at = made.headers["Location"]
    assert east.post(AT, json=wetland()).json()["code"] == "outside_scope"
    assert east.get(at).status_code == 404
    assert east.get(f"{at}/versions").status_code == 404
    assert east.get(AT).json()["numberMatched"] == 0
    step = {"state": "built", "values": {"owner": "x"}}
    assert east.post(f"{at}/steps", json=step, headers=match(made)).status_code == 404
    assert admin.get(AT).json()["numberMatched"] == 1
    rows = {row["code"]: row for row in east.get("/api/registers").json()["rows"]}
    assert rows["small_wetland"]["records"] == 0


def test_planners_write_records_and_inspectors_take_steps(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    assert sign_in("viewer").post(AT, json=wetland()).status_code == 403
    made = planner.post(AT, json=wetland(values={"owner": "x"}))
    at = made.headers["Location"]
    step = planner.post(f"{at}/steps", json={"state": "built"}, headers=match(made))
    assert (step.status_code, step.json()["code"]) == (403, "role_missing")
    built = planner.post(AT, json=wetland(state="built", values={"owner": "x"}))
    assert (built.status_code, built.json()["code"]) == (403, "role_missing")
    stepped = inspector.post(f"{at}/steps", json={"state": "built"}, headers=match(made))
    assert stepped.status_code == 200
    kept = planner.delete(at, headers=match(stepped))
    assert (kept.status_code, kept.json()["code"]) == (403, "not_own_record")
    unsaid = inspector.delete(at, headers=match(stepped))
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "reason_missing")
    gone = inspector.delete(f"{at}?reason=twice", headers=match(stepped))
    assert gone.status_code == 204
    versions = admin.get(f"{at}/versions").json()["versions"]
    assert (versions[0]["operation"], versions[0]["reason"]) == ("DELETE", "twice")


def test_personal_values_are_hidden_from_viewers_and_never_in_the_history(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    admin.put(f"{AT}/definition", json={**WETLAND, "personal": ["owner"]})
    made = admin.post(AT, json=wetland(values={"owner": "张三", "depth_m": 1}))
    at = made.headers["Location"]
    step = {"state": "built", "values": {"owner": "李四"}}
    built = admin.post(f"{at}/steps", json=step, headers=match(made)).json()["properties"]
    assert built["values"]["owner"] == "李四"
    assert built["steps"][1]["values"] == {}
    assert sign_in("viewer").get(at).json()["properties"]["values"] == {"depth_m": 1}
    assert sign_in("viewer").get(AT).json()["features"][0]["properties"]["values"] == {"depth_m": 1}
    assert "owner" not in admin.get(f"{at}/versions").json()["versions"][0]["values"]


def test_deadlines_come_from_states_and_overdue_records_are_listed(admin: httpx.Client) -> None:
    first = {**WETLAND["states"][0], "days": 10}
    admin.put(f"{AT}/definition", json={**WETLAND, "states": [first, WETLAND["states"][1]]})
    old = str(today() - timedelta(days=11))
    late = admin.post(AT, json=wetland(on_day=old, values={"owner": "x"}))
    assert late.json()["properties"]["deadline"] == str(today() - timedelta(days=1))
    admin.post(AT, json=wetland(125.05))
    listed = admin.get(AT, params={"overdue": "true"}).json()
    assert [feature["id"] for feature in listed["features"]] == [late.json()["id"]]
    rows = {row["code"]: row for row in admin.get("/api/registers").json()["rows"]}
    assert (rows["small_wetland"]["records"], rows["small_wetland"]["overdue"]) == (2, 1)
    at = late.headers["Location"]
    admin.post(f"{at}/steps", json={"state": "built"}, headers=match(late))
    assert admin.get(AT, params={"overdue": "true"}).json()["numberMatched"] == 0


def test_a_list_is_filtered_and_paged(admin: httpx.Client) -> None:
    for west in (125.04, 125.05, 125.14):
        admin.post(AT, json=wetland(west))
    page = admin.get(AT, params={"limit": 2}).json()
    assert (page["numberMatched"], page["numberReturned"]) == (3, 2)
    assert admin.get(page["next"]).json()["numberReturned"] == 1
    for asked, count in (
        ({"bbox": "125.039,43,125.045,43.1"}, 1),
        ({"district": EAST}, 1),
        ({"district": "220000"}, 3),
        ({"state": "built"}, 0),
    ):
        assert admin.get(AT, params=asked).json()["numberMatched"] == count, asked
    unknown = admin.get(AT, params={"state": "sold"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_state")


def test_lines_and_points_belong_to_the_county_of_their_largest_part(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    line = {"type": "LineString", "coordinates": [[125.09, 43.05], [125.13, 43.05]]}
    street = {"type": "Feature", "geometry": line, "properties": {"name": "同志街"}}
    made = admin.post("/api/registers/street", json=street).json()["properties"]
    assert (made["county"], made["number"]) == (EAST, f"JL{EAST}00001")
    assert made["length_m"] == pytest.approx(3260, rel=0.01)
    point = {"type": "Point", "coordinates": [125.05, 43.05]}
    station = {"type": "Feature", "geometry": point, "properties": {"name": "东站"}}
    made = admin.post("/api/registers/fire_station", json=station).json()["properties"]
    assert (made["county"], made["area_m2"], made["length_m"]) == (WEST, None, None)


def test_a_record_without_a_shape_names_its_district_or_unit(
    sign_in: SignIn, database: Database
) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json={"name": "林业局"})
    order = {"type": "Feature", "properties": {"name": "第1号令"}}
    at = "/api/registers/order"
    assert admin.post(at, json=order).json()["properties"]["county"] is None
    west = sign_in("planner", WEST)
    assert west.post(at, json=order).json()["properties"]["county"] == WEST
    named = {**order, "properties": {"name": "第2号令", "district": EAST}}
    assert west.post(at, json=named).json()["code"] == "outside_scope"
    both = sign_in("planner", WEST, EAST)
    assert both.post(at, json=order).json()["code"] == "no_place"
    token = database.account("office", "planner", units=["LYJ"])
    office = {"Authorization": f"Bearer {token}"}
    mine = {**order, "properties": {"name": "第3号令", "unit": "林业局"}}
    made = admin.post(at, json=mine, headers=office)
    assert (made.status_code, made.json()["properties"]["unit"]) == (201, "LYJ")
    assert admin.get(at, headers=office).json()["numberMatched"] == 1


def test_a_number_is_taken_once_whoever_sees_it(admin: httpx.Client, sign_in: SignIn) -> None:
    admin.post(AT, json=wetland(number="A-1"))
    for client, west in ((admin, 125.05), (sign_in("planner", EAST), 125.15)):
        answer = client.post(AT, json=wetland(west, number="A-1"))
        assert (answer.status_code, answer.json()["code"]) == (422, "number_taken")


def test_a_record_is_linked_with_what_the_account_sees(admin: httpx.Client) -> None:
    one = admin.post(AT, json=wetland())
    other = admin.post(AT, json=wetland(125.05)).json()["id"]
    at = one.headers["Location"]
    linked = admin.post(f"{at}/links", json={"record": other}, headers=match(one))
    assert linked.status_code == 200, linked.text
    (link,) = linked.json()["properties"]["links"]
    assert (link["what"], link["key"]) == ("record", other)
    for body in ({"plot": 999}, {}, {"plot": 1, "zone": "x"}):
        answer = admin.post(f"{at}/links", json=body, headers=match(linked))
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing_to_link")
    gone = admin.delete(f"{at}/links/{link['id']}", headers=match(linked))
    assert (gone.status_code, gone.json()["properties"]["links"]) == (200, [])
    again = admin.delete(f"{at}/links/{link['id']}", headers=match(gone))
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"values": {"depth_m": "1_0"}}, "not_a_number"),
        ({"values": {"seen_on": "2026-05-20左右"}}, "not_a_date"),
        ({"values": {"seen_on": "0001-01-01"}}, "out_of_range"),
        ({"values": {"seen_in": "2026-05-99"}}, "not_a_month"),
        ({"on_day": "1800-01-01"}, "out_of_range"),
        ({"deadline": "9999-12-31"}, "out_of_range"),
    ],
)
def test_no_value_is_cut_to_what_would_fit_and_no_day_lies_beyond_all_years(
    sign_in: SignIn, given: dict[str, Any], code: str
) -> None:
    admin = sign_in("admin")
    days = [
        {"name": "seen_on", "type": "date", "label_zh": "踏查日"},
        {"name": "seen_in", "type": "month", "label_zh": "踏查月"},
    ]
    defined = {**WETLAND, "fields": [*WETLAND["fields"], *days]}
    admin.post("/api/registers", json=defined).raise_for_status()
    answer = admin.post(AT, json=wetland(**given))
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    kept = {"seen_on": "2026-05-20T20:00:00Z", "seen_in": "2026-05-31"}
    values = admin.post(AT, json=wetland(values=kept)).json()["properties"]["values"]
    assert values == {"seen_on": "2026-05-21", "seen_in": "2026-05"}
