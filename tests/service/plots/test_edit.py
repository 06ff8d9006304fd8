"""``PUT``, ``PATCH``, ``DELETE /api/plots/{id}``: each upon the version that was seen."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, SOUTH, WEST, Database, SignIn, feature, ring
from tests.service.plots.made import approved, drawn


def match(version: int) -> dict[str, str]:
    """The header that names a version."""
    return {"If-Match": f'"{version}"'}


def put(client: httpx.Client, plot: dict[str, Any], **changes: Any) -> httpx.Response:
    """Replace a plot upon the version in hand."""
    geometry = changes.pop("geometry", None) or plot["geometry"]
    return client.put(
        f"/api/plots/{plot['id']}",
        json=feature(geometry, **changes),
        headers=match(plot["properties"]["version"]),
    )


def patch(client: httpx.Client, plot: dict[str, Any], body: Any) -> httpx.Response:
    """Patch a plot upon the version in hand."""
    headers = match(plot["properties"]["version"])
    return client.patch(f"/api/plots/{plot['id']}", json=body, headers=headers)


def delete(client: httpx.Client, plot: dict[str, Any], **query: str) -> httpx.Response:
    """Delete a plot upon the version in hand."""
    headers = match(plot["properties"]["version"])
    return client.delete(f"/api/plots/{plot['id']}", params=query, headers=headers)


def submitted(client: httpx.Client, plot: dict[str, Any]) -> dict[str, Any]:
    """The plot, handed in."""
    body: dict[str, Any] = client.post(f"/api/plots/{plot['id']}/submit").json()
    return body


def said(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which speaks the language that clients of tests ask for."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    assert "Accept-Language" in answer.headers["vary"]
    return answer.status_code, problem["code"]


def test_a_plot_is_replaced_whole(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲", note="旧")
    answer = put(planner, plot, name="乙", geometry=ring(125.06, 43.06))
    properties = answer.json()["properties"]
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (properties["name"], properties["note"], properties["version"]) == ("乙", None, 2)
    assert answer.json()["geometry"]["coordinates"][0][0][0][0] == pytest.approx(125.06, abs=0.003)


@pytest.mark.parametrize("kind", ["application/merge-patch+json", "application/json"])
def test_a_patch_changes_what_it_names_and_nothing_else(sign_in: SignIn, kind: str) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲", note="旧", extra={"lcxzgx": {"di_mao": "1", "hai_ba": 210}})
    answer = planner.patch(
        f"/api/plots/{plot['id']}",
        content='{"properties": {"note": null, "extra": {"lcxzgx": {"hai_ba": 220}}}}',
        headers=match(1) | {"Content-Type": kind},
    )
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert (body["properties"]["name"], body["properties"]["note"]) == ("甲", None)
    assert body["properties"]["extra"] == {"lcxzgx": {"di_mao": "1", "hai_ba": 220}}
    assert body["geometry"] == plot["geometry"]


def test_a_patch_of_the_geometry_alone_is_measured_anew(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲")
    answer = patch(planner, plot, {"type": "Feature", "geometry": ring(125.05, 43.05, 0.004)})
    properties = answer.json()["properties"]
    assert properties["name"] == "甲"
    assert properties["area_m2"] == pytest.approx(2 * plot["properties"]["area_m2"], rel=1e-4)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"properties": {"name": "甲"}}, id="what is there"),
        pytest.param({"geometry": {}}, id="an empty geometry"),
    ],
)
def test_a_patch_that_changes_nothing_makes_no_version(sign_in: SignIn, body: Any) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲")
    answer = patch(planner, plot, body)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"properties": {"stage": None}}, "properties.stage"),
        ({"properties": {"stage": "grown"}}, "properties.stage"),
        ({"properties": {"kind": "花坛"}}, "properties.kind"),
        ({"properties": {"review": "approved"}}, "properties.review"),
        ({"properties": {"district": EAST}}, "properties.district"),
        ({"properties": {"area_m2": 1}}, "properties.area_m2"),
        ({"properties": {"plan_ids": [1]}}, "properties.plan_ids"),
        ({"properties": None}, "properties"),
        ({"geometry": None}, "geometry"),
        ({"geometry": {"type": "Point"}}, "geometry"),
        ({"geometry": ring(100, 10)}, "geometry"),
        ({"id": 7}, "id"),
        ([], "body"),
    ],
)
def test_a_refused_patch_names_its_field_and_changes_nothing(
    sign_in: SignIn, database: Database, body: Any, field: str
) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    assert plot["id"] == 1  # so that it cannot plan itself
    answer = patch(planner, plot, body)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert database.scalar("SELECT count(*) FROM plot_history") == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", [{}, {"If-Match": "*"}])
def test_a_change_that_names_no_version_is_refused(
    sign_in: SignIn, method: str, header: dict[str, str]
) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    body = feature(name="乙") if method == "PUT" else {"properties": {"name": "乙"}}
    answer = planner.request(method, f"/api/plots/{plot['id']}", json=body, headers=header)
    assert said(answer) == (428, "precondition_required")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_stale_change_is_told_who_was_first_and_with_what(sign_in: SignIn, method: str) -> None:
    first, second = sign_in("planner", name="ann"), sign_in("planner", name="bob")
    plot = drawn(first)
    assert patch(second, plot, {"properties": {"name": "乙"}}).status_code == 200
    body = feature(name="丙") if method == "PUT" else {"properties": {"name": "丙"}}
    answer = first.request(method, f"/api/plots/{plot['id']}", json=body, headers=match(1))
    assert said(answer) == (412, "stale")
    assert "bob" in answer.json()["detail"]
    (error,) = answer.json()["errors"]
    assert error.pop("message") == answer.json()["detail"]
    assert error == {"field": "properties.name", "code": "changed", "before": None, "after": "乙"}
    assert answer.headers["etag"] == '"2"'
    assert first.get(f"/api/plots/{plot['id']}").json()["properties"]["name"] == "乙"


@pytest.mark.parametrize("header", ['"2"', '"x"', "1", "W/1", '"999999999"', "", '"-1"'])
def test_a_version_that_is_not_the_newest_is_stale(sign_in: SignIn, header: str) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    headers = {"If-Match": header}
    answer = planner.patch(
        f"/api/plots/{plot['id']}", json={"properties": {"name": "乙"}}, headers=headers
    )
    assert said(answer) == (412, "stale")


def test_one_of_several_etags_is_enough_and_a_proxy_may_weaken_it(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    answer = planner.patch(
        f"/api/plots/{plot['id']}",
        json={"properties": {"name": "乙"}},
        headers={"If-Match": '"7", W/"1"'},
    )
    assert answer.status_code == 200


def test_a_change_by_sql_makes_the_version_in_hand_stale(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    with database.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE plot_version SET name = 'QGIS'")
    assert said(patch(planner, plot, {"properties": {"name": "乙"}})) == (412, "stale")


def test_editing_an_approved_plot_leaves_it_standing(sign_in: SignIn) -> None:
    plot = approved(sign_in, name="甲")
    planner, viewer = sign_in("planner"), sign_in("viewer")
    changed = patch(planner, plot, {"properties": {"name": "乙"}}).json()
    assert (changed["properties"]["review"], changed["properties"]["name"]) == ("draft", "乙")
    address = f"/api/plots/{plot['id']}"
    assert viewer.get(address).json()["properties"]["name"] == "甲"
    standing = planner.get(address, params={"version": "approved"}).json()["properties"]
    assert (standing["name"], standing["review"]) == ("甲", "approved")


def test_an_edited_plot_takes_the_place_of_the_approved_one_when_it_is_approved(
    sign_in: SignIn, database: Database
) -> None:
    plot = approved(sign_in, name="甲")
    planner = sign_in("planner")
    patch(planner, plot, {"properties": {"name": "乙", "plot_no": "N2"}})
    submitted(planner, plot)
    sign_in("inspector").post(f"/api/plots/{plot['id']}/approve")
    assert sign_in("viewer").get(f"/api/plots/{plot['id']}").json()["properties"]["name"] == "乙"
    numbers = "SELECT string_agg(plot_no, ',' ORDER BY plot_no) FROM plot_number"
    assert database.scalar(numbers) == "00001,N2"


def test_a_submitted_plot_is_not_changed_until_it_is_returned(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = submitted(planner, drawn(planner))
    assert said(patch(planner, plot, {"properties": {"name": "乙"}})) == (409, "submitted")
    assert said(delete(planner, plot)) == (409, "submitted")
    back = sign_in("inspector").post(f"/api/plots/{plot['id']}/return", json={"reason": "再看"})
    changed = patch(planner, back.json(), {"properties": {"name": "乙"}})
    properties = changed.json()["properties"]
    assert (changed.status_code, properties["review"], properties["return_reason"]) == (
        200,
        "returned",
        "再看",
    )


def test_a_planner_changes_a_colleagues_draft(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner", WEST))
    changed = patch(sign_in("planner", WEST, name="bob"), plot, {"properties": {"name": "乙"}})
    assert changed.json()["properties"]["changed_by"] == "bob"


@pytest.mark.parametrize("role", ["viewer", "inspector"])
def test_who_does_not_draw_does_not_change(sign_in: SignIn, role: str) -> None:
    plot = drawn(sign_in("planner"))
    answer = patch(sign_in(role), plot, {"properties": {"name": "乙"}})
    assert said(answer) == (403, "role_missing")


def test_a_foreign_plot_is_not_there_whatever_version_is_named(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    stranger = sign_in("planner", SOUTH)
    for version in (1, 99):
        answer = stranger.patch(f"/api/plots/{plot['id']}", json={}, headers=match(version))
        assert said(answer) == (404, "not_found")


def test_a_plot_is_not_moved_out_of_the_scope(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    answer = patch(planner, drawn(planner), {"geometry": ring(125.15, 43.05)})
    assert said(answer) == (422, "outside_district")


def test_a_number_goes_along_to_another_county_where_it_is_free(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, plot_no="A1")
    properties = patch(planner, plot, {"geometry": ring(125.15, 43.05)}).json()["properties"]
    assert (properties["district"], properties["plot_no"]) == (EAST, "A1")


def test_a_number_that_is_taken_in_the_other_year_is_given_anew(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, year=2025)
    plot = drawn(planner, year=2026, geometry=ring(125.01, 43.01))
    properties = patch(planner, plot, {"properties": {"year": 2025}}).json()["properties"]
    assert (plot["properties"]["plot_no"], properties["plot_no"]) == ("00001", "00002")


def test_a_number_that_was_asked_for_and_is_taken_is_refused(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, plot_no="A1")
    plot = drawn(planner, geometry=ring(125.01, 43.01))
    answer = patch(planner, plot, {"properties": {"plot_no": "A1"}})
    assert said(answer) == (409, "plot_no_taken")


def test_a_number_that_no_version_bears_any_more_is_free(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, plot_no="A1")
    patch(planner, plot, {"properties": {"plot_no": "A2"}})
    assert drawn(planner, geometry=ring(125.01, 43.01), plot_no="A1")["properties"]["plot_no"]


def test_the_number_of_the_approved_version_is_not_free(sign_in: SignIn) -> None:
    plot = approved(sign_in, plot_no="A1")
    planner = sign_in("planner")
    patch(planner, plot, {"properties": {"plot_no": "A2"}})
    answer = planner.post("/api/plots", json=feature(ring(125.01, 43.01), plot_no="A1"))
    assert said(answer) == (409, "plot_no_taken")


def test_a_planner_deletes_an_own_draft_and_its_number_is_free(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, plot_no="A1")
    assert delete(planner, plot).status_code == 204
    assert planner.get(f"/api/plots/{plot['id']}").status_code == 404
    assert planner.get("/api/plots").json()["numberMatched"] == 0
    assert drawn(planner, plot_no="A1")["id"] != plot["id"]


def test_deleting_the_changes_of_an_approved_plot_leaves_it_standing(sign_in: SignIn) -> None:
    plot = approved(sign_in, name="甲")
    planner = sign_in("planner")
    changed = patch(planner, plot, {"properties": {"name": "乙"}}).json()
    assert delete(planner, changed).status_code == 204
    properties = planner.get(f"/api/plots/{plot['id']}").json()["properties"]
    assert (properties["name"], properties["review"]) == ("甲", "approved")


def test_anothers_draft_is_deleted_by_gis_staff_with_a_reason_only(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    assert said(delete(sign_in("planner"), plot)) == (403, "not_your_draft")
    gis = sign_in("gis")
    assert said(delete(gis, plot)) == (422, "reason_missing")
    assert delete(gis, plot, reason="重复").status_code == 204


@pytest.mark.parametrize("role", ["gis", "admin"])
def test_an_approved_plot_is_deleted_with_a_reason_and_keeps_its_number(
    sign_in: SignIn, database: Database, role: str
) -> None:
    plot = approved(sign_in, plot_no="A1")
    staff = sign_in(role)
    assert said(delete(sign_in("planner"), plot, reason="x")) == (403, "approved_plot")
    assert said(delete(staff, plot)) == (422, "reason_missing")
    assert delete(staff, plot, reason="征占用").status_code == 204
    assert database.scalar("SELECT reason FROM plot_history ORDER BY id DESC LIMIT 1") == "征占用"
    answer = staff.post("/api/plots", json=feature(ring(125.01, 43.01), plot_no="A1"))
    assert said(answer) == (409, "plot_no_taken")


def test_whoever_has_the_version_is_sent_no_plot(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    address = f"/api/plots/{drawn(planner)['id']}"
    for known in ('"1"', 'W/"1"', '"9", "1"', "*"):
        answer = planner.get(address, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
    assert planner.get(address, headers={"If-None-Match": '"2"'}).status_code == 200


def test_plans_that_were_named_before_may_be_deleted_since(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plan = drawn(planner, stage="planned")
    plot = drawn(planner, geometry=plan["geometry"], plan_ids=[plan["id"]])
    assert delete(planner, plan).status_code == 204
    assert patch(planner, plot, {"properties": {"name": "乙"}}).status_code == 200
