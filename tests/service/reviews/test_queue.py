"""What waits for an inspector: groups, changes, flags, pages."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, ring
from tests.service.plots.made import approved, drawn


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    return sign_in("planner", name="wang")


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    return sign_in("inspector", WEST)


def submitted(client: httpx.Client, **properties: Any) -> int:
    number: int = drawn(client, **properties)["id"]
    assert client.post(f"/api/plots/{number}/submit").status_code == 200
    return number


def waiting(client: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/reviews", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def flags(client: httpx.Client) -> dict[int, list[str]]:
    return {row["id"]: row["flags"] for row in waiting(client)["rows"]}


def test_the_oldest_comes_first_and_pages_follow(
    planner: httpx.Client, inspector: httpx.Client
) -> None:
    three = [submitted(planner, geometry=ring(125.02 + n / 100, 43.05)) for n in range(3)]
    first = waiting(inspector, limit=2)
    assert ([row["id"] for row in first["rows"]], first["numberMatched"]) == (three[:2], 3)
    rest = inspector.get(first["next"]).json()
    assert ([row["id"] for row in rest["rows"]], rest["next"]) == (three[2:], None)
    assert (rest["rows"][0]["submitted_by"], rest["rows"][0]["change"]) == ("wang", None)


def test_nothing_waits_of_another_county_or_of_oneself(
    sign_in: SignIn, planner: httpx.Client, inspector: httpx.Client
) -> None:
    submitted(planner, geometry=ring(125.15, 43.05))
    admin = sign_in("admin")
    submitted(admin, geometry=ring(125.02, 43.05))
    assert waiting(sign_in("inspector", EAST))["numberMatched"] == 1
    assert waiting(admin)["numberMatched"] == 1
    assert waiting(inspector)["numberMatched"] == 1
    assert inspector.get("/api/reviews", params={"district": EAST}).status_code == 422
    assert planner.get("/api/reviews").status_code == 403


def test_a_changed_plot_tells_what_it_changes_of_the_approved_version(
    sign_in: SignIn, planner: httpx.Client, inspector: httpx.Client
) -> None:
    plot = approved(sign_in, geometry=ring(125.05, 43.05), note="旧")
    address = f"/api/plots/{plot['id']}"
    patch = {"geometry": ring(125.05, 43.05, 0.003, 0.002), "properties": {"note": "新"}}
    version = plot["properties"]["version"]
    answer = planner.patch(
        address, json={"type": "Feature", **patch}, headers={"If-Match": f'"{version}"'}
    )
    assert answer.status_code == 200, answer.text
    planner.post(f"{address}/submit")
    (row,) = waiting(inspector)["rows"]
    change = row["change"]
    assert change["attributes"] == [{"field": "note", "before": "旧", "after": "新"}]
    assert change["geometry_changed"] is True
    assert change["area_change_m2"] == pytest.approx(change["approved_m2"] / 2, rel=1e-3)
    assert change["approved_version"] == version
    assert row["flags"] == ["big_change"]


def test_flags_tell_overlaps_layers_and_earlier_returns(
    planner: httpx.Client, inspector: httpx.Client, sign_in: SignIn, database: Database
) -> None:
    one = submitted(planner, geometry=ring(125.05, 43.05))
    other = submitted(planner, geometry=ring(125.051, 43.05))
    beside = submitted(planner, geometry=ring(125.053, 43.05))
    alone = submitted(planner, geometry=ring(125.02, 43.02))
    planned = submitted(planner, geometry=ring(125.05, 43.05), stage="planned")
    inspector.post(f"/api/plots/{alone}/return", json={"reason": "再看"})
    planner.post(f"/api/plots/{alone}/submit")
    layer = {"label_zh": "红线", "label_en": "Red line", "role": "warn", "rule": {}}
    assert sign_in("gis").put("/api/layers/HX", json=layer).status_code in (200, 201)
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "WITH v AS (INSERT INTO layer_version (layer, valid_from, source, hash, features) "
            "VALUES ('HX', '2020-01-01', 't', 't', 1) RETURNING id) "
            "INSERT INTO layer_feature (version_id, name, geom) SELECT id, 'x', "
            "ST_Multi(ST_MakeEnvelope(125.0535, 43.05, 125.054, 43.051, 4490)) FROM v"
        )
    assert flags(inspector) == {
        one: ["overlap"],
        other: ["overlap"],
        beside: ["layer"],
        planned: [],
        alone: ["returned_before"],
    }


def test_outlines_of_many_vertices_are_not_compared_and_say_so(
    planner: httpx.Client, inspector: httpx.Client
) -> None:
    lower = [[125.02 + n * 1e-6, 43.02] for n in range(2_100)]
    shape = {"type": "Polygon", "coordinates": [[*lower, [125.0221, 43.022], lower[0]]]}
    plot = submitted(planner, geometry=shape)
    assert flags(inspector) == {plot: ["large"]}


def test_groups_tell_submitter_township_and_batch(
    planner: httpx.Client, sign_in: SignIn, inspector: httpx.Client
) -> None:
    town = {"town": "220102001"}
    for n in range(2):
        submitted(planner, geometry=ring(125.02 + n / 100, 43.05), **town)
    one = submitted(sign_in("planner", name="li"), geometry=ring(125.02, 43.02))
    for by, keys in (
        ("submitter", [("wang", 2), ("li", 1)]),
        ("township", [("220102001", 2), ("", 1)]),
        ("batch", [("0", 3)]),
    ):
        body = inspector.get("/api/reviews/groups", params={"by": by}).json()
        assert [(row["key"], row["plots"]) for row in body["rows"]] == keys
        assert body["numberMatched"] == len(keys)
    for params in ({"submitter": "li"}, {"township": ""}):
        assert [row["id"] for row in waiting(inspector, **params)["rows"]] == [one]
    assert waiting(inspector, **{"import": 0})["numberMatched"] == 3
    assert waiting(inspector, **{"import": 7})["numberMatched"] == 0
    assert waiting(inspector, district=CITY)["numberMatched"] == 3


@pytest.mark.parametrize(
    "query",
    ["cursor=LTE=", "cursor=MjAyNi0wMS0wMVQwMDowMDowMCAx", "township=x", "import=-1", "by=colour"],
)
def test_a_query_that_cannot_be_meant_is_refused(inspector: httpx.Client, query: str) -> None:
    address = "/api/reviews/groups" if query.startswith("by") else "/api/reviews"
    assert inspector.get(f"{address}?{query}").status_code == 422
