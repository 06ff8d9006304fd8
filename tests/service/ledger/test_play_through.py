"""Next year's plot on counted ground: answered by the ledger, claimed, and the credit passed on."""

from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import shape

from tests.service.conftest import CITY, EAST, WEST, SignIn, feature, ring
from tests.service.plots.made import approved, drawn

GROUND = ring(125.05, 43.05)


def ledger(client: Any, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/ledger", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def green(client: Any, **query: Any) -> float:
    rows = client.get("/api/coverage", params={"level": "county", **query}).json()["rows"]
    return float(next(row["green_m2"] for row in rows if row["code"] == WEST))


def claim(client: Any, plot: Any, holder: Any, as_: str = "renewal", **body: Any) -> Any:
    return client.post(
        f"/api/plots/{plot['id']}/claims", json={"of": holder["id"], "as": as_, **body}
    )


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_next_years_plot_is_answered_claimed_and_inherits(sign_in: SignIn) -> None:
    holder = approved(sign_in, geometry=GROUND, year=2024, programme="GTLH-SF")
    planner, gis = sign_in("planner", WEST), sign_in("gis")
    before = green(planner)
    refused = planner.post("/api/plots?acknowledge=same_ground", json=feature(GROUND, year=2025))
    assert said(refused) == (409, "warnings")
    (warning,) = refused.json()["errors"]
    assert (warning["code"], warning["plot_id"]) == ("credited_ground", holder["id"])
    assert warning["area_m2"] == pytest.approx(holder["properties"]["area_m2"], rel=1e-6)
    for word in (holder["properties"]["plot_no"], "2024", "land-greening pilots"):
        assert word in warning["message"]

    second = drawn(planner, geometry=GROUND, year=2025)
    made = claim(planner, second, holder, why="二次更新")
    assert made.status_code == 201, made.text
    assert (made.json()["as"], made.json()["of"]["plot_id"]) == ("renewal", holder["id"])
    # Once claimed, a change of the plot is not asked about the same ground again.
    renamed = planner.patch(
        f"/api/plots/{second['id']}",
        json={"type": "Feature", "properties": {"name": "更新"}},
        headers={"If-Match": '"1"'},
    )
    assert renamed.status_code == 200, renamed.text
    assert planner.post(f"/api/plots/{second['id']}/submit").status_code == 200
    assert sign_in("inspector").post(f"/api/plots/{second['id']}/approve").status_code == 200

    assert green(planner) == pytest.approx(before, rel=1e-9), "counted once in all years together"
    assert green(planner, year=2025) == pytest.approx(before, rel=1e-6), "in full in its own year"
    (row,) = ledger(planner, plot=second["id"])["rows"]
    assert row["holder"]["plot_id"] == holder["id"]
    assert (row["year"], row["programme"], row["also"]) == (2024, "GTLH-SF", [second["id"]])

    gone = gis.delete(
        f"/api/plots/{holder['id']}?reason=x",
        headers={"If-Match": f'"{holder["properties"]["version"]}"'},
    )
    assert gone.status_code == 204, gone.text
    (row,) = ledger(planner, plot=second["id"])["rows"]
    assert (row["holder"]["plot_id"], row["year"]) == (second["id"], 2025)
    assert green(planner) == pytest.approx(before, rel=1e-9)
    listed = sign_in("inspector", WEST).get("/api/claims?orphaned=true").json()
    (left,) = listed["rows"]
    assert (left["of"]["plot_no"], left["of"]["gone"]) == (holder["properties"]["plot_no"], True)


def test_a_dispute_goes_to_the_inspector_with_both_sides(sign_in: SignIn) -> None:
    proof = [{"name": "a.jpg", "kind": "photo"}]
    holder = approved(sign_in, geometry=GROUND, year=2024, evidence=proof)
    planner, inspector = sign_in("planner", WEST), sign_in("inspector", WEST)
    plot = drawn(planner, geometry=GROUND, year=2025)
    assert said(claim(planner, plot, holder, "dispute")) == (422, "why_missing")
    number = claim(planner, plot, holder, "dispute", why="界线画错").json()["id"]
    (listed,) = inspector.get("/api/claims?as=dispute").json()["rows"]
    assert (listed["id"], listed["why"]) == (number, "界线画错")
    assert listed["of"]["evidence"][0]["name"] == "a.jpg"
    assert listed["plot"]["plot_id"] == plot["id"]
    other = sign_in("planner", WEST)
    end = {"because": "现场核实，维持原图斑"}
    assert said(other.post(f"/api/claims/{number}/end", json=end)) == (409, "not_your_claim")
    settled = inspector.post(f"/api/claims/{number}/end", json=end)
    assert settled.json()["ended_because"] == end["because"]
    assert inspector.get("/api/claims?as=dispute").json()["rows"] == []
    assert said(inspector.post(f"/api/claims/{number}/end", json=end)) == (409, "claim_ended")
    history = planner.get(f"/api/plots/{plot['id']}/claims").json()["rows"]
    assert [row["id"] for row in history] == [number]


def test_another_claim_upon_the_same_holder_ends_the_first(sign_in: SignIn) -> None:
    holder = approved(sign_in, geometry=GROUND, year=2024)
    planner = sign_in("planner")
    plot = drawn(planner, geometry=GROUND, year=2025)
    first = claim(planner, plot, holder, "renewal").json()["id"]
    assert claim(planner, plot, holder, "renewal").json()["id"] == first
    second = claim(planner, plot, holder, "replant").json()["id"]
    rows = planner.get(f"/api/plots/{plot['id']}/claims").json()["rows"]
    assert [(row["id"], row["ended_at"] is None) for row in rows] == [
        (first, False),
        (second, True),
    ]
    assert rows[0]["ended_because"] == "更新 → 补植 renewal → replant"


def test_claims_that_make_no_sense_are_told_so(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, geometry=GROUND, year=2025)
    assert said(claim(planner, plot, plot)) == (422, "own_ground")
    draft = drawn(planner, geometry=GROUND)
    nobody = claim(planner, plot, draft)
    assert said(nobody) == (409, "no_credit")
    assert "no other plot holds this ground" in nobody.json()["detail"]
    holder = approved(sign_in, geometry=GROUND, year=2023)
    another = claim(planner, plot, draft)
    assert holder["properties"]["plot_no"] in another.json()["detail"]


def test_a_plan_claims_nothing_of_the_plot_that_carries_it_out(sign_in: SignIn) -> None:
    plan = approved(sign_in, geometry=GROUND, year=2025, stage="planned")
    carrier = approved(sign_in, geometry=GROUND, year=2025, plan_ids=[plan["id"]])
    planner = sign_in("planner", WEST)
    (row,) = ledger(planner, plot=plan["id"])["rows"]
    assert (row["holder"]["plot_id"], row["carries_out"]) == (carrier["id"], True)
    assert not ledger(planner, plot=carrier["id"])["rows"][0]["carries_out"]
    assert not ledger(planner, district=WEST)["rows"][0]["carries_out"]
    for as_ in ("replant", "renewal"):
        assert said(claim(planner, plan, carrier, as_)) == (409, "carries_out_plan")
    assert claim(planner, plan, carrier, "dispute", why="画到别处了").status_code == 201


def test_ground_of_another_county_is_not_claimed(sign_in: SignIn) -> None:
    holder = approved(sign_in, geometry=ring(125.0995, 43.05, 0.0012), year=2024)
    assert holder["properties"]["district"] == EAST
    planner = sign_in("planner", CITY)
    plot = drawn(planner, geometry=ring(125.0985, 43.05, 0.0018), year=2025)
    assert plot["properties"]["district"] == WEST
    assert said(claim(planner, plot, holder)) == (409, "other_county")
    # Who may not see the neighbour's plots learns nothing of them.
    westerner = sign_in("planner", WEST)
    beyond = claim(westerner, plot, holder)
    assert said(beyond) == (409, "no_credit")
    assert "counts for a plot of" in beyond.json()["detail"], "it is not nobody's"
    assert holder["properties"]["plot_no"] not in beyond.json()["detail"]
    (row,) = [row for row in ledger(westerner, plot=plot["id"])["rows"] if row["at"] is not None]
    assert row["holder"] == {"plot_id": None, "plot_no": None, "district": EAST}


def test_who_is_approved_earlier_holds_whatever_its_number(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    first, second = (drawn(planner, geometry=GROUND, year=2024 + n) for n in range(2))
    inspector = sign_in("inspector")
    for plot in (first, second):
        assert planner.post(f"/api/plots/{plot['id']}/submit").status_code == 200
    for plot in (second, first):
        assert inspector.post(f"/api/plots/{plot['id']}/approve").status_code == 200
    (row,) = ledger(planner, plot=first["id"])["rows"]
    assert row["holder"]["plot_id"] == second["id"], "it was approved earlier"


def test_the_ledger_of_a_county_adds_up_to_its_green_area(sign_in: SignIn) -> None:
    for n in range(4):
        approved(sign_in, geometry=ring(125.05 + n * 0.0007, 43.05), year=2020 + n)
    viewer = sign_in("viewer", WEST)
    answer = ledger(viewer, district=WEST)
    total = sum(row["area_m2"] for row in answer["rows"])
    assert total == pytest.approx(green(viewer), rel=1e-6)
    assert answer["area_m2"] == pytest.approx(total)
    (year,) = {row["year"] for row in ledger(viewer, district=WEST, year=2021)["rows"]}
    assert year == 2021
    page = ledger(viewer, district=WEST, limit=2)
    assert (len(page["rows"]), page["numberMatched"]) == (2, len(answer["rows"]))
    assert viewer.get(page["next"]).json()["rows"] == answer["rows"][2:4]


def test_the_ledger_is_asked_one_way_at_a_time(sign_in: SignIn) -> None:
    viewer = sign_in("viewer", WEST)
    for query in ("", f"?plot=1&district={WEST}"):
        answer = viewer.get(f"/api/ledger{query}")
        assert said(answer) == (422, "invalid_request")
    assert viewer.get("/api/ledger?plot=77").status_code == 404
    assert viewer.get("/api/ledger", params={"district": EAST}).json()["code"] == "unknown_district"
    box = {"bbox": "125,43,125.1,43.1"}
    assert ledger(viewer, **box)["rows"] == []


def test_the_ledger_of_a_county_is_a_file_too(sign_in: SignIn, tmp_path: Path) -> None:
    holder = approved(sign_in, year=2024, programme="GTLH-SF")
    planner = sign_in("planner", WEST)
    table = planner.get("/api/exports/ledger", params={"district": WEST})
    heads, line = table.content.decode("utf-8-sig").splitlines()
    assert heads.startswith("district,plot_no,plot_id,year,programme")
    assert line.startswith(f"{WEST},{holder['properties']['plot_no']},{holder['id']},2024,GTLH-SF")
    book = planner.get("/api/exports/ledger", params={"district": WEST, "format": "xlsx"})
    assert book.content[:2] == b"PK"
    shapes = planner.get("/api/exports/ledger", params={"district": WEST, "format": "gpkg"})
    (tmp_path / "ledger.gpkg").write_bytes(shapes.content)
    layer = geopandas.read_file(tmp_path / "ledger.gpkg", layer="ledger")
    assert layer["plot_no"].tolist() == [holder["properties"]["plot_no"]]
    drawn_shape = shape(holder["geometry"])
    assert layer.geometry[0].equals_exact(drawn_shape, 1e-9) or layer.geometry[0].equals(
        drawn_shape
    )
    assert sign_in("viewer").get(f"/api/exports/ledger?district={WEST}").status_code == 403


def test_a_claim_is_made_once_under_its_key(sign_in: SignIn) -> None:
    holder = approved(sign_in, geometry=GROUND, year=2024)
    planner = sign_in("planner")
    plot = drawn(planner, geometry=GROUND, year=2025)
    address, body = f"/api/plots/{plot['id']}/claims", {"of": holder["id"], "as": "renewal"}
    answers = [planner.post(address, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["as"] == "renewal"
