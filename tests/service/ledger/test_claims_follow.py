"""Claims after the plots they name were redrawn, deleted and brought back."""

from typing import Any

from tests.service.conftest import CITY, EAST, WEST, SignIn, ring
from tests.service.ledger.test_play_through import GROUND, claim
from tests.service.plots.made import approved, drawn


def listed(client: Any, plot: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/plots/{plot['id']}/claims")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def test_a_holder_that_came_back_as_a_draft_is_told_to_count_no_more(sign_in: SignIn) -> None:
    holder = approved(sign_in, geometry=GROUND, year=2024)
    planner, gis = sign_in("planner", WEST), sign_in("gis")
    plot = drawn(planner, geometry=GROUND, year=2025)
    assert claim(planner, plot, holder).json()["orphaned"] is False
    address, version = f"/api/plots/{holder['id']}", holder["properties"]["version"]
    gone = gis.delete(f"{address}?reason=x", headers={"If-Match": f'"{version}"'})
    assert gone.status_code == 204
    seen = "overlap,same_ground,credited_ground"
    back = gis.post(f"{address}/restore?acknowledge={seen}", json={"version": version})
    assert back.status_code == 200, back.text
    (of_all,) = planner.get("/api/claims?orphaned=true").json()["rows"]
    (of_plot,) = listed(planner, plot)
    for row in (of_all, of_plot):
        assert (row["orphaned"], row["of"]["gone"]) == (True, False)
    assert planner.get("/api/claims?orphaned=false").json()["rows"] == []


def test_a_claim_stands_in_the_county_where_its_plot_is_drawn_now(sign_in: SignIn) -> None:
    holder = approved(sign_in, geometry=ring(125.09, 43.05), year=2024)
    planner, east = sign_in("planner", CITY), sign_in("inspector", EAST)
    west = sign_in("inspector", WEST)
    plot = drawn(planner, geometry=ring(125.09, 43.05), year=2025)
    made = claim(planner, plot, holder, "dispute", why="界线画错").json()
    address = f"/api/plots/{plot['id']}"
    moved = planner.patch(
        f"{address}?acknowledge=credited_ground,overlap,same_ground",
        json={"type": "Feature", "geometry": ring(125.15, 43.05)},
        headers={"If-Match": '"1"'},
    )
    assert moved.json()["properties"]["district"] == EAST
    assert [row["id"] for row in listed(east, plot)] == [made["id"]]
    assert east.get("/api/claims?as=dispute").json()["numberMatched"] == 1
    assert west.get("/api/claims?as=dispute").json()["rows"] == []
    assert west.post(f"/api/claims/{made['id']}/end", json={"because": "x"}).status_code == 404
    assert east.post(f"/api/claims/{made['id']}/end", json={"because": "x"}).status_code == 200
