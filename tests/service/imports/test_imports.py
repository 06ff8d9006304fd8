"""A file on its way in: staged, settled row by row, committed whole or left."""

import json
from typing import Any

import httpx
import numpy as np
import pytest
from shapely import Polygon
from shapely.geometry import mapping

from gis.crs import from_cgcs2000, known_crs
from gis.shift import moved, to_gcj02
from service.accounts.db.accounts import Account
from service.imports.db.imports import read_import
from tests.service.conftest import EAST, WEST, Database, SignIn, feature, ring
from tests.service.imports.conftest import (
    OTHER_PLACE,
    PLACE,
    committed,
    file_of,
    refused,
    rows,
    send,
    settled,
    staged,
)

BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[125, 43], [125.01, 43.01], [125.01, 43], [125, 43.01], [125, 43]]],
}


def test_a_file_is_staged_and_nothing_is_live(planner: httpx.Client) -> None:
    state = staged(planner, feature(PLACE, name="北坡"), feature(OTHER_PLACE))
    assert (state["state"], state["file"], state["error"]) == ("staged", "plots.geojson", None)
    assert state["counts"] | {"rows": 2, "new": 2, "block": 0, "warn": 0} == state["counts"]
    assert planner.get("/api/plots").json()["numberMatched"] == 0


def test_it_says_what_the_file_seems_to_be(planner: httpx.Client) -> None:
    plot = feature(PLACE, 小班号="7", 备忘="林缘")
    plot["properties"]["类型"] = plot["properties"].pop("kind")
    state = staged(planner, plot, fields={"kind": "类型"})
    fields = {field["theirs"]: field for field in state["fields"]}
    assert (fields["类型"]["ours"], fields["小班号"]["ours"]) == ("kind", "subcompartment_no")
    assert (fields["备忘"]["ours"], fields["备忘"]["sample"]) == (None, "林缘")
    assert "林缘" in state["encoding"]["samples"]
    assert state["crs"]["placements"][0]["districts"][0]["code"] == WEST
    assert state["crs"]["evidence"]


def test_a_cell_that_says_that_there_is_no_value_is_told_and_stored_as_none(
    planner: httpx.Client,
) -> None:
    state = staged(planner, feature(PLACE, planted_on="/", declared_m2="无", plot_no="N-1"))
    notes = " ".join(state["notes"])
    assert 'column planted_on, row 1: "/" was read as no value' in notes
    assert 'column declared_m2, row 1: "无" was read as no value' in notes
    committed(planner, state["id"])
    (plot,) = planner.get("/api/plots", params={"version": "working"}).json()["features"]
    said = plot["properties"]
    assert (said["plot_no"], said["planted_on"], said["declared_m2"]) == ("N-1", None, None)


def test_rows_come_with_their_verdicts_and_places(planner: httpx.Client) -> None:
    state = staged(planner, feature(PLACE), feature(BOW_TIE), feature(ring(125.051, 43.05)))
    assert (state["counts"]["block"], state["counts"]["warn"]) == (1, 2)
    (blocked,) = rows(planner, state["id"], severity="block")
    (problem,) = blocked["properties"]["problems"]
    assert (blocked["properties"]["row"], problem["code"]) == (2, "self_intersection")
    assert problem["at"] == pytest.approx([125.005, 43.005])
    assert [row["id"] for row in rows(planner, state["id"], code="overlap")] == [1, 3]
    assert [row["id"] for row in rows(planner, state["id"], limit=1)] == [1]
    codes = {entry["code"]: entry["rows"] for entry in state["codes"]}
    assert codes == {"overlap": 2, "self_intersection": 1}


FLAT = {"type": "Polygon", "coordinates": [[[125, 43], [125.01, 43], [125, 43]]]}
OPEN = {"type": "LineString", "coordinates": [[125, 43], [125.01, 43], [125.01, 43.01]]}
SPOT = {"type": "Point", "coordinates": [125, 43]}


@pytest.mark.parametrize(
    ("drawn", "lines"),
    [
        (BOW_TIE, BOW_TIE["coordinates"]),
        (FLAT, [[[125, 43], [125.01, 43], [125, 43], [125, 43]]]),
        (OPEN, [OPEN["coordinates"]]),
        (SPOT, None),
        ({"type": "GeometryCollection", "geometries": [SPOT, OPEN]}, [OPEN["coordinates"]]),
    ],
)
def test_a_row_whose_shape_cannot_be_used_tells_what_was_drawn(
    planner: httpx.Client, drawn: dict[str, Any], lines: object
) -> None:
    number = staged(planner, feature(drawn), feature(PLACE))["id"]
    blocked, sound = rows(planner, number)
    outline = blocked["properties"]["outline"]
    assert blocked["geometry"] is None
    assert (outline and outline["coordinates"]) == lines
    assert sound["properties"]["outline"] is None
    report = planner.get(f"/api/imports/{number}/report", params={"format": "geojson"}).json()
    assert report["features"][0]["geometry"] == outline


