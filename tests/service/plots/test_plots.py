"""``/api/plots``: drawn, listed, looked at, taken through review."""

from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

from service.database.metadata import plot_version
from service.plots.api.plot_schemas import PlotProperties
from service.plots.db.plots import ATTRIBUTES
from tests.service.conftest import EAST, SOUTH, WEST, Database, Server, SignIn, feature, ring
from tests.service.plots.made import approved, drawn


def test_a_drawn_plot_is_answered_with_its_address_and_etag(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature())
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/plots/{answer.json()['id']}"
    assert answer.headers["etag"] == '"1"'


def test_a_drawn_plot_is_a_draft_of_the_county_with_its_largest_part(sign_in: SignIn) -> None:
    # A tenth of it lies in the eastern county.
    plot = drawn(sign_in("planner"), geometry=ring(125.0982, 43.05))
    properties = plot["properties"]
    assert (properties["review"], properties["district"]) == ("draft", WEST)


def test_the_area_is_that_of_the_ellipsoid(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    corners = plot["geometry"]["coordinates"][0][0]
    karney = Geodesic(6_378_137.0, 1 / 298.257222101).Polygon()
    for lon, lat in corners[:-1]:
        karney.AddPoint(lat, lon)
    assert plot["properties"]["area_m2"] == pytest.approx(abs(karney.Compute()[2]), rel=1e-6)


def test_a_kind_given_by_its_label_is_answered_as_code_and_label(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"), kind="人工造林")
    assert (plot["properties"]["kind"], plot["properties"]["kind_label"]) == ("RGZL", "人工造林")


def test_numbers_are_given_one_after_the_other_within_county_and_year(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    numbers = [
        drawn(planner, geometry=ring(125.01 + n / 100, 43.01))["properties"]["plot_no"]
        for n in range(3)
    ]
    assert numbers == ["00001", "00002", "00003"]


def test_a_number_that_was_brought_along_is_not_given_again(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, plot_no="00001")
    assert drawn(planner, geometry=ring(125.01, 43.01))["properties"]["plot_no"] == "00002"


def test_a_taken_number_is_refused(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, plot_no="A1")
    answer = planner.post("/api/plots", json=feature(ring(125.01, 43.01), plot_no="A1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "plot_no_taken")


def test_what_was_sent_comes_back_whole(sign_in: SignIn) -> None:
    given = {
        "name": "城南一号",
        "method": "植苗造林",
        "species": [{"code": "落叶松", "share": 0.7}, {"code": "白桦", "share": 0.3}],
        "density_per_ha": 1650.0,
        "planted_on": "2026-04-12",
        "evidence": [{"name": "IMG_1.jpg", "kind": "photo", "note": None}],
        "compartment_no": "12",
        "declared_m2": 36000.0,
        "extra": {"lcxzgx": {"di_mao": "1", "hai_ba": 210}},
    }
    client = sign_in("planner")
    plot = drawn(client, **given)
    properties = client.get(f"/api/plots/{plot['id']}").json()["properties"]
    same = [name for name in given if name not in ("method", "species")]
    assert {name: properties[name] for name in same} == {name: given[name] for name in same}
    assert [species["share"] for species in properties["species"]] == [0.7, 0.3]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"stage": "grown"}, "properties.stage", id="unknown stage"),
        pytest.param({"kind": "花坛"}, "properties.kind", id="unknown kind"),
        pytest.param({"year": 1066}, "properties.year", id="year out of range"),
        pytest.param({"review": "approved"}, "properties.review", id="review is not theirs"),
        pytest.param({"area_m2": 5}, "properties.area_m2", id="area is ours"),
        pytest.param({"district": EAST}, "properties.district", id="district is found"),
        pytest.param({"colour": "green"}, "properties.colour", id="unknown field"),
        pytest.param({"plan_ids": [77]}, "properties.plan_ids", id="unknown plan"),
        pytest.param(
            {"extra": {"lcxzgx": {"di_mao": "far too long"}}},
            "properties.extra.lcxzgx.di_mao",
            id="extra that does not fit its schema",
        ),
        pytest.param(
            {"species": [{"code": "白桦", "share": 0.4}]}, "properties", id="shares miss one"
        ),
        pytest.param({"planted_on": "1899-12-30"}, "properties.planted_on", id="long ago"),
        pytest.param({"planted_on": "2101-01-01"}, "properties.planted_on", id="far to come"),
    ],
)
def test_a_refused_property_is_named(sign_in: SignIn, change: dict[str, Any], field: str) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(**change))
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_a_bow_tie_is_refused_with_its_spot(sign_in: SignIn) -> None:
    corners = [[125.01, 43.01], [125.02, 43.02], [125.02, 43.01], [125.01, 43.02], [125.01, 43.01]]
    bow_tie = {"type": "Polygon", "coordinates": [corners]}
    answer = sign_in("planner").post("/api/plots", json=feature(bow_tie))
    assert answer.status_code == 422
    assert answer.json()["code"] == "self_intersection"
    assert answer.json()["errors"][0]["at"] == pytest.approx([125.015, 43.015])


