"""What a plot was: its versions, its restoration, and reads as of a moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from service.web.timestamps import BEIJING
from tests.service.conftest import EAST, SOUTH, WEST, Database, SignIn, feature, ring
from tests.service.plots.made import approved, drawn
from tests.service.plots.test_edit import delete, patch, said, submitted


def versions(client: httpx.Client, plot_id: int, **query: Any) -> list[dict[str, Any]]:
    """Entries of a plot's history, newest first."""
    answer = client.get(f"/api/plots/{plot_id}/versions", params=query)
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()["versions"]
    return entries


def restore(client: httpx.Client, plot_id: int, version: int, **said: Any) -> httpx.Response:
    """Make a version the working one again."""
    headers = said.pop("headers", {})
    body = {"version": version, **said}
    return client.post(f"/api/plots/{plot_id}/restore", json=body, headers=headers)


def now() -> str:
    """The moment, as a query says it."""
    return datetime.now(UTC).isoformat()


def test_versions_say_who_when_why_and_what(sign_in: SignIn) -> None:
    ann, bob = sign_in("planner", name="ann"), sign_in("planner", name="bob")
    plot = drawn(ann, name="甲")
    bob.patch(
        f"/api/plots/{plot['id']}",
        json={"properties": {"name": "乙"}, "geometry": ring(125.05, 43.05, 0.001)},
        params={"reason": "按实测修正"},
        headers={"If-Match": '"1"'},
    )
    newest, first = versions(ann, plot["id"])
    assert (newest["changed_by"], newest["reason"], newest["version"]) == ("bob", "按实测修正", 2)
    assert newest["difference"]["attributes"] == [{"field": "name", "before": "甲", "after": "乙"}]
    assert newest["difference"]["geometry_changed"] is True
    lost = first["area_m2"] - newest["area_m2"]
    assert newest["difference"]["area_change_m2"] == pytest.approx(-lost)
    assert (first["changed_by"], first["difference"], first["until"]) == (
        "ann",
        None,
        newest["changed_at"],
    )