def test_pages_of_rows_follow_each_other(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE), feature(OTHER_PLACE))["id"]
    first = planner.get(f"/api/imports/{number}/rows", params={"limit": 1}).json()
    second = planner.get(first["next"]).json()
    assert (first["numberMatched"], second["features"][0]["id"], second["next"]) == (2, 2, None)


def test_a_commit_makes_drafts_of_who_commits_as_a_batch(
    planner: httpx.Client, live: dict[str, Any]
) -> None:
    assert (live["state"], live["counts"]["created"], live["batch"]) == ("live", 1, {"draft": 1})
    (plot,) = planner.get("/api/plots", params={"import": live["id"]}).json()["features"]
    said = plot["properties"]
    assert (said["plot_no"], said["review"], said["changed_by"]) == ("A1", "draft", "planner")
    other = planner.post("/api/plots", json=feature(OTHER_PLACE)).json()["id"]
    of_batch = planner.get("/api/plots", params={"import": live["id"]}).json()["features"]
    assert other not in [entry["id"] for entry in of_batch]


def test_blocked_rows_hold_a_commit_up_until_they_are_left_out(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE), feature(BOW_TIE))["id"]
    answer = planner.post(f"/api/imports/{number}/commit", json={})
    assert refused(answer) == (422, "rows_blocked")
    assert answer.json()["errors"][0]["code"] == "self_intersection"
    state = committed(planner, number, skip_blocked=True)
    assert (state["counts"]["created"], state["counts"]["left"]) == (1, {"blocked": 1})


def test_a_file_of_which_every_row_is_blocked_has_nothing_to_commit(planner: httpx.Client) -> None:
    number = staged(planner, feature(BOW_TIE))["id"]
    answer = planner.post(f"/api/imports/{number}/commit", json={"skip_blocked": True})
    assert refused(answer) == (422, "rows_blocked")


def test_warnings_hold_a_commit_up_until_they_are_acknowledged(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE), feature(ring(125.051, 43.05)))["id"]
    answer = planner.post(f"/api/imports/{number}/commit", json={})
    assert refused(answer) == (409, "warnings")
    (error,) = answer.json()["errors"]
    assert error.pop("message") == answer.json()["detail"]
    assert error == {"field": "rows", "code": "overlap", "rows": 2}
    assert committed(planner, number, acknowledge=["overlap"])["state"] == "live"


def test_what_was_drawn_since_the_staging_is_seen_by_the_commit(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE))["id"]
    assert planner.post("/api/plots", json=feature(PLACE)).status_code == 201
    state = committed(planner, number)
    assert (state["state"], state["error"]["errors"][0]["code"]) == ("staged", "same_ground")
    assert state["counts"]["warn"] == 1
    assert committed(planner, number, acknowledge=["same_ground"])["state"] == "live"


def test_rows_are_told_from_what_is_live_by_number(
    planner: httpx.Client, live: dict[str, Any]
) -> None:
    same = feature(PLACE, plot_no="A1", name="北坡")
    state = staged(planner, same, feature(OTHER_PLACE, plot_no="A2"))
    counts = state["counts"]
    assert (counts["same"], counts["new"], counts["changed"], counts["missing"]) == (1, 1, 0, 0)
    changed = staged(planner, feature(PLACE, plot_no="A1", name="南坡"))
    (row,) = rows(planner, changed["id"], match="changed")
    assert row["properties"]["match"]["fields"] == ["name"]
    left_out = staged(planner, feature(OTHER_PLACE, plot_no="A9"))
    assert (live["state"], left_out["counts"]["missing"]) == ("live", 1)