def test_a_plot_outside_every_district_is_refused_with_its_place(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(ring(10.0, 50.0)))
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_district")
    assert answer.json()["errors"][0]["at"] == pytest.approx([10.001, 50.001])


def test_a_plot_in_somebody_elses_county_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("planner", EAST).post("/api/plots", json=feature())
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_district")


def test_a_small_plot_mostly_over_the_border_is_of_its_writers_county(sign_in: SignIn) -> None:
    # 9 m × 9 m around the border on 125.1, a third of it in the west.
    small = ring(125.1 - 0.00004, 43.05, 0.00012, 0.00008)
    client = sign_in("planner", WEST)
    warned = client.post("/api/plots", json=feature(small))
    assert warned.status_code == 409
    codes = ",".join(error["code"] for error in warned.json()["errors"])
    assert "crosses_district" in codes
    answer = client.post(f"/api/plots?acknowledge={codes}", json=feature(small))
    assert (answer.status_code, answer.json()["properties"]["district"]) == (201, WEST)


def test_a_sliver_over_the_border_is_let_pass(sign_in: SignIn) -> None:
    # 0.000002 of 0.002 degrees: a thousandth of the plot.
    plot = drawn(sign_in("planner", WEST), geometry=ring(125.098002, 43.05))
    assert plot["properties"]["district"] == WEST


def test_a_plot_of_another_county_looks_like_one_that_is_not_there(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    stranger = sign_in("planner", SOUTH)
    foreign = stranger.get(f"/api/plots/{plot['id']}")
    absent = stranger.get("/api/plots/999999")
    assert (foreign.status_code, foreign.json()) == (404, absent.json())


def test_a_list_holds_only_what_lies_in_the_scope(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner)
    drawn(planner, geometry=ring(114.05, 25.05))
    body = sign_in("planner", SOUTH).get("/api/plots").json()
    assert body["numberMatched"] == 1
    assert [feature["properties"]["district"] for feature in body["features"]] == [SOUTH]


def test_pages_follow_each_other_without_gap_or_repeat(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    ids = [drawn(planner, geometry=ring(125.01 + n / 100, 43.01))["id"] for n in range(5)]
    address, seen = "/api/plots?limit=2&district=220102", []
    while address:
        page = planner.get(address).json()
        assert page["numberMatched"] == 5
        seen += [feature["id"] for feature in page["features"]]
        address = page["next"]
    assert seen == ids


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("bbox=125.0,43.0,125.02,43.02", 1),
        ("bbox=125.03,43.03,125.04,43.04", 0),
        ("stage=planned", 1),
        ("stage=planned&stage=planted", 2),
        ("kind=封山育林", 1),
        ("year=2025", 1),
        ("review=submitted", 0),
        ("district=220100", 2),
        ("version=approved", 0),
    ],
)
def test_a_filter_finds_what_it_says(sign_in: SignIn, query: str, matched: int) -> None:
    planner = sign_in("planner")
    drawn(planner, geometry=ring(125.01, 43.01), stage="planned", year=2025)
    drawn(planner, geometry=ring(125.05, 43.05), kind="FSYL")
    assert planner.get(f"/api/plots?{query}").json()["numberMatched"] == matched