def test_a_review_is_a_row_of_entries_without_gaps(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    entries = versions(sign_in("planner"), plot["id"])
    assert [(entry["version"], entry["review"]) for entry in entries] == [
        (3, "approved"),
        (2, "submitted"),
        (1, "draft"),
    ]
    assert entries[0]["difference"]["attributes"] == [
        {"field": "review", "before": "submitted", "after": "approved"}
    ]


def test_a_working_version_is_told_by_what_it_changes_of_the_approved(sign_in: SignIn) -> None:
    plot = approved(sign_in, name="甲")
    planner = sign_in("planner")
    dropped = patch(planner, plot, {"properties": {"name": "弃"}}).json()
    delete(planner, dropped)
    patch(planner, plot, {"properties": {"name": "乙"}})
    newest = versions(planner, plot["id"])[0]
    names = [
        attribute
        for attribute in newest["difference"]["attributes"]
        if attribute["field"] == "name"
    ]
    assert names == [{"field": "name", "before": "甲", "after": "乙"}]


def test_approving_again_shows_no_deletion(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    planner = sign_in("planner")
    submitted(planner, patch(planner, plot, {"properties": {"name": "乙"}}).json())
    sign_in("inspector").post(f"/api/plots/{plot['id']}/approve")
    operations = [version["operation"] for version in versions(planner, plot["id"])]
    assert "delete" not in operations


def test_a_deleted_plot_tells_who_deleted_it_and_why(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    gis = sign_in("gis", name="gis")
    delete(gis, plot, reason="征占用")
    newest = versions(gis, plot["id"])[0]
    assert (newest["operation"], newest["changed_by"], newest["reason"]) == (
        "delete",
        "gis",
        "征占用",
    )


def test_versions_come_in_pages(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    for n in range(4):
        plot = patch(planner, plot, {"properties": {"name": str(n)}}).json()
    address, seen = f"/api/plots/{plot['id']}/versions?limit=2", []
    while address:
        page = planner.get(address).json()
        seen += [version["version"] for version in page["versions"]]
        address = page["next"]
    assert seen == [5, 4, 3, 2, 1]


def test_a_version_is_the_feature_as_it_was(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲", species=[{"code": "白桦", "share": 1.0}])
    patch(planner, plot, {"properties": {"name": "乙"}, "geometry": ring(125.06, 43.06)})
    assert planner.get(f"/api/plots/{plot['id']}/versions/1").json() == plot


def test_a_version_that_never_was_is_not_found(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    answer = planner.get(f"/api/plots/{drawn(planner)['id']}/versions/2")
    assert said(answer) == (404, "not_found")


def test_a_viewer_reads_the_history_of_approved_versions_only(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    draft = drawn(sign_in("planner"), geometry=ring(125.01, 43.01))
    viewer = sign_in("viewer")
    assert [version["version"] for version in versions(viewer, plot["id"])] == [3]
    assert viewer.get(f"/api/plots/{plot['id']}/versions/1").status_code == 404
    assert viewer.get(f"/api/plots/{draft['id']}/versions").status_code == 404


def test_a_history_belongs_to_the_county_that_a_version_lay_in(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    plot = drawn(admin)
    patch(admin, plot, {"geometry": ring(125.15, 43.05)})
    assert [version["version"] for version in versions(sign_in("planner", EAST), plot["id"])] == [2]
    assert [version["version"] for version in versions(sign_in("planner", WEST), plot["id"])] == [1]
    stranger = sign_in("planner", SOUTH)
    assert stranger.get(f"/api/plots/{plot['id']}/versions").status_code == 404
    assert restore(stranger, plot["id"], 1).status_code == 404


def test_a_restored_version_is_a_new_draft_with_the_old_content(sign_in: SignIn) -> None:
    plot = approved(sign_in, name="甲")
    planner = sign_in("planner")
    submitted(planner, patch(planner, plot, {"properties": {"name": "乙"}}).json())
    sign_in("inspector").post(f"/api/plots/{plot['id']}/approve")
    answer = restore(planner, plot["id"], 3)
    assert answer.status_code == 200, answer.text
    properties = answer.json()["properties"]
    assert (properties["name"], properties["review"], properties["version"]) == ("甲", "draft", 7)
    assert versions(planner, plot["id"])[0]["reason"].startswith("恢复第 3 版")


def test_restoring_over_somebodys_draft_needs_its_etag(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲")
    patch(planner, plot, {"properties": {"name": "乙"}})
    assert said(restore(planner, plot["id"], 1)) == (428, "precondition_required")
    assert said(restore(planner, plot["id"], 1, headers={"If-Match": '"1"'})) == (412, "stale")
    answer = restore(planner, plot["id"], 1, headers={"If-Match": '"2"'})
    assert answer.json()["properties"]["name"] == "甲"


def test_a_submitted_plot_is_not_restored(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = submitted(planner, drawn(planner))
    answer = restore(planner, plot["id"], 1, headers={"If-Match": '"2"'})
    assert said(answer) == (409, "submitted")


def test_a_deleted_plot_comes_back_as_a_draft_with_its_number(sign_in: SignIn) -> None:
    plot = approved(sign_in, plot_no="A1", name="甲")
    delete(sign_in("gis"), plot, reason="误删")
    body = restore(sign_in("planner"), plot["id"], 3).json()
    assert (body["id"], body["properties"]["plot_no"]) == (plot["id"], "A1")
    assert (body["properties"]["review"], body["properties"]["version"]) == ("draft", 4)


def test_a_plot_deleted_by_sql_comes_back_too(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲")
    with database.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM plot")
    body = restore(planner, plot["id"], 1).json()
    assert (body["id"], body["properties"]["name"]) == (plot["id"], "甲")
    assert body["properties"]["version"] == 2


def test_a_number_that_is_anothers_by_now_is_given_anew_when_asked(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, plot_no="A1")
    delete(planner, plot)
    drawn(planner, plot_no="A1", geometry=ring(125.01, 43.01))
    assert said(restore(planner, plot["id"], 1)) == (409, "plot_no_taken")
    answer = restore(planner, plot["id"], 1, new_number=True)
    assert answer.json()["properties"]["plot_no"] == "00001"


def test_a_viewer_restores_nothing(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    assert said(restore(sign_in("viewer"), plot["id"], 1)) == (403, "role_missing")


def test_a_plot_is_read_as_it_stood(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="甲")
    then = now()
    patch(planner, plot, {"properties": {"name": "乙"}})
    address = f"/api/plots/{plot['id']}"
    assert planner.get(address, params={"as_of": then}).json() == plot
    assert planner.get(address, params={"as_of": now()}).json()["properties"]["name"] == "乙"


def test_before_it_was_drawn_and_after_it_was_deleted_there_is_no_plot(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    before = now()
    plot = drawn(planner)
    between = now()
    delete(planner, plot)
    counts = [
        planner.get("/api/plots", params={"as_of": moment}).json()["numberMatched"]
        for moment in (before, between, now())
    ]
    assert counts == [0, 1, 0]


def test_the_approved_version_as_of_a_moment_is_that_of_then(sign_in: SignIn) -> None:
    plot = approved(sign_in, name="甲")
    planner, viewer = sign_in("planner"), sign_in("viewer")
    working = patch(planner, plot, {"properties": {"name": "乙"}}).json()
    then = now()
    submitted(planner, working)
    sign_in("inspector").post(f"/api/plots/{plot['id']}/approve")
    address = f"/api/plots/{plot['id']}"

    def name(client: httpx.Client, **query: str) -> str:
        return str(client.get(address, params=query).json()["properties"]["name"])

    assert name(viewer, as_of=then) == "甲"
    assert name(planner, as_of=then) == "乙"
    assert name(planner, as_of=then, version="approved") == "甲"
    assert name(viewer) == "乙"


def test_no_moment_of_an_approval_shows_none_or_two(sign_in: SignIn, database: Database) -> None:
    plot = approved(sign_in)
    planner = sign_in("planner")
    submitted(planner, patch(planner, plot, {"properties": {"name": "乙"}}).json())
    sign_in("inspector").post(f"/api/plots/{plot['id']}/approve")
    ends = "SELECT valid_to FROM plot_history WHERE slot = 'approved' AND operation = 'update'"
    gaps = database.scalar(
        "SELECT count(*) FROM plot_history h WHERE h.slot = 'approved' AND h.version = 3 "
        "AND h.operation <> 'delete' AND h.valid_to NOT IN (SELECT valid_from FROM plot_history "
        "WHERE slot = 'approved' AND version = 6)"
    )
    assert (database.scalar(f"SELECT count(*) FROM ({ends}) e"), gaps) == (2, 0)


def test_a_scope_holds_for_what_was_too(sign_in: SignIn) -> None:
    drawn(sign_in("planner"))
    body = sign_in("planner", SOUTH).get("/api/plots", params={"as_of": now()}).json()
    assert (body["numberMatched"], body["features"]) == (0, [])


def test_filters_speak_of_the_version_that_stood(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, stage="planned")
    then = now()
    patch(planner, plot, {"properties": {"stage": "planted"}})
    matched = [
        planner.get(f"/api/plots?stage=planned&bbox=125,43,126,44&{query}").json()["numberMatched"]
        for query in (f"as_of={then}", "limit=1")  # the plus of the offset is not encoded
    ]
    assert matched == [1, 0]


def test_a_day_is_asked_for_by_its_end(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner)
    today = datetime.now(BEIJING).date()
    counts = [
        planner.get("/api/plots", params={"as_of": f"{day}"}).json()["numberMatched"]
        for day in (today, today - timedelta(days=1))
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    "moment",
    [
        "soon",
        "2026",
        "2026-13-01",
        "2026-05-01T08:00:00",
        "2026-05-01T25:00:00Z",
        "2999-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-05-01T08:00:00+99:00",
        "２０２６-05-01",
        "",
    ],
)
def test_a_moment_that_cannot_be_meant_is_refused_in_words(sign_in: SignIn, moment: str) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    for address in ("/api/plots", f"/api/plots/{plot['id']}"):
        answer = planner.get(address, params={"as_of": moment})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "as_of"


def test_a_file_of_plots_holds_what_stood_then(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    plot = drawn(gis, name="甲")
    then = now()
    patch(gis, plot, {"properties": {"name": "乙"}})
    query = {"format": "geojson", "version": "working", "as_of": then}
    answer = gis.get("/api/exports/plots", params=query)
    assert [feature["properties"]["name"] for feature in answer.json()["features"]] == ["甲"]


def test_a_change_is_measured_against_what_was_stored(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    turned = ring(125.05, 43.05)
    corners = turned["coordinates"][0]
    turned["coordinates"][0] = [*corners[1:], corners[1]]
    assert patch(planner, plot, {"geometry": turned}).headers["etag"] == '"1"'
    assert feature(turned)["geometry"] != plot["geometry"]