def test_a_changed_row_changes_its_plot_when_that_is_wanted(
    planner: httpx.Client, live: dict[str, Any]
) -> None:
    number = staged(planner, feature(PLACE, plot_no="A1", name="南坡"))["id"]
    left = committed(planner, number)
    assert (left["counts"]["created"], left["counts"]["left"]) == (0, {"changed": 1})
    number = staged(planner, feature(PLACE, plot_no="A1", name="南坡"))["id"]
    done = committed(planner, number, replace="changed")
    assert (done["counts"]["replaced"], live["counts"]["created"]) == (1, 1)
    (plot,) = planner.get("/api/plots").json()["features"]
    assert (plot["properties"]["name"], plot["properties"]["version"]) == ("南坡", 2)


def test_settings_are_changed_and_the_file_read_anew(planner: httpx.Client) -> None:
    plot = feature(PLACE)
    plot["properties"]["造的树"] = plot["properties"].pop("kind")
    first = staged(planner, plot)
    assert (first["state"], first["error"]["code"]) == ("refused", "missing")
    patched = planner.patch(f"/api/imports/{first['id']}", json={"fields": {"kind": "造的树"}})
    assert settled(planner, patched)["state"] == "staged"
    # What was said of this heading is remembered for the next file.
    committed(planner, first["id"])
    plot["geometry"] = OTHER_PLACE
    again = staged(planner, plot)
    (field,) = [field for field in again["fields"] if field["theirs"] == "造的树"]
    assert (again["state"], field["ours"], field["remembered"]) == ("staged", "kind", True)


def test_what_another_said_of_a_heading_is_not_remembered_for_who_commits_their_file(
    planner: httpx.Client, sign_in: SignIn
) -> None:
    gis = sign_in("gis")
    plot = feature(PLACE, name="北坡")
    plot["properties"]["备用"] = "南坡"
    number = staged(planner, plot, fields={"note": "备用"})["id"]
    assert committed(gis, number)["state"] == "live"
    plot["geometry"] = OTHER_PLACE
    (field,) = [one for one in staged(gis, plot)["fields"] if one["theirs"] == "备用"]
    assert (field["ours"], field["remembered"]) == (None, False)


def test_metres_without_a_zone_are_placed_by_the_counties_and_read_as_said(
    planner: httpx.Client,
) -> None:
    shape = from_cgcs2000(np.array([Polygon(PLACE["coordinates"][0])]), known_crs(4551))[0]
    crs = {"type": "name", "properties": {"name": "EPSG:4490"}}
    plot = feature(mapping(shape))
    content = json.dumps({"type": "FeatureCollection", "crs": crs, "features": [plot]})
    state = settled(planner, send(planner, content.encode()))
    assert (state["state"], state["error"]["code"]) == ("refused", "not_degrees")
    placement = state["crs"]["placements"][0]
    assert placement["say"] == "EPSG:4551"
    assert [place["code"] for place in placement["districts"]] == ["220102"]
    for said in (placement["say"], "CM126"):
        anew = planner.patch(f"/api/imports/{state['id']}", json={"crs": said})
        again = settled(planner, anew)
        assert (again["state"], again["counts"]["new"]) == ("staged", 1)


def test_a_file_in_shifted_coordinates_waits_for_somebody_to_say_so(
    planner: httpx.Client,
) -> None:
    # Their western edges follow a border, which the coordinates can be compared with.
    strips = []
    for south in (43.01 + n * 0.01 for n in range(8)):
        edge = [(125.1, south + n * 0.0005) for n in range(9)]
        strips.append(Polygon([*edge, (125.102, south + 0.004), (125.102, south)]))
    plots = [feature(mapping(shape)) for shape in moved(strips, to_gcj02)]
    state = staged(planner, *plots)
    codes = {entry["code"]: entry["severity"] for entry in state["codes"]}
    assert codes["another_datum"] == "warn"
    assert "GCJ-02" in state["notes"][0]
    assert refused(planner.post(f"/api/imports/{state['id']}/commit", json={})) == (409, "warnings")
    again = settled(planner, planner.patch(f"/api/imports/{state['id']}", json={"crs": "gcj02"}))
    assert "another_datum" not in {entry["code"] for entry in again["codes"]}
    assert again["crs"]["said"] == "gcj02"