@pytest.mark.parametrize(
    "query",
    [
        "bbox=a,b,c,d",
        "bbox=nan,nan,nan,nan",
        "bbox=126,43,125,44",
        "district=999999",
        "district=x",
        "kind=nonsense",
        "limit=0",
        "limit=99999999",
        "cursor=!!",
        "year=soon",
        "version=newest",
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_in_words(sign_in: SignIn, query: str) -> None:
    answer = sign_in("planner").get(f"/api/plots?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_submit_and_approve_take_a_draft_to_an_approved_version(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    assert (plot["properties"]["review"], plot["properties"]["version"]) == ("approved", 3)


def test_who_submitted_does_not_approve(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    plot = drawn(admin)
    admin.post(f"/api/plots/{plot['id']}/submit")
    answer = admin.post(f"/api/plots/{plot['id']}/approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "four_eyes")


def test_a_draft_cannot_be_approved(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    inspector, address = sign_in("inspector"), f"/api/plots/{plot['id']}/approve"
    answer = inspector.post(address, headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert answer.json()["detail"] == "图斑现为“草稿”，此操作需要“已提交”"
    answer = inspector.post(address, headers={"Accept-Language": "en"})
    assert answer.json()["detail"] == "the plot is draft, this step needs submitted"


def test_a_returned_plot_says_why_and_can_be_handed_in_again(sign_in: SignIn) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    plot = drawn(planner)
    planner.post(f"/api/plots/{plot['id']}/submit")
    inspector.post(f"/api/plots/{plot['id']}/return", json={"reason": "边界压占道路"})
    properties = planner.get(f"/api/plots/{plot['id']}").json()["properties"]
    assert (properties["review"], properties["return_reason"]) == ("returned", "边界压占道路")
    again = planner.post(f"/api/plots/{plot['id']}/submit").json()["properties"]
    assert (again["review"], again["return_reason"]) == ("submitted", None)


@pytest.mark.parametrize(
    ("role", "step"), [("viewer", "submit"), ("planner", "approve"), ("gis", "approve")]
)
def test_a_step_is_for_those_who_hold_its_role(sign_in: SignIn, role: str, step: str) -> None:
    plot = drawn(sign_in("planner"))
    answer = sign_in(role).post(f"/api/plots/{plot['id']}/{step}")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


def test_a_viewer_sees_approved_versions_only(sign_in: SignIn) -> None:
    draft, done = drawn(sign_in("planner")), approved(sign_in, geometry=ring(125.01, 43.01))
    viewer = sign_in("viewer")
    assert viewer.get(f"/api/plots/{draft['id']}").status_code == 404
    assert [feature["id"] for feature in viewer.get("/api/plots").json()["features"]] == [
        done["id"]
    ]


def test_nobody_reads_plots_without_signing_in(server: Server) -> None:
    with server.client() as stranger:
        answer = stranger.get("/api/plots")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_a_refused_plot_leaves_nothing_behind(sign_in: SignIn, database: Database) -> None:
    sign_in("planner").post("/api/plots", json=feature(plot_no="x" * 40))
    assert database.scalar("SELECT count(*) FROM plot") == 0


def test_the_api_writes_the_attributes_that_files_and_the_database_have() -> None:
    assert tuple(PlotProperties.model_fields) == ATTRIBUTES
    assert set(ATTRIBUTES) <= {column.name for column in plot_version.columns}


def test_an_approved_plot_without_a_newer_version_has_nothing_to_review(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_review")