def test_a_column_may_be_ignored(planner: httpx.Client) -> None:
    state = staged(planner, feature(PLACE, name="北坡"), ignore=["name"])
    (row,) = rows(planner, state["id"])
    assert row["properties"]["name"] is None


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        pytest.param(b"no GIS file", "plots.shp", "not_gis", id="no GIS file"),
        pytest.param(b"", "plots.zip", "empty_file", id="nothing"),
        pytest.param(b'{"type": "Feature', "plots.geojson", "json_damaged", id="half a file"),
        pytest.param(file_of(), "plots.geojson", "no_features", id="no plots"),
        pytest.param(
            file_of(feature(ring(10, 50))), "plots.geojson", "outside_districts", id="elsewhere"
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    planner: httpx.Client, content: bytes, name: str, code: str
) -> None:
    state = settled(planner, send(planner, content, name))
    assert (state["state"], state["error"]["code"]) == ("refused", code)
    assert name in state["error"]["detail"] or state["error"]["errors"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("[]", id="a list"),
        pytest.param('{"what": "zones"}', id="another thing"),
        pytest.param('{"filds": {}}', id="an unknown setting"),
        pytest.param('{"set": {"stage": true}}', id="a boolean"),
        pytest.param("{", id="half of it"),
        pytest.param('{"layer": "\\u0000"}', id="NUL"),
        pytest.param('{"fields": ' + "[" * 5_000 + "]" * 5_000 + "}", id="deep"),
    ],
)
def test_settings_that_are_none_are_refused(planner: httpx.Client, said: str) -> None:
    answer = planner.post(
        "/api/imports",
        files={"file": ("plots.geojson", file_of(feature(PLACE)))},
        data={"settings": said},
    )
    assert refused(answer) == (422, "invalid_request")
    assert planner.get("/api/imports").json()["numberMatched"] == 0


WRONG = [
    pytest.param({"crs": "Mars"}, "crs_unknown", "crs", id="crs"),
    pytest.param({"crs": "EPSG:5703"}, "crs_unknown", "crs", id="heights"),
    pytest.param({"encoding": "klingon"}, "unknown_encoding", "encoding", id="encoding"),
    pytest.param({"fields": {"colour": "a"}}, "unknown_field", "fields", id="field"),
    pytest.param({"set": {"colour": "red"}}, "unknown_field", "set", id="set"),
    pytest.param({"set": {"kind": "种树"}}, "bad_default", "set", id="value"),
]


@pytest.mark.parametrize(("said", "code", "field"), WRONG)
def test_settings_that_no_file_could_be_read_by_are_refused_before_anything_waits(
    planner: httpx.Client, said: dict[str, Any], code: str, field: str
) -> None:
    answer = send(planner, file_of(feature(PLACE)), **said)
    assert refused(answer) == (422, code)
    assert [entry["field"] for entry in answer.json()["errors"]] == [field]
    assert planner.get("/api/imports").json()["numberMatched"] == 0
    state = staged(planner, feature(PLACE))
    assert refused(planner.patch(f"/api/imports/{state['id']}", json=said)) == (422, code)
    assert planner.get(f"/api/imports/{state['id']}").json() == state


def test_a_file_is_there_for_a_name_that_leads_elsewhere(planner: httpx.Client) -> None:
    sent = send(planner, file_of(feature(PLACE)), "../../etc/plots.geojson")
    assert settled(planner, sent)["file"] == "plots.geojson"


def test_under_one_key_a_file_comes_once(planner: httpx.Client) -> None:
    content = file_of(feature(PLACE))
    first, again = (send(planner, content, key="a-file") for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert settled(planner, again)["state"] == "staged"
    assert planner.get("/api/imports").json()["numberMatched"] == 1


def test_an_import_that_is_left_is_empty(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE))["id"]
    assert planner.delete(f"/api/imports/{number}").status_code == 204
    assert planner.get(f"/api/imports/{number}").json()["state"] == "cancelled"
    assert rows(planner, number) == []
    again = planner.delete(f"/api/imports/{number}")
    assert refused(again) == (409, "wrong_import_state")
    committing = planner.post(f"/api/imports/{number}/commit", json={})
    assert refused(committing) == (409, "wrong_import_state")


def test_many_open_imports_are_dealt_with_first(
    planner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.imports.conversation.MAX_OPEN", 1)
    staged(planner, feature(PLACE))
    assert refused(send(planner, file_of(feature(PLACE)))) == (409, "too_many_imports")


def test_a_list_has_the_newest_first(planner: httpx.Client, live: dict[str, Any]) -> None:
    number = staged(planner, feature(OTHER_PLACE))["id"]
    page = planner.get("/api/imports", params={"limit": 1}).json()
    assert ([row["id"] for row in page["rows"]], page["numberMatched"]) == ([number], 2)
    (older,) = planner.get(page["next"]).json()["rows"]
    assert (older["id"], older["batch"]) == (live["id"], {"draft": 1})


def test_who_may_not_draw_may_not_import(sign_in: SignIn) -> None:
    for role in ("viewer", "inspector"):
        client = sign_in(role)
        assert refused(send(client, file_of(feature(PLACE)))) == (403, "role_missing")
        assert refused(client.get("/api/imports")) == (403, "role_missing")


def test_another_planner_does_not_find_an_import_and_gis_staff_does(
    planner: httpx.Client, sign_in: SignIn
) -> None:
    number = staged(planner, feature(PLACE))["id"]
    other, staff = sign_in("planner"), sign_in("gis")
    for call in (
        other.get(f"/api/imports/{number}"),
        other.get(f"/api/imports/{number}/rows"),
        other.get(f"/api/imports/{number}/report"),
        other.patch(f"/api/imports/{number}", json={}),
        other.post(f"/api/imports/{number}/commit", json={}),
        other.post(f"/api/imports/{number}/undo", json={"reason": "x"}),
        other.delete(f"/api/imports/{number}"),
    ):
        assert refused(call) == (404, "not_found")
    assert other.get("/api/imports").json()["numberMatched"] == 0
    assert staff.get(f"/api/imports/{number}").json()["account"] == "planner"
    committed(staff, number)
    (plot,) = staff.get("/api/plots").json()["features"]
    assert plot["properties"]["changed_by"] == "gis-2"


def test_staff_of_another_county_does_not_find_it(planner: httpx.Client, sign_in: SignIn) -> None:
    western = sign_in("planner", WEST)
    number = staged(western, feature(PLACE))["id"]
    assert sign_in("gis", "220103").get(f"/api/imports/{number}").status_code == 404
    assert sign_in("gis", "220100").get(f"/api/imports/{number}").status_code == 200
    # The planner of the whole tree sent a file that others' districts do not hold.
    whole = staged(planner, feature(PLACE))["id"]
    assert sign_in("gis", WEST).get(f"/api/imports/{whole}").status_code == 404


def test_without_row_security_the_predicate_alone_holds(
    sign_in: SignIn, database: Database
) -> None:
    number = staged(sign_in("planner", WEST), feature(PLACE))["id"]
    # This engine sees the whole tree, so the policies show everything.
    with database.service.begin() as connection:
        for counties, there in (((WEST,), True), ((WEST, EAST), True), ((EAST,), False)):
            staff = Account(999, "gis", "gis", counties, counties)
            assert (read_import(connection, staff, number) is not None) is there
            planner = Account(999, "planner", "planner", counties, counties)
            assert read_import(connection, planner, number) is None


def test_rows_beyond_the_scope_are_told_one_by_one(sign_in: SignIn) -> None:
    western = sign_in("planner", WEST)
    state = staged(western, feature(PLACE), feature(ring(125.15, 43.05)))
    (blocked,) = rows(western, state["id"], severity="block")
    assert [problem["code"] for problem in blocked["properties"]["problems"]] == [
        "outside_district"
    ]
    assert committed(western, state["id"], skip_blocked=True)["counts"]["created"] == 1


def test_the_report_says_row_place_and_remedy(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE, plot_no="A1"), feature(BOW_TIE))["id"]
    book = planner.get(f"/api/imports/{number}/report")
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    on_map = planner.get(f"/api/imports/{number}/report", params={"format": "geojson"})
    (row,) = json.loads(on_map.content)["features"]
    assert (row["properties"]["row"], row["properties"]["codes"]) == (2, "self_intersection")
    assert row["properties"]["message"]


def test_months_are_settled_into_the_note(planner: httpx.Client) -> None:
    state = staged(planner, feature(PLACE, planted_on="2026年4月", note="北坡"))
    (row,) = rows(planner, state["id"], severity="block")
    assert "“Months into the note” (months)" in row["properties"]["problems"][0]["message"]
    said = {**state["settings"], "months": "note"}
    settled(planner, planner.patch(f"/api/imports/{state['id']}", json=said))
    (row,) = rows(planner, state["id"])
    assert row["properties"]["problems"] == []
    assert row["properties"]["note"] == "北坡；造林时间：2026年4月"
    assert row["properties"]["planted_on"] is None


def test_a_programme_that_no_list_has_is_told_with_those_near_it(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE, programme="国家储备林"), feature(OTHER_PLACE))["id"]
    (row,) = rows(planner, number, severity="block")
    (problem,) = row["properties"]["problems"]
    assert (problem["code"], problem["field"]) == ("unknown_code", "programme")
    assert "near ones: GJCBL 国家储备林建设" in problem["message"]
